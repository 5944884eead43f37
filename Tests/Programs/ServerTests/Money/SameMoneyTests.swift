import API
import Core
import Domain
import ServiceRuntime
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Postgres
@testable import Server

/// Row 19: whoever shows money shows what is stored: every method that answers with an amount is compared with one
/// query over the entries, on random data. A method is in the suite by having money in its answer.
@Suite struct SameMoneyTests {
    private typealias Check = @Sendable (MoneyBench) async throws -> Void

    private static let checks: [String: Check] = [
        IngestionServiceMethods.UsageSummary.name: summaries,
        IngestionServiceMethods.UsageTrend.name: trends,
        IngestionServiceMethods.TopModels.name: models,
        IngestionServiceMethods.TagCoverage.name: coverage,
        IngestionServiceMethods.ExplainEvent.name: explanations,
        IngestionServiceMethods.ExportEntries.name: export,
        IngestionServiceMethods.CorrectEvents.name: corrections,
        IngestionServiceMethods.ReverseEvents.name: reversals,
        IngestionServiceMethods.PreviewAttributionRules.name: preview,
        IngestionServiceMethods.ReconcileConnection.name: reconciliation,
        IngestionServiceMethods.SimulatePrices.name: simulation,
        IngestionServiceMethods.RepriceEvents.name: repricing,
        AllocationServiceMethods.GetChargebackReport.name: chargeback,
        BudgetingServiceMethods.GetBudgetStatus.name: budgets,
        BudgetingServiceMethods.GetMonthEndForecast.name: forecast,
    ]

    /// Money that stands in no entry: what people set as limits, and a provider's estimates of what coding tools
    /// cost, which are part of no spend.
    private static let ofNoEntry: Set<String> = [
        BudgetingServiceMethods.SetBudget.name, BudgetingServiceMethods.ListBudgets.name,
        ConnectionServiceMethods.ListCodingActivity.name,
    ]

    @Test func everyMethodThatShowsMoneyIsCompared() throws {
        let schema = try ReflectedSchema(fileDescriptorSet: TallySchema.fileDescriptorSet)
        func hasMoney(_ name: String, _ seen: Set<String> = []) -> Bool {
            guard name != API.Money.messageName else { return true }
            guard !seen.contains(name), let message = schema.messages[name] else { return false }
            return message.fields.contains {
                $0.kind == .message && hasMoney($0.typeName, seen.union([name]))
            }
        }
        let methods = schema.services.flatMap(\.methods).filter { hasMoney($0.responseType) }
        #expect(Set(methods.map(\.fullName)) == ofNoEntry.union(checks.keys))
        #expect(ofNoEntry.isDisjoint(with: checks.keys))
    }

    private var ofNoEntry: Set<String> { Self.ofNoEntry }
    private var checks: [String: Check] { Self.checks }

    /// First those that change nothing, then again behind each that changes something.
    @Test(arguments: [19, 1_900] as [UInt64])
    func everyMethodShowsWhatIsStored(seed: UInt64) async throws {
        try await MoneyBench.with(seed: seed) { bench in
            let changing: Set = [
                IngestionServiceMethods.CorrectEvents.name,
                IngestionServiceMethods.ReverseEvents.name,
                IngestionServiceMethods.RepriceEvents.name,
            ]
            let reading = Self.checks.filter { !changing.contains($0.key) }
            for check in reading.values { try await check(bench) }
            for name in changing.sorted() {
                try await Self.checks[name]?(bench)
                for check in reading.values { try await check(bench) }
            }
        }
    }

    /// The suite's own eye: a pico more than is stored is seen.
    @Test func aPicoIsSeen() async throws {
        try await MoneyBench.with(seed: 1) { bench in
            try await Self.trends(bench)
            try await Self.chargeback(bench)
            let session = try await bench.harness.database.session()
            // What reports read, where entries stay as they are.
            try await session.execute(
                """
                SET session_replication_role = replica;
                UPDATE usage_rollup_deltas SET amount_picos[1] = coalesce(amount_picos[1], 0) + 1
                WHERE recorded_at = (SELECT min(recorded_at) FROM usage_rollup_deltas)
                """)
            await session.close()
            await withKnownIssue {
                try await Self.trends(bench)
            }
            await withKnownIssue {
                try await Self.chargeback(bench)
            }
        }
    }
}

