import API
import ArgumentParser

/// `tally source`.
struct SourceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source",
        abstract: "Which source of events counts where several tell of the same call.",
        discussion: """
            A gateway and a library in the caller's program may both send an event of one
            call. Where both give the same provider_request_id, the highest-ranked source
            counts, whoever tells first. What the others told is kept, and shown by
            tally usage summary as told of twice. Sources without a rank are behind all
            that have one; of them the one that told first counts.
            """,
        subcommands: [SourceRank.self, SourceShow.self])
}

struct SourceRank: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rank", abstract: "Replace the ranks of sources, the highest first.",
        discussion: """
            Holds for what is told from then on; what was told before stays as it is, until
            another event of its call comes. Ranks that somebody else sets in the meantime
            are not overwritten; but for the very first ones, for which nobody can tell.

            Examples:
              tally source rank gateway sdk
              tally source rank --none
            """)

    @Argument(help: "The sources, as events name them: at most 100, each once.")
    var sources: [String] = []
    @Flag(help: "No source has a rank any more.")
    var none = false

    func validate() throws {
        guard sources.isEmpty == none else {
            throw ValidationError("Give one source or more, the highest first, or --none.")
        }
    }

    func run() async throws {
        let (ranks, before) = try await Session.run { session in
            let before = try await session.read(
                IngestionServiceMethods.GetSourceRanks.self, GetSourceRanksRequest())
            let ranks = try await session.write(
                IngestionServiceMethods.SetSourceRanks.self,
                SetSourceRanksRequest(sources: sources, expectedVersion: before.version))
            return (ranks, before)
        }
        StandardOutput.say(
            ranks.version == before.version
                ? "Nothing changed: the sources have these ranks."
                : "Version \(ranks.version), \(ranks.sources.count) sources, holds from now on.")
    }
}

struct SourceShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The ranks of sources, the highest first.")

    @OptionGroup var output: FormatOption

    func run() async throws {
        let ranks = try await Session.run {
            try await $0.read(
                IngestionServiceMethods.GetSourceRanks.self, GetSourceRanksRequest())
        }
        let cells = ranks.sources.enumerated().map { ["\($0 + 1)", $1] }
        try output.print(
            ranks,
            table: {
                guard !ranks.sources.isEmpty else {
                    return "No source has a rank: the one that tells first counts."
                }
                var table = Table([.init("Rank", .right), .init("Source")])
                for row in cells { table.add(row) }
                let since = ranks.updateTime.map { " since \(CompletenessText.time($0))" } ?? ""
                return "Version \(ranks.version)\(since)\n\n\(table.text)"
            },
            csv: { [["rank", "source"]] + cells })
    }
}
