import API
import ArgumentParser

struct ReportModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "The models that cost most.",
        discussion: """
            Beside cost and requests stands each one's share of those of all models.

            Examples:
              tally report models --month 2026-10
              tally report models --days 7 --limit 20
              tally report models --filter team=search
            """)

    @OptionGroup var span: SpanOptions
    @Option(help: "How many, 1 to 100.")
    var limit: Int32 = 10
    @OptionGroup var filter: FilterOptions
    @OptionGroup var basis: BasisOption
    @OptionGroup var known: KnownAtOption
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
                    from: Date(first), through: Date(last), basis: basis.wire,
                    limit: limit, filters: filter.filters, knownAt: known.timestamp))
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
            .init("Provider"), .init("Model"), .init("Cost", .decimal), .init("of cost", .right),
            .init("Requests", .right), .init("of requests", .right), .init("Tokens", .right),
            .init("Unpriced", .right),
        ])
        for model in report.models {
            table.add([
                model.provider, model.model.isEmpty ? "(names no model)" : model.model,
                MoneyText.display(model.cost), UsageTagsText.percent(model.costShare),
                CompletenessText.number(model.requests),
                UsageTagsText.percent(model.requestShare),
                CompletenessText.number(model.tokens),
                model.unpricedEntries == 0 ? "" : CompletenessText.number(model.unpricedEntries),
            ])
        }
        table.rule()
        for (name, money, requests) in [
            ("All others", report.other, report.otherRequests),
            ("Total", report.total, report.totalRequests),
        ] {
            table.add([
                name, "", MoneyText.display(money), "", CompletenessText.number(requests),
            ])
        }
        return """
            Models by cost, \(report.total?.currencyCode ?? ""), \(span)

            \(table.text)

            \(CompletenessText.text(report.completeness))
            """
    }

    static func rows(_ report: TopModelsResponse) -> [[String]] {
        let header = [
            "provider", "model", "cost", "currency", "requests", "tokens",
            "model_unpriced_entries", "cost_share", "request_share",
        ]
        let currency = report.total?.currencyCode ?? ""
        let models = report.models.map {
            [
                $0.provider, $0.model, MoneyText.exact($0.cost), currency, "\($0.requests)",
                "\($0.tokens)", "\($0.unpricedEntries)", $0.costShare, $0.requestShare,
            ]
        }
        let rest = [
            ("(other)", report.other, report.otherRequests),
            ("(total)", report.total, report.totalRequests),
        ].map { name, money, requests in
            [name, "", MoneyText.exact(money), currency, "\(requests)", "", "", "", ""]
        }
        let completeness = CompletenessText.csv(report.completeness)
        return [header + CompletenessText.csvHeader] + (models + rest).map { $0 + completeness }
    }
}
