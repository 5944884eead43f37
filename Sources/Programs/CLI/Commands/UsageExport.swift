import API
import ArgumentParser
import Core
import Domain
import TallyClient

struct UsageExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write every entry of the ledger, as CSV or JSON Lines.",
        discussion: """
            An entry is an event, a row of a provider's report, or what corrects one. An
            amount that is not there is unknown, and not zero. Amounts of the feed
            "events" sum to the total of tally usage summary --basis metered, where
            events name no connection; never add up two feeds: they may tell of the same
            calls. The provider's own cost (provider_cost) is part of no amount; derived names
            the rules that gave dimensions their values. What it all comes to, and how
            complete that is, goes to standard error. A file has its name once it is whole;
            until then it ends in .partial.

            Examples:
              tally usage export --month last --format csv --output october.csv
              tally usage export --days 7 --filter team=search | gzip > week.jsonl.gz
            """)

    @OptionGroup var span: SpanOptions
    @OptionGroup var filter: FilterOptions
    @OptionGroup var known: KnownAtOption
    @Option(help: "csv with a header, or jsonl: one object a line.")
    var format: EntryFormat = .jsonl
    @Option(help: "New file, or - for standard output.", completion: .file())
    var output = "-"

    func run() async throws {
        let file = output == "-" ? nil : try EntryFile(output)
        let write = { (text: String) throws in
            if let file {
                try file.write(text)
            } else {
                StandardOutput.write(text, terminator: "")
            }
        }
        let total = try await Session.run { session in
            let (first, last) = try await span.span { try await session.today() }
            let request = ExportEntriesRequest(
                from: Date(first), through: Date(last), filters: filter.filters,
                knownAt: known.timestamp)
            try write(format.header)
            return try await EntryExport { request, take in
                try await session.client.serverStreaming(
                    IngestionServiceMethods.ExportEntries.self, request
                ) { parts in
                    for try await part in parts { try take(part) }
                }
            }.run(request) { try write(format.text($0)) }
        }
        try file?.finish()
        StandardError.write(total.text)
    }
}
