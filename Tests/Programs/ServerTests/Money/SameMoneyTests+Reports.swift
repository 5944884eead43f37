import API
import Core
import Domain
import TallyClient
import TestSupport
import Testing

/// Of units, budgets, bills and prices.
extension SameMoneyTests {
    private static let months = [
        (MoneyBench.october, API.Month(year: 2026, month: 10)),
        (
            MoneyWindow(
                first: MoneyBench.november.first, last: .init(year: 2026, month: 11, day: 30)),
            API.Month(year: 2026, month: 11)
        ),
    ]

    /// Whole by team; what has none of a project is shared, and the rest nobody's.
    @Sendable static func chargeback(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        for basis in bases {
            for (window, month) in months {
                let report = try await bench.owner.call(
                    AllocationServiceMethods.GetChargebackReport.self,
                    GetChargebackReportRequest(month: month, basis: basis.wire))
                let counted = stored.counted(basis, window)
                let what: Comment = "\(basis) \(window)"
                var given: Int128 = 0
                for unit in ["alpha", "beta"] {
                    let direct = counted.filter { $0.value("team") == unit }.picos
                    given += direct
                    let charge = report.units.first { $0.unitCode == unit }
                    #expect(try picos(charge?.direct) ?? 0 == direct, what)
                }
                let shared = counted.filter {
                    !["alpha", "beta"].contains($0.value("team")) && $0.value("project") == "p0"
                }.picos
                #expect(
                    try report.units.reduce(0) { $0 + (try picos($1.shared) ?? 0) } == shared, what)
                #expect(try picos(report.total) == counted.picos, what)
                #expect(try picos(report.unallocated) == counted.picos - given - shared, what)
                #expect(
                    try picos(report.completeness?.unallocated) == counted.picos - given - shared,
                    what)
                let company = report.units.first { $0.unitCode == "company" }
                #expect(try picos(company?.total) ?? 0 == given + shared, what)
            }
        }
    }

    @Sendable static func budgets(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        for (window, month) in months {
            let report = try await bench.owner.call(
                BudgetingServiceMethods.GetBudgetStatus.self, GetBudgetStatusRequest(month: month))
            let counted = stored.counted(.effective, window)
            let owned = counted.filter {
                ["alpha", "beta"].contains($0.value("team")) || $0.value("project") == "p0"
            }.picos
            let company = try #require(
                report.statuses.first { $0.budget?.unitCode == "company" })
            #expect(try picos(company.spent) == owned, "\(window)")
            for status in report.statuses {
                let limit = try #require(try picos(status.budget?.monthlyAmount))
                let spent = try #require(try picos(status.spent))
                #expect(try picos(status.remaining) == limit - spent)
            }
        }
    }

    @Sendable static func forecast(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        let forecast = try await bench.owner.call(
            BudgetingServiceMethods.GetMonthEndForecast.self, GetMonthEndForecastRequest())
        #expect(
            try picos(forecast.spent) == stored.counted(.effective, MoneyBench.november).picos)
    }

    @Sendable static func reconciliation(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        let reconciled = try await bench.owner.call(
            IngestionServiceMethods.ReconcileConnection.self,
            ReconcileConnectionRequest(
                connectionID: bench.connection, from: API.Date(year: 2026, month: 10, day: 1),
                through: API.Date(year: 2026, month: 10, day: 20)))
        let billed = stored.roots.filter { $0.feed == .bill }
        let usage = stored.roots.filter {
            $0.feed == .usage && $0.seconds < MoneyBench.billedThrough
        }
        let total = try #require(reconciled.total)
        #expect(try picos(total.billed) == billed.picos)
        #expect(try picos(total.usage) == usage.picos)
        #expect(
            try total.differences.reduce(0) { $0 + (try picos($1.amount) ?? 0) }
                == billed.picos - usage.picos)
        #expect(try picos(reconciled.unexplained) != nil)
        #expect(
            try reconciled.rows.reduce(0) { $0 + (try picos($1.figures?.billed) ?? 0) }
                == billed.picos)
    }

    @Sendable static func simulation(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        let simulated = try await bench.owner.call(
            IngestionServiceMethods.SimulatePrices.self,
            SimulatePricesRequest(month: API.Month(year: 2026, month: 10)))
        let month = stored.roots.filter { MoneyBench.october.contains($0.day) }
        for (total, models, feed) in [
            (simulated.total, simulated.models, StoredMoney.Feed.events),
            (simulated.usageTotal, simulated.usageModels, .usage),
        ] {
            let roots = month.filter { $0.feed == feed }
            let sums = roots.sums(by: ["provider", "model"])
            #expect(try picos(total?.recorded) == roots.picos)
            for model in models {
                #expect(
                    try picos(model.recorded) == sums[[model.provider, model.model]] ?? 0,
                    "\(model)")
                #expect(
                    try picos(model.difference)
                        == (picos(model.simulated) ?? 0) - (picos(model.recorded) ?? 0))
            }
        }
    }

    /// What a preview moves and what it leaves is what is stored.
    @Sendable static func preview(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        for basis in bases {
            let preview = try await bench.owner.call(
                IngestionServiceMethods.PreviewAttributionRules.self,
                PreviewAttributionRulesRequest(
                    from: MoneyBench.all.from, through: MoneyBench.all.through, basis: basis.wire,
                    rules: [
                        AttributionRule(
                            name: "first",
                            conditions: [
                                AttributionCondition(dimension: "project", values: ["p1"])
                            ],
                            target: "team", value: .constant("delta"))
                    ], limit: 100))
            let counted = stored.counted(basis, MoneyBench.all)
            let ofEvents = counted.filter { $0.feed == .events }
            let moved = ofEvents.filter {
                $0.value("project") == "p1" && $0.value("team") == nil
            }.picos
            #expect(try picos(preview.total?.cost) == counted.picos)
            #expect(try picos(preview.notOfEvents?.cost) == counted.picos - ofEvents.picos)
            #expect(try picos(preview.rules.first?.figures?.cost) == moved)
            guard basis != .billed else { continue }
            #expect(moved > 0)
            let team = try #require(preview.dimensions.first { $0.dimension == "team" })
            #expect(try picos(team.moved?.cost) == moved)
            #expect(try picos(team.unchanged?.cost) == counted.picos - moved)
            #expect(
                try team.moves.reduce(0) { $0 + (try picos($1.figures?.cost) ?? 0) } == moved)
        }
    }
}
