import API
import ArgumentParser

struct PricesSimulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "What other prices would have made of a month; nothing changes.",
        discussion: """
            Every event of the month is priced anew, exactly, and so is every row of providers' usage
            reports: by a price file in place of the catalogue's prices of the same models, by an
            override beside those that there are, or by what holds now. Events may tell of calls that
            a report has, too, so the two are shown one beside the other and not added up. Of an account
            that several connections read, each day of UTC counts once, as in every report.

            Examples:
              tally prices simulate --file prices.csv
              tally prices simulate --provider openai --models 'gpt-6*' --multiplier 0.85
              tally prices simulate --month 2026-10
            """)

    @Option(help: "A price file: CSV, or LiteLLM's price map.", completion: .file())
    var file: String?
    @Option(help: "Provider of an override.")
    var provider: String?
    @Option(help: "Model of an override, or its beginning with * as the last character.")
    var models = "*"
    @Option(help: "Factor of the override, such as 0.85.")
    var multiplier: String?
    @Option(
        name: .customLong("rate"),
        help: "Fixed price of a class, such as input=1.5: USD per million tokens; may be repeated.")
    var rates: [String] = []
    @Option(help: "A month: YYYY-MM, this or last.")
    var month: MonthArgument = .last
    @OptionGroup var output: FormatOption

    func validate() throws {
        let hasTerms = multiplier != nil || !rates.isEmpty
        guard (provider != nil) == hasTerms else {
            throw ValidationError(
                "An override has --provider and either --multiplier or --rate.")
        }
    }

    func run() async throws {
        var overrides: [PriceOverride] = []
        if let provider {
            overrides.append(
                PriceOverride(
                    provider: provider, modelPattern: models,
                    terms: try OverrideOptions.terms(multiplier: multiplier, rates: rates)))
        }
        let content = try file.map { try InputFile.bytes(of: $0) } ?? []
        let response = try await Session.run { session in
            try await session.read(
                IngestionServiceMethods.SimulatePrices.self,
                SimulatePricesRequest(
                    month: Month(try await month.month { try await session.today() }),
                    priceFile: content,
                    priceOverrides: overrides))
        }
        try output.print(
            response, table: { Self.text(response) }, csv: { Self.rows(response) })
    }

    private static func text(_ response: SimulatePricesResponse) -> String {
        let month = response.month?.text ?? ""
        var text =
            "Metered events of \(month), USD\n\n"
            + table(response.models, response.total, counted: "Events")
        if !response.usageModels.isEmpty {
            text +=
                "\n\nProviders' usage of \(month), USD\n\n"
                + table(response.usageModels, response.usageTotal, counted: "Rows")
        }
        return text + "\n\n" + CompletenessText.text(response.completeness)
    }

    private static func table(
        _ models: [SimulatedCost], _ total: SimulatedCost?, counted: String
    ) -> String {
        var table = Table([
            .init("Provider"), .init("Model"), .init(counted, .right),
            .init("Recorded", .decimal), .init("Simulated", .decimal),
            .init("Difference", .decimal), .init("Unpriced", .right), .init("then", .right),
        ])
        for cost in models { table.add(cells(cost, cost.provider, cost.model)) }
        table.rule()
        if let total { table.add(cells(total, "Total", "")) }
        return table.text
    }

    private static func cells(_ cost: SimulatedCost, _ provider: String, _ model: String)
        -> [String]
    {
        [
            provider, model, CompletenessText.number(cost.events),
            MoneyText.display(cost.recorded), MoneyText.display(cost.simulated),
            MoneyText.display(cost.difference), CompletenessText.number(cost.recordedUnpriced),
            CompletenessText.number(cost.simulatedUnpriced),
        ]
    }

    private static func rows(_ response: SimulatePricesResponse) -> [[String]] {
        let header = [
            "provider", "model", "events", "recorded", "simulated", "difference",
            "recorded_unpriced", "simulated_unpriced", "feed",
        ]
        let costs =
            response.models.map { ($0, "events") } + response.usageModels.map { ($0, "usage") }
        return [header + CompletenessText.csvHeader]
            + costs.map { cost, feed in
                [
                    cost.provider, cost.model, "\(cost.events)", MoneyText.exact(cost.recorded),
                    MoneyText.exact(cost.simulated), MoneyText.exact(cost.difference),
                    "\(cost.recordedUnpriced)", "\(cost.simulatedUnpriced)", feed,
                ] + CompletenessText.csv(response.completeness)
            }
    }
}
