import API
import Core
import Domain
import Ledger
import TallyClient
import TestSupport
import Testing

@testable import Postgres
@testable import Server

/// An organization with some of everything that costs money, at random: events of two sources, of which some tell of
/// the same calls, without a price, corrected, reversed and repriced; and a connection with usage and bills.
struct MoneyBench: Sendable {
    let harness: ServerHarness
    let owner: Client
    let organization: OrganizationID
    let connection: String
    let seed: UInt64

    /// 2026-10-01 and 2026-11-05T11:00, UTC.
    private static let begin: Int64 = 1_790_812_800
    private static let now: Int64 = 1_793_876_400
    private static let daySeconds: Int64 = 86_400
    /// The bill was read through here: 2026-10-21, UTC.
    static let billedThrough = begin + 20 * daySeconds

    static let october = MoneyWindow(
        first: .init(year: 2026, month: 10, day: 1), last: .init(year: 2026, month: 10, day: 31))
    static let november = MoneyWindow(
        first: .init(year: 2026, month: 11, day: 1), last: .init(year: 2026, month: 11, day: 5))
    static let all = MoneyWindow(first: october.first, last: november.last)
    /// From a day on which no bill has a part to one on which none has.
    static let late = MoneyWindow(
        first: .init(year: 2026, month: 10, day: 23), last: .init(year: 2026, month: 11, day: 2))

    static let teams = ["", "alpha", "beta", "gamma"]
    static let costCenter = "cost-center"

