import API
import ArgumentParser
import Core
import Domain

/// `tally prices`.
struct PricesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices", abstract: "What models cost.",
        subcommands: [
            PricesImport.self, PricesDiff.self, PricesShow.self, PricesOverride.self,
            PricesSimulate.self, PricesReprice.self,
        ])
}

/// The options that say which price file, and what it must keep to.
struct PriceFileOptions: ParsableArguments {
    @Argument(
        help: "CSV, or LiteLLM's model_prices_and_context_window.json; - for standard input.",
        completion: .file())
    var file: String
    @Option(
        help: "Of which day the file is, YYYY-MM-DD. Required for LiteLLM's, which has no date.")
    var asOf: DayArgument?
    @Option(
        help:
            "Refuse the file where a rate is above so many times what it was, or below such a part."
    )
    var factorMax: Int32 = 100
    @Flag(help: "Take the file although a rate that was not free is 0 in it.")
    var mayBecomeFree = false
    @Option(help: "Refuse the file where it lacks more of the known models than so many percent.")
    var vanishedPercentMax: Int32 = 50
    @Option(
        help: "First instant of the prices that change, as 2026-12-01T00:00:00Z. Default: now.")
    var from: TimeArgument?

    func upload() throws -> PriceUpload {
        let name = file == InputFile.standardInput ? "standard input" : file
        return PriceUpload(
            content: try InputFile.bytes(of: file),
            fileName: String(name.split(separator: "/").last ?? ""),
            asOf: asOf.map { API.Date($0.date) }, factorMax: factorMax,
            vanishedPercentMax: vanishedPercentMax,
            effectiveTime: from.map { Timestamp($0.instant) }, mayBecomeFree: mayBecomeFree)
    }
}

/// An instant as an argument, in RFC 3339.
struct TimeArgument: ExpressibleByArgument, Equatable {
    let instant: Instant

    init?(argument: String) {
        guard let instant = try? Instant(rfc3339: argument) else { return nil }
        self.instant = instant
    }
}

struct PricesImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring a price file into the catalogue, whole or not at all.",
        discussion: """
            For operators: the catalogue holds for all organizations. A model that is new gets its
            price from the beginning of time, marked as assumed; a price that changed begins a new
            version, and what was recorded before keeps its own. Importing the same file again
            changes nothing. A line of mode alias is another name of a model, which costs what the
            model does. A file that is cut off, older than what is known, of a day that is yet to
            come, or not plausible is refused, and the message names the catalogue that goes on to
            hold.

            Examples:
              tally prices diff prices.csv
              tally prices import prices.csv
              tally prices import model_prices_and_context_window.json --as-of 2026-11-21
            """)

    @OptionGroup var options: PriceFileOptions

    func run() async throws {
        let upload = try options.upload()
        let response = try await Session.run {
            try await $0.write(
                IngestionServiceMethods.ImportPrices.self, ImportPricesRequest(upload: upload))
        }
        let version = response.catalogue?.version ?? 0
        StandardOutput.say(
            response.alreadyImported
                ? "Imported before; nothing changed. Price catalogue \(version) holds."
                : "Price catalogue \(version): \(response.addedCount) added, "
                    + "\(response.changedCount) changed, \(response.unchangedCount) unchanged.")
        if response.addedAliasCount + response.changedAliasCount > 0 {
            StandardOutput.say(
                "Aliases: \(response.addedAliasCount) added, "
                    + "\(response.changedAliasCount) changed.")
        }
        for line in PriceText.remarks(response.remarks) { StandardOutput.say(line) }
    }
}

struct PricesDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What importing a price file would change; nothing does.",
        discussion: """
            Example:
              tally prices diff model_prices_and_context_window.json --as-of 2026-11-21
            """)

    @OptionGroup var options: PriceFileOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let upload = try options.upload()
        let response = try await Session.run {
            try await $0.read(
                IngestionServiceMethods.DiffPrices.self, DiffPricesRequest(upload: upload))
        }
        try output.print(
            response, table: { PriceText.text(response) }, csv: { PriceText.rows(response) })
    }
}

struct PricesShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "What a model costs, since when, and where that is from.",
        discussion: """
            Examples:
              tally prices show openai gpt-6-sol
              tally prices show aws-bedrock global.anthropic.claude-opus-5-5
              tally prices show azure gpt-5.4 --region us --at 2026-11-01T00:00:00Z
            """)

    @Argument(help: "Provider as in the price catalogue.")
    var provider: String
    @Argument(help: "Model as events name it.")
    var model: String
    @Option(help: "Region as events name it.")
    var region = ""
    @Option(help: "When, as 2026-11-01T00:00:00Z. Default: now.")
    var at: TimeArgument?
    @OptionGroup var output: FormatOption

    func run() async throws {
        let request = GetPriceRequest(
            provider: provider, model: model, region: region,
            time: at.map { Timestamp($0.instant) })
        let price = try await Session.run {
            try await $0.read(IngestionServiceMethods.GetPrice.self, request)
        }
        try output.print(
            price, table: { PriceText.text(price) }, csv: { PriceText.rows(price) })
    }
}
