import API
import ArgumentParser
import Core
import Domain

struct PricesReprice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprice",
        abstract: "Let events and reported usage that were recorded cost what they cost now.",
        discussion: """
            What was recorded stays. For each event, and each row of a provider's usage report, whose
            price has changed since, entries are added whose sum is the difference. It goes on part
            by part; doing it again changes nothing. What is without a price gets one by itself, soon
            after an import or an override has it; --unpriced-only does not wait for that.

            Examples:
              tally prices reprice --month 2026-10 --dry-run
              tally prices reprice --month 2026-10 --unpriced-only --reason 'Came late'
              tally prices reprice --from 2026-10-01 --through 2026-12-31 \\
                --provider openai --model gpt-6-sol \\
                --reason 'Contract 4711 holds since October'
            """)

    @OptionGroup var span: SpanOptions
    @Option(help: "Only events of this provider.")
    var provider = ""
    @Option(help: "Only events of this model.")
    var model = ""
    @Flag(help: "Only events that have no price yet.")
    var unpricedOnly = false
    @Option(help: "Why, for whoever asks later.")
    var reason = ""
    @Flag(help: "Say what would change, and change nothing.")
    var dryRun = false
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard dryRun || !reason.isEmpty else {
            throw ValidationError("Give --reason, or --dry-run to only look.")
        }
    }

    func run() async throws {
        let (response, first, last) = try await Session.run { session in
            let (first, last) = try await span.span { try await session.today() }
            var request = RepriceEventsRequest(
                from: Date(first), through: Date(last), provider: provider, model: model,
                unpricedOnly: unpricedOnly, reason: reason, dryRun: dryRun)
            var sums = RepricedSums()
            repeat {
                let part =
                    dryRun
                    ? try await session.read(IngestionServiceMethods.RepriceEvents.self, request)
                    : try await session.write(IngestionServiceMethods.RepriceEvents.self, request)
                try sums.add(part)
                request.pageToken = part.nextPageToken
            } while !request.pageToken.isEmpty
            return (sums.response, first, last)
        }
        try output.print(
            response, table: { text(response, span: "\(first) to \(last)") },
            csv: { Self.rows(response) })
    }

    private func text(_ response: RepriceEventsResponse, span: String) -> String {
        guard !response.models.isEmpty else {
            return "No event from \(span) costs anything else now."
        }
        var table = Table([
            .init("Provider"), .init("Model"), .init("Events", .right), .init("Before", .decimal),
            .init("After", .decimal), .init("Difference", .decimal), .init("Unpriced", .right),
            .init("then", .right),
        ])
        for cost in response.models { table.add(Self.cells(cost, cost.provider, cost.model)) }
        table.rule()
        if let total = response.total { table.add(Self.cells(total, "Total", "")) }
        let head = dryRun ? "Events that would change" : "Events that changed"
        return "\(head), from \(span), USD\n\n" + table.text
    }

    private static func cells(_ cost: RepricedCost, _ provider: String, _ model: String) -> [String]
    {
        [
            provider, model, CompletenessText.number(cost.events), MoneyText.display(cost.before),
            MoneyText.display(cost.after), MoneyText.display(cost.difference),
            CompletenessText.number(cost.unpricedBefore),
            CompletenessText.number(cost.unpricedAfter),
        ]
    }

    private static func rows(_ response: RepriceEventsResponse) -> [[String]] {
        let header = [
            "provider", "model", "events", "before", "after", "difference", "unpriced_before",
            "unpriced_after",
        ]
        return [header + CompletenessText.csvHeader]
            + response.models.map { cost in
                [
                    cost.provider, cost.model, "\(cost.events)", MoneyText.exact(cost.before),
                    MoneyText.exact(cost.after), MoneyText.exact(cost.difference),
                    "\(cost.unpricedBefore)", "\(cost.unpricedAfter)",
                ] + CompletenessText.csv(response.completeness)
            }
    }
}

/// The parts of a repricing, taken together.
struct RepricedSums {
    private struct Model: Hashable {
        let provider: ExactText
        let model: ExactText
    }

    private var models: [Model: RepricedCost] = [:]
    private var total: RepricedCost?
    private var completeness: Completeness?

    /// - Throws: where an answer has amounts that are none.
    mutating func add(_ part: RepriceEventsResponse) throws {
        for cost in part.models {
            let key = Model(provider: ExactText(cost.provider), model: ExactText(cost.model))
            models[key] = try Self.sum(models[key], cost)
        }
        if let cost = part.total { total = try Self.sum(total, cost) }
        var sum = part.completeness
        sum?.unpricedEntries += completeness?.unpricedEntries ?? 0
        completeness = sum
    }

    /// What one answer about everything would say.
    var response: RepriceEventsResponse {
        RepriceEventsResponse(
            models: models.values.sorted { left, right in
                let changes = [left, right].map { Self.magnitude($0.difference) }
                return changes[0] == changes[1]
                    ? (left.provider, left.model) < (right.provider, right.model)
                    : changes[0] > changes[1]
            }, total: total, completeness: completeness)
    }

    private static func sum(_ before: RepricedCost?, _ part: RepricedCost) throws -> RepricedCost {
        guard var sum = before else { return part }
        sum.events += part.events
        sum.before = try Self.sum(sum.before, part.before)
        sum.after = try Self.sum(sum.after, part.after)
        sum.difference = try Self.sum(sum.difference, part.difference)
        sum.unpricedBefore += part.unpricedBefore
        sum.unpricedAfter += part.unpricedAfter
        return sum
    }

    private static func sum(_ left: API.Money?, _ right: API.Money?) throws -> API.Money? {
        guard let left, let right else { return left ?? right }
        return API.Money(try Domain.Money(wire: left).adding(try Domain.Money(wire: right)))
    }

    private static func magnitude(_ money: API.Money?) -> UInt128 {
        money.flatMap { try? Domain.Money(wire: $0) }?.picos.magnitude ?? 0
    }
}
