import API
import ArgumentParser

struct ReportModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "The models that cost most.",
        discussion: """
            Examples:
              tally report models --month 2026-10
              tally report models --days 7 --limit 20
            """)

    @OptionGroup var span: SpanOptions
    @Option(help: "How many, 1 to 100.")
    var limit: Int32 = 10
    @OptionGroup var basis: BasisOption
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard (1...100).contains(limit) else { throw ValidationError("--limit is 1 to 100.") }
    }

    func run() async throws {
        let (report, first, last) = try await Session.run { session in
            let (first, last) = try await span.span { try await session.today() }
            let report = try await session.read(
                IngestionServiceMethods.TopModels.self,
                TopModelsRequest(
                    from: Date(first), through: Date(last), basis: basis.basis.basis,
                    limit: limit))
            return (report, first, last)
        }
        try output.print(
            report, table: { ModelsText.table(report, span: "\(first) to \(last)") },
            csv: { ModelsText.rows(report) })
    }
}

/// The costliest models as they are printed.
enum ModelsText {
    static func table(_ report: TopModelsResponse, span: String) -> String {
        var table = Table([
            .init("Provider"), .init("Model"), .init("Cost", .decimal), .init("Requests", .right),
            .init("Tokens", .right), .init("Unpriced", .right),
        ])
        for model in report.models {
            table.add([
                model.provider, model.model.isEmpty ? "(names no model)" : model.model,
                MoneyText.display(model.cost), CompletenessText.number(model.requests),
                CompletenessText.number(model.tokens),
                model.unpricedEntries == 0 ? "" : CompletenessText.number(model.unpricedEntries),
            ])
        }
        table.rule()
        table.add(["All others", "", MoneyText.display(report.other)])
        table.add(["Total", "", MoneyText.display(report.total)])
        return """
            Models by cost, \(report.total?.currencyCode ?? ""), \(span)

            \(table.text)

            \(CompletenessText.text(report.completeness))
            """
    }

    static func rows(_ report: TopModelsResponse) -> [[String]] {
        let header = [
            "provider", "model", "cost", "currency", "requests", "tokens",
            "model_unpriced_entries",
        ]
        let currency = report.total?.currencyCode ?? ""
        let models = report.models.map {
            [
                $0.provider, $0.model, MoneyText.exact($0.cost), currency, "\($0.requests)",
                "\($0.tokens)", "\($0.unpricedEntries)",
            ]
        }
        let rest = [
            ["(other)", "", MoneyText.exact(report.other), currency, "", "", ""],
            ["(total)", "", MoneyText.exact(report.total), currency, "", "", ""],
        ]
        let completeness = CompletenessText.csv(report.completeness)
        return [header + CompletenessText.csvHeader] + (models + rest).map { $0 + completeness }
    }
}
