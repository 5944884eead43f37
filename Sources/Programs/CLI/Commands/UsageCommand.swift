import API
import ArgumentParser

/// `tally usage`.
struct UsageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Spend by whatever tells it apart, entry by entry, and rules that derive that.",
        discussion: """
            A dimension is provider, model, requested_model, operation, region,
            service_tier, project, api_key_id, user, feature, customer, team,
            environment, source, connection or tag:<key>. Summaries, trends, models and
            tags also take session, run, status (ok, error, aborted), attempt and
            usage_state (reported, partial, missing, pending) as filters, and summaries by
            them: these look at each event, and are on the metered basis.
            """,
        subcommands: [
            UsageSummary.self, UsageTags.self, UsageExport.self, UsageRules.self,
        ])
}

/// The options that choose what a report is of.
struct FilterOptions: ParsableArguments {
    @Option(
        name: .customLong("filter"),
        help: """
            DIMENSION=VALUE: only what has the value. Repeated: one of the values of the same \
            dimension, and of each other dimension.
            """)
    var demands: [FilterArgument] = []
    @Option(
        name: .customLong("without"),
        help: "DIMENSION: only what has no value of it, or one of its values by --filter.")
    var absent: [String] = []

    /// One filter a dimension, in the order in which they were first named.
    var filters: [UsageFilter] {
        var filters: [UsageFilter] = []
        func index(of dimension: String) -> Int {
            if let index = filters.firstIndex(where: { $0.dimension == dimension }) { return index }
            filters.append(UsageFilter(dimension: dimension))
            return filters.count - 1
        }
        for demand in demands { filters[index(of: demand.dimension)].values.append(demand.value) }
        for dimension in absent { filters[index(of: dimension)].orAbsent = true }
        return filters
    }
}

/// `team=search`; the value may be empty and may have more equals signs.
struct FilterArgument: ExpressibleByArgument, Equatable {
    let dimension: String
    let value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
            return nil
        }
        dimension = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

/// Values of dimensions as people read them.
enum UsageText {
    static func value(_ value: DimensionValue) -> String {
        value.absent ? "(none)" : value.value.isEmpty ? "(empty)" : value.value
    }

    static func count(_ number: Int64) -> String {
        number == 0 ? "" : CompletenessText.number(number)
    }

    static let figuresHeader = [
        "cost", "currency", "requests", "tokens", "row_unpriced_entries", "row_unpriced_tokens",
    ]

    static func figures(_ figures: UsageFigures?) -> [String] {
        guard let figures else { return figuresHeader.map { _ in "" } }
        return [
            MoneyText.exact(figures.cost), figures.cost?.currencyCode ?? "",
            "\(figures.requests)", "\(figures.tokens)", "\(figures.unpricedEntries)",
            "\(figures.unpricedTokens)",
        ]
    }
}
