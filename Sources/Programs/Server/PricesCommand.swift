import ArgumentParser
import Configuration
import Core
import Domain
import Foundation
import Ledger
import Postgres

struct PricesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices", abstract: "Look after the price catalogue.",
        subcommands: [Import.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import a price file, whole or not at all.",
            discussion: """
                A model that is new gets its price from the beginning of time, marked as assumed; a
                price that changed holds from now on, and past entries keep theirs. A truncated or
                implausible file, or one of a day that is yet to come, is refused and changes
                nothing. Importing the same file again does
                nothing. deploy/catalogue/README.md describes the columns. With a token of an
                operator, tally prices import does the same over the network, and tally prices diff
                shows beforehand what would change.
                """)

        @Argument(
            help: "The price file: CSV, or LiteLLM's model_prices_and_context_window.json.",
            completion: .file())
        var file: String
        @Option(
            help: "Of which day the file is, YYYY-MM-DD; required for LiteLLM's, which has no date."
        )
        var asOf: String?

        func run() async throws {
            try await OperatorErrors.explained {
                let settings = try DatabaseSettings(
                    reader: ConfigReader(provider: EnvironmentVariablesProvider()))
                guard let bytes = FileManager.default.contents(atPath: file) else {
                    throw ValidationError("\(file) cannot be read. Check the path.")
                }
                let asked = PriceImport(
                    bytes: [UInt8](bytes), source: URL(filePath: file).lastPathComponent,
                    asOf: try asOf.map { try CivilDate($0) })
                let outcome = try await settings.withPool(settings.postgres) { pool in
                    try await pool.transaction(
                        TransactionOptions(role: "tally_operator")
                    ) { transaction in
                        try await PriceCatalogueImporter().importPrices(
                            asked, in: transaction, now: WallClock.system.now)
                    }
                }
                print(Self.text(outcome))
            }
        }

        static func text(_ outcome: PriceCatalogueImporter.Outcome) -> String {
            guard !outcome.isRepeated, let catalogue = outcome.record?.id else {
                return "Imported before; nothing changed (\(outcome.unchanged) prices)."
            }
            return "Price catalogue \(catalogue): \(outcome.added) added, "
                + "\(outcome.changed) changed, \(outcome.unchanged) unchanged; aliases: "
                + "\(outcome.addedAliases) added, \(outcome.changedAliases) changed."
        }
    }
}