    static func with(
        seed: UInt64, _ body: @escaping @Sendable (MoneyBench) async throws -> Void
    ) async throws {
        try await ServerHarness.with { harness in
            let platform = harness.client(token: harness.operatorToken)
            let made = try await platform.call(
                TenantServiceMethods.CreateOrganization.self,
                CreateOrganizationRequest(
                    slug: "acme", displayName: "Acme", timeZone: MoneyWindow.zone,
                    ownerEmail: "owner@acme.example"))
            await platform.close()
            let owner = harness.client(token: made.ownerToken)
            let connection = try await owner.call(
                ConnectionServiceMethods.CreateConnection.self,
                CreateConnectionRequest(
                    provider: .anthropic, displayName: "Anthropic",
                    apiKey: "sk-ant-admin01-money-0001"))
            let bench = MoneyBench(
                harness: harness, owner: owner,
                organization: try OrganizationID(try #require(made.organization?.id)),
                connection: connection.id, seed: seed)
            try await bench.fill()
            try await body(bench)
            await owner.close()
        }
    }

    private func fill() async throws {
        var random = SeededRandom(seed: seed)
        try await arrange()
        // Before all else, since what is recorded is never later than what follows it, and a bill that changed just now
        // is not final.
        try await report(&random)
        let events = (0..<400).map { Self.event($0, &random) }
        for start in stride(from: 0, to: events.count, by: 100) {
            let answer = try await owner.call(
                IngestionServiceMethods.IngestEvents.self,
                IngestEventsRequest(events: Array(events[start..<(start + 100)])))
            #expect(answer.results.allSatisfy { $0.outcome == .accepted }, "\(answer)")
        }
        try await change(events, &random)
    }

    /// Units, rules and budgets.
    private func arrange() async throws {
        for (code, parent) in [("company", ""), ("alpha", "company"), ("beta", "company")] {
            _ = try await owner.call(
                TenantServiceMethods.CreateBusinessUnit.self,
                CreateBusinessUnitRequest(
                    code: code, displayName: code, parentCode: parent,
                    effectiveDate: API.Date(year: 2026, month: 1, day: 1)))
        }
        _ = try await owner.call(
            AllocationServiceMethods.SetAllocationRules.self,
            SetAllocationRulesRequest(
                rules: ["alpha", "beta"].map { unit in
                    AllocationRule(
                        id: unit, conditions: [Condition(dimension: "team", value: unit)],
                        target: .unit(unit))
                } + [
                    AllocationRule(
                        id: "shared", conditions: [Condition(dimension: "project", value: "p0")],
                        target: .split(Split(method: .even, units: ["alpha", "beta"])))
                ]))
        // Of the calls that both tell of, each comes first of some.
        _ = try await owner.call(
            IngestionServiceMethods.SetSourceRanks.self, SetSourceRanksRequest(sources: ["sdk"]))
        for (unit, amount) in [("company", "0.05"), ("alpha", "1000")] {
            _ = try await owner.call(
                BudgetingServiceMethods.SetBudget.self,
                SetBudgetRequest(
                    unitCode: unit, monthlyAmount: API.Money(amount: amount, currencyCode: "USD")))
        }
    }

    private static func event(_ number: Int, _ random: inout SeededRandom) -> Event {
        func pick<T>(_ values: [T], _ random: inout SeededRandom) -> T {
            values[Int.random(in: values.indices, using: &random)]
        }
        var quantities = [
            API.Quantity(
                quantityClass: "input", amount: Int64.random(in: 1...400_000, using: &random))
        ]
        for name in ["cache_read", "output", "reasoning"] where Bool.random(using: &random) {
            quantities.append(
                API.Quantity(
                    quantityClass: name, amount: Int64.random(in: 0...9_999, using: &random)))
        }
        let isPaidFor = Int.random(in: 0..<4, using: &random) == 0
        // Every fifth call is told of by two sources.
        let isMirrored = number % 5 < 2
        return Event(
            id: "\(number)", source: number % 2 == 0 ? "gateway" : "sdk",
            time: Timestamp(
                seconds: Int64.random(in: (begin - 5 * daySeconds)...now, using: &random), nanos: 0),
            provider: "openai",
            model: pick(["gpt-6-sol", "gpt-4.1", "gpt-4o", "gpt-unheard-of"], &random),
            region: pick(["", "", "us"], &random),
            serviceTier: pick(["standard", "standard", "batch", "priority"], &random),
            quantities: quantities,
            usageState: pick([.unspecified, .reported, .partial], &random),
            status: pick([.ok, .error, .aborted], &random),
            attempt: pick([0, 1, 2, 3], &random),
            project: pick(["", "p0", "p1", "p2"], &random),
            apiKeyID: pick(["", "key-1"], &random),
            user: pick(["", "ann@acme.example", "bob@acme.example"], &random),
            session: pick(["", "s1", "s2", "s3"], &random), run: pick(["", "r1", "r2"], &random),
            feature: pick(["", "search"], &random), customer: pick(["", "c1", "c2"], &random),
            team: pick(teams, &random), environment: pick(["prod", "dev"], &random),
            tags: pick([[], [("stage", "x")], [(costCenter, "1"), ("stage", "")]], &random)
                .map { Tag(key: $0.0, value: $0.1) },
            providerCost: isPaidFor
                ? API.Money(
                    amount: "0.\(Int.random(in: 100...999, using: &random))", currencyCode: "USD")
                : nil, providerRequestID: isMirrored ? "call-\(number / 5)" : "")
    }

    /// A provider's usage, some of it of no known price, and its bill for the first days, each restated.
    private func report(_ random: inout SeededRandom) async throws {
        let id = try ConnectionID(connection)
        for _ in 0..<2 {
            var usage: [ReportRow] = []
            var bill: [ReportRow] = []
            for day in 2..<33 {
                let start = Self.begin + Int64(day) * Self.daySeconds
                let dimensions = { (isBill: Bool) in
                    DimensionSet(
                        provider: "anthropic", model: "claude-sonnet-4-6",
                        serviceTier: "standard", project: "ws-\(day % 2)",
                        source: isBill ? "anthropic-cost" : "anthropic-usage", connectionID: id,
                        lineItem: isBill ? "Claude Sonnet input" : "",
                        chargeClass: isBill ? .input : nil)
                }
                usage.append(
                    ReportRow(
                        time: Instant(
                            seconds: start + 3_600 * Int64.random(in: 0..<24, using: &random)),
                        dimensions: dimensions(false),
                        figures: .usage(
                            UsageQuantities([
                                Domain.Quantity(.input, .random(in: 1...9_999_999, using: &random))
                            ]), requests: 3, state: .reported)))
                guard start < Self.billedThrough else { continue }
                bill.append(
                    ReportRow(
                        time: Instant(seconds: start), dimensions: dimensions(true),
                        figures: .charge(
                            Domain.Money(
                                picos: .random(in: 1...99_999_999_999_999, using: &random),
                                currency: .usd))))
            }
            for rows in [usage, bill] { try await record(rows, of: id) }
        }
        let session = try await harness.database.session()
        try await session.execute(
            """
            DELETE FROM connection_checkpoints;
            INSERT INTO connection_checkpoints
                (org_id, connection_id, stream, through, last_success_at)
            SELECT '\(organization.text)', '\(connection)', s.stream, s.through, '2026-11-05Z'
            FROM (VALUES ('usage', '2026-11-05Z'::timestamptz), ('costs', '2026-10-21Z'))
                AS s (stream, through)
            """)
        await session.close()
    }

    private func record(_ rows: [ReportRow], of connection: ConnectionID) async throws {
        let pool = harness.database.pool()
        let cache = LedgerCache()
        let organization = organization
        let uuid = organization.uuid.bytes
        let options = TransactionOptions(
            role: "tally_worker", organization: PostgresUUID(high: uuid.high, low: uuid.low))
        try await cache.prepareMonths(of: rows.map(\.time)) {
            try await pool.transaction(options, $0)
        }
        let writer = EntryWriter(organization: organization, cache: cache, keys: AwayKeys())
        let now = Instant(seconds: Self.begin + 27 * Self.daySeconds)
        try await pool.transaction(options) { transaction in
            let calculator = try await PriceCatalogueStore().newestCalculator(
                of: organization, in: transaction, now: now)
            _ = try await writer.record(
                rows, of: connection, calculator: calculator, in: transaction, now: now
            ) { _ in }
        }
        await pool.shutdown()
    }

    /// Corrects and reverses some events, and lets one model have another price from now on.
    private func change(_ events: [Event], _ random: inout SeededRandom) async throws {
        let chosen = events.shuffled(using: &random)
        _ = try await owner.call(
            IngestionServiceMethods.CorrectEvents.self,
            CorrectEventsRequest(
                corrections: chosen[..<60].map { event in
                    EventCorrection(
                        source: event.source, id: event.id,
                        quantities: [
                            API.Quantity(
                                quantityClass: "output",
                                amount: .random(in: 0...99_999, using: &random))
                        ], reason: "Counted again")
                }))
        _ = try await owner.call(
            IngestionServiceMethods.ReverseEvents.self,
            ReverseEventsRequest(
                reversals: chosen[40..<90].map {
                    EventReversal(source: $0.source, id: $0.id, reason: "Sent by mistake")
                }))
        _ = try await owner.call(
            IngestionServiceMethods.CreatePriceOverride.self,
            CreatePriceOverrideRequest(
                priceOverride: PriceOverride(
                    provider: "openai", modelPattern: "gpt-4o", terms: .multiplier("0.333333"),
                    effectiveTime: Timestamp(seconds: Self.begin, nanos: 0))))
    }
}