// MARK: What is compared

extension MoneyWindow {
    var from: API.Date {
        API.Date(year: Int32(first.year), month: Int32(first.month), day: Int32(first.day))
    }
    var through: API.Date {
        API.Date(year: Int32(last.year), month: Int32(last.month), day: Int32(last.day))
    }
}

extension Domain.Basis {
    var wire: API.Basis {
        switch self {
        case .metered: .metered
        case .billed: .billed
        case .effective: .effective
        }
    }
}

extension SameMoneyTests {
    static let bases: [Domain.Basis] = [.metered, .billed, .effective]
    /// None cuts a day of UTC that is billed.
    static let windows = [
        MoneyBench.all, MoneyBench.october, MoneyBench.november, MoneyBench.late,
    ]

    /// Picos; nil where there is no amount.
    static func picos(_ money: API.Money?) throws -> Int128? {
        guard let money else { return nil }
        #expect(money.currencyCode == "USD")
        return try Domain.Money(wire: money).picos
    }

    static func stored(_ bench: MoneyBench) async throws -> StoredMoney {
        let stored = try await StoredMoney.read(bench.harness.database)
        // Of everything that it is about.
        #expect(stored.roots.count > 400)
        #expect(stored.roots.picos > 0)
        #expect(stored.roots.contains { $0.suppressed > 0 })
        #expect(stored.roots.contains { $0.isUnpriced })
        return stored
    }

    private static func key(_ values: [DimensionValue]) -> [String?] {
        values.map { $0.absent ? nil : $0.value }
    }

    @Sendable static func summaries(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        for basis in bases {
            for window in windows {
                for breakdowns in [
                    [], ["provider", "model"], ["team", "environment"], ["source", "region"],
                    ["service_tier", "api_key_id", "feature"], ["connection", "project"],
                    ["tag:\(MoneyBench.costCenter)", "tag:stage"], ["customer", "operation"],
                ] {
                    let summary = try await bench.owner.call(
                        IngestionServiceMethods.UsageSummary.self,
                        UsageSummaryRequest(
                            from: window.from, through: window.through, basis: basis.wire,
                            breakdowns: breakdowns, limit: 1_000))
                    let counted = stored.counted(basis, window)
                    let what: Comment = "\(basis) \(window) \(breakdowns)"
                    #expect(try picos(summary.total?.cost) == counted.picos, what)
                    #expect(summary.otherRows == 0)
                    var rows: [[String?]: Int128] = [:]
                    for row in summary.rows {
                        let picos = try picos(row.figures?.cost) ?? 0
                        if picos != 0 { rows[key(row.values), default: 0] += picos }
                    }
                    // A bill's cells have its own words for some of these.
                    let isOfAll =
                        basis == .metered
                        || breakdowns.allSatisfy { ["provider", "connection"].contains($0) }
                    if isOfAll { #expect(rows == counted.sums(by: breakdowns), what) }
                    #expect(rows.values.reduce(0, +) == counted.picos, what)
                    let suppressed = stored.roots.filter { window.contains($0.day) }
                        .reduce(0) { $0 + $1.suppressed }
                    #expect(try picos(summary.suppressed?.cost) == suppressed, what)
                    if basis == .metered {
                        #expect(summary.total?.unpricedEntries == counted.unpriced, what)
                    }
                }
            }
        }
        try await filteredSummaries(bench, stored)
        try await callSummaries(bench, stored)
    }

    private static func filteredSummaries(_ bench: MoneyBench, _ stored: StoredMoney) async throws {
        let filters: [[UsageFilter]] = [
            [UsageFilter(dimension: "team", values: ["alpha", "gamma"])],
            [UsageFilter(dimension: "team", orAbsent: true)],
            [
                UsageFilter(dimension: "model", values: ["gpt-4o", "gpt-6-sol"]),
                UsageFilter(dimension: "tag:stage", values: ["x"], orAbsent: true),
            ],
        ]
        for filters in filters {
            let summary = try await bench.owner.call(
                IngestionServiceMethods.UsageSummary.self,
                UsageSummaryRequest(
                    from: MoneyBench.all.from, through: MoneyBench.all.through, basis: .metered,
                    breakdowns: ["project"], filters: filters, limit: 2))
            let counted = stored.counted(.metered, MoneyBench.all) { root in
                filters.allSatisfy { filter in
                    root.value(filter.dimension).map(filter.values.contains) ?? filter.orAbsent
                }
            }
            let rows = try summary.rows.reduce(0) { $0 + (try picos($1.figures?.cost) ?? 0) }
            #expect(counted.picos > 0)
            #expect(try picos(summary.total?.cost) == counted.picos, "\(filters)")
            #expect(try rows + (picos(summary.other?.cost) ?? 0) == counted.picos, "\(filters)")
        }
    }

    @Sendable static func trends(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        for basis in bases {
            for window in windows {
                for step in [TrendStep.hour, .day, .week, .month] {
                    // By the hour no window is longer than a month.
                    guard step != .hour || window.description == MoneyBench.late.description
                    else { continue }
                    let trend = try await bench.owner.call(
                        IngestionServiceMethods.UsageTrend.self,
                        UsageTrendRequest(
                            from: window.from, through: window.through, basis: basis.wire,
                            step: step))
                    let counted = stored.counted(basis, window)
                    let what: Comment = "\(basis) \(window) \(step)"
                    #expect(try picos(trend.total) == counted.picos, what)
                    #expect(
                        try trend.points.reduce(0) { $0 + (try picos($1.cost) ?? 0) }
                            == counted.picos, what)
                    // A bill's day is spread by what was metered, across midnight of the organization.
                    guard basis == .metered else { continue }
                    for point in trend.points {
                        let start = try #require(point.startTime).seconds
                        let end = try #require(point.endTime).seconds
                        let within = counted.filter { (start..<end).contains($0.seconds) }
                        #expect(try picos(point.cost) == within.picos, "\(what) \(start)")
                    }
                    for day in trend.days {
                        let date = try #require(day.date)
                        let within = counted.filter {
                            $0.day.description
                                == (try? CivilDate(wire: date))?.description
                        }
                        #expect(try picos(day.cost) == within.picos, "\(what) \(date)")
                    }
                }
            }
        }
    }

