import API
import Core
import Domain
import Ledger
import TestSupport
import Testing

@testable import IngestionService

struct PreviewAttributionTests {
    private static func span() throws -> DaySpan {
        try DaySpan(
            from: API.Date(year: 2026, month: 10, day: 19),
            through: API.Date(year: 2026, month: 11, day: 3))
    }

    private static func picos(_ figures: UsageFigures?) throws -> Int128 {
        try Domain.Money(wire: try #require(figures?.cost)).picos
    }

    /// Random spend whose events were recorded under random rules.
    private static func spend(
        _ seed: UInt64, _ basis: Domain.Basis, under rules: AttributionRules
    ) throws -> SpendReports.Spend {
        let spend = try RandomSpend(seed: seed, span: span(), zone: .utc).spend(basis)
        let rows = spend.report.rows.map { row in
            guard row.isOfEvents else { return row }
            var row = row
            row.dimensions = rules.attribute(row.dimensions, version: 3)
            return row
        }
        return .init(
            zone: spend.zone, currency: spend.currency,
            report: SpendReport(rows: rows, completeness: spend.report.completeness))
    }

    private struct Move: Hashable {
        let before: ExactText?
        let after: ExactText?
    }

    /// Rows 18 and 19: of each dimension, what moves and what stays are the total of a summary, on whatever
    /// basis and below whatever limit; and each move is told by an independent look at each row.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func movesAreWhatTheRulesSayAndSumToTheTotal(seed: UInt64) throws {
        var random = RandomAttribution(random: SeededRandom(seed: seed))
        var movedCount = 0
        for basis in Domain.Basis.allCases {
            let wire = random.rules()
            let rules = try AttributionRules(wire: wire)
            let spend = try Self.spend(
                seed, basis, under: AttributionRules(wire: random.rules()))
            let summary = try UsageSummary.response(
                Self.span(), UsageBreakdown(wire: []), spend, limit: 1)
            let all = try PreviewAttributionRules.response(rules, spend, limit: .max)
            #expect(all.total == summary.total && all.completeness == summary.completeness)
            let reported = spend.report.rows.filter { !$0.isOfEvents }
            #expect(
                try Self.picos(all.notOfEvents) == reported.reduce(0) { $0 + $1.amount.picos })
            for effect in all.dimensions {
                let name = ExactText(effect.dimension)
                let place: Comment = "seed \(seed) \(basis) \(effect.dimension)"
                var expected: [Move: Int128] = [:]
                for row in spend.report.rows where row.isOfEvents {
                    let move = Move(
                        before: PlainAttribution.values(of: row.dimensions)[name],
                        after: PlainAttribution(row.dimensions.asSent, wire).values[name])
                    guard move.before != move.after else { continue }
                    expected[move, default: 0] += row.amount.picos
                }
                let text = { (value: DimensionValue?) in
                    value.flatMap { $0.absent ? nil : ExactText($0.value) }
                }
                let moves = try effect.moves.map {
                    (
                        Move(before: text($0.before), after: text($0.after)),
                        try Self.picos($0.figures)
                    )
                }
                #expect(Dictionary(uniqueKeysWithValues: moves) == expected, place)
                let sizes = moves.map(\.1.magnitude)
                #expect(sizes == sizes.sorted(by: >), place)
                #expect(
                    try Self.picos(effect.moved) + Self.picos(effect.unchanged)
                        == Self.picos(all.total), place)
                let requests = [effect.moved, effect.unchanged].map { $0?.requests ?? 0 }
                #expect(requests.reduce(0, +) == all.total?.requests, place)
                movedCount += moves.count
            }
            try checkLimits(all, rules, spend)
        }
        #expect(movedCount > 10, "the rules hardly move anything")
    }

    private func checkLimits(
        _ all: PreviewAttributionRulesResponse, _ rules: AttributionRules,
        _ spend: SpendReports.Spend
    ) throws {
        for limit in [1, 3] {
            let cut = try PreviewAttributionRules.response(rules, spend, limit: limit)
            for (effect, whole) in zip(cut.dimensions, all.dimensions) {
                #expect(effect.moves == Array(whole.moves.prefix(limit)))
                #expect(effect.otherMoves == Int64(max(0, whole.moves.count - limit)))
                #expect(effect.moved == whole.moved && effect.unchanged == whole.unchanged)
                let shown = try effect.moves.reduce(0) { try $0 + Self.picos($1.figures) }
                #expect(try shown + Self.picos(effect.other) == Self.picos(effect.moved))
            }
        }
    }

    /// The rules that are in force move nothing; none at all move back to what was sent.
    @Test func rulesInForceMoveNothing() throws {
        let wire = [
            AttributionRule(name: "all", target: "team", value: .constant("x"), replace: true),
            AttributionRule(
                name: "never", conditions: [AttributionCondition(dimension: "user", values: ["-"])],
                target: "tag:stage", value: .constant("x")),
        ]
        let rules = try AttributionRules(wire: wire)
        let spend = try Self.spend(4, .metered, under: rules)
        let same = try PreviewAttributionRules.response(rules, spend, limit: 10)
        #expect(same.dimensions.map(\.dimension) == ["tag:stage", "team"])
        #expect(same.dimensions.allSatisfy { $0.moves.isEmpty && $0.unchanged == same.total })
        #expect(same.rules.map(\.name) == ["all", "never"])
        let ofEvents = spend.report.rows.filter { $0.dimensions.attribution != nil }
        #expect(
            try Self.picos(same.rules[0].figures) == ofEvents.reduce(0) { $0 + $1.amount.picos })
        #expect(try Self.picos(same.rules[1].figures) == 0)
        let none = try PreviewAttributionRules.response(
            AttributionRules(wire: []), spend, limit: 10)
        #expect(none.dimensions.map(\.dimension) == ["team"])
        let moves = none.dimensions[0].moves
        #expect(!moves.isEmpty && moves.allSatisfy { $0.before?.value == "x" })
    }
}