    @Sendable static func models(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        for basis in bases {
            for (window, limit) in zip(windows, [100, 1, 2, 100] as [Int32]) {
                let models = try await bench.owner.call(
                    IngestionServiceMethods.TopModels.self,
                    TopModelsRequest(
                        from: window.from, through: window.through, basis: basis.wire, limit: limit)
                )
                let counted = stored.counted(basis, window)
                let what: Comment = "\(basis) \(window)"
                let sums = counted.sums(by: ["provider", "model"])
                var shown: Int128 = 0
                for model in models.models {
                    let cost = try picos(model.cost) ?? 0
                    shown += cost
                    #expect(cost == sums[[model.provider, model.model]] ?? 0, what)
                }
                #expect(try picos(models.total) == counted.picos, what)
                #expect(try shown + (picos(models.other) ?? 0) == counted.picos, what)
            }
        }
    }

    @Sendable static func coverage(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        let dimensions = ["tag:\(MoneyBench.costCenter)", "tag:stage", "tag:none", "connection"]
        for basis in bases {
            for window in windows {
                let coverage = try await bench.owner.call(
                    IngestionServiceMethods.TagCoverage.self,
                    TagCoverageRequest(
                        from: window.from, through: window.through, basis: basis.wire,
                        dimensions: dimensions))
                let counted = stored.counted(basis, window)
                let what: Comment = "\(basis) \(window)"
                #expect(try picos(coverage.total?.cost) == counted.picos, what)
                #expect(
                    try picos(coverage.untagged?.cost) == counted.filter(\.tags.isEmpty).picos, what
                )
                #expect(coverage.dimensions.map(\.dimension) == dimensions)
                for dimension in coverage.dimensions {
                    let name = dimension.dimension
                    let carrying = counted.filter {
                        name.hasPrefix("tag:")
                            ? $0.tags[String(name.dropFirst(4))] != nil : $0.value(name) != nil
                    }
                    #expect(try picos(dimension.covered?.cost) == carrying.picos, "\(what) \(name)")
                    #expect(
                        try picos(dimension.absent?.cost) == counted.picos - carrying.picos,
                        "\(what) \(name)")
                }
            }
        }
    }
}
