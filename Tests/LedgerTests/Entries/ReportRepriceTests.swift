import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// Row 7: what a provider reports and nobody could price is priced by corrections when its price comes.
@Suite struct ReportRepriceTests {
    private typealias Fixture = LedgerFixture

    private static let window =
        Fixture.now.advanced(bySeconds: -40 * 86_400)..<Fixture.now.advanced(bySeconds: 1)

    /// What holds later: gpt-6-sol for 0.85 of its price, and a price for a model that had none.
    private static func laterPrices(_ fixture: Fixture) throws -> CostCalculator {
        let contract = {
            (number: Int64, pattern: String, terms: PriceOverride.Terms) in
            PriceOverride(
                number: number, provider: "openai", pattern: ModelPattern(pattern), terms: terms,
                validFrom: Instant(seconds: 0))
        }
        let rate = Rate(try ExactDecimal("1.5000001"), per: .million)
        return CostCalculator(
            catalogue: fixture.calculator.catalogue,
            overrides: PriceOverrides([
                contract(1, "gpt-6*", .multiplier(try ExactDecimal("0.85"))),
                contract(2, "unknown", .rates([.input: rate, .output: rate])),
            ]))
    }

    private static func row(
        _ connection: ConnectionID, hour: Int64, model: String, input: Int64, output: Int64
    ) -> ReportRow {
        ReportRow(
            time: Fixture.now.advanced(bySeconds: -hour * 3_600 - Fixture.now.seconds % 3_600),
            dimensions: DimensionSet(
                provider: "openai", model: model, serviceTier: "standard", project: "p",
                source: "openai-usage", connectionID: connection),
            figures: .usage(
                UsageQuantities([Quantity(.input, input), Quantity(.output, output)]),
                requests: 3, state: .reported))
    }

    /// What one row costs; nil where nobody knows.
    private static func cost(_ row: ReportRow, by calculator: CostCalculator) throws -> Int128? {
        guard case .usage(let quantities, _, let state) = row.figures else { return 0 }
        return try calculator.cost(
            of: UsageToPrice(
                row.dimensions, granularity: .aggregate, time: row.time, quantities: quantities,
                state: state)
        ).picos.map { Int128($0) }
    }

    /// Does all parts; answers with what changed.
    private static func reprice(
        _ repricing: Repricing, by calculator: CostCalculator, _ organization: OrganizationID,
        _ fixture: Fixture, isPreview: Bool = false, rowLimit: Int = 1_000
    ) async throws -> PriceSimulation.Sum {
        let writer = EntryWriter(
            organization: organization, cache: fixture.cache, keys: fixture.keys)
        var total = PriceSimulation.Sum()
        var place: ReportedUsage.Place?
        repeat {
            let after = place
            // As whoever records reports: a session's temporary table is one role's.
            let done = try await fixture.transaction(organization, role: "tally_worker") {
                isPreview
                    ? try await writer.repriceReportsPreview(
                        repricing, after: after, calculator: calculator, in: $0,
                        rowLimit: rowLimit)
                    : try await writer.repriceReports(
                        repricing, after: after, calculator: calculator, in: $0, now: Fixture.now,
                        rowLimit: rowLimit)
            }
            total = total.adding(done.sums.total)
            place = done.next
        } while place != nil
        return total
    }

    /// What each row comes to by its entries, of all organizations, by time and model.
    private static func amounts(_ fixture: Fixture) async throws -> [String] {
        try await fixture.rows(
            """
            SELECT extract(epoch FROM e.event_time)::bigint, d.model,
                CASE WHEN (array_agg(e.amount_picos IS NULL
                    ORDER BY e.correction_no DESC NULLS LAST))[1] THEN 'unpriced'
                ELSE sum(e.amount_picos)::text END
            FROM ledger_entries AS e JOIN dimension_sets AS d
                ON d.org_id = e.org_id AND d.id = e.dimension_set_id
            GROUP BY 1, 2 ORDER BY 1, 2
            """)
    }

    private static func expected(
        _ rows: [ReportRow], by calculator: CostCalculator
    ) throws -> [String] {
        try rows.map { row in
            let cost = try cost(row, by: calculator).map { "\($0)" } ?? "unpriced"
            return (row.time, "\(row.time.seconds)|\(row.dimensions.model)|\(cost)")
        }.sorted { $0 < $1 }.map(\.1)
    }

    /// However small the parts: what had no price comes to what it costs, and nothing else changes; done
    /// again it writes nothing. Whole repricing then leads every row there. What is read again is known, what
    /// the provider changes or takes back comes to what it says.
    @Test(arguments: [1, 2] as [UInt64], [1, 3, 1_000])
    func unpricedRowsGetTheirPrice(seed: UInt64, rowLimit: Int) async throws {
        try await Fixture.with { fixture in
            var random = SeededRandom(seed: seed)
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            var rows: [ReportRow] = []
            for number in 0..<18 {
                rows.append(
                    Self.row(
                        connection, hour: Int64(number) * 40,
                        model: ["gpt-6-sol", "unknown", "never"][number % 3],
                        input: .random(in: 1...9_000_000, using: &random),
                        output: .random(in: 0...900_000, using: &random)))
            }
            try await fixture.record(rows, organization, connection)
            // Unpriced, then taken back.
            rows[4] = ReportRow(
                time: rows[4].time, dimensions: rows[4].dimensions, figures: .retractedUsage)
            try await fixture.record([rows[4]], organization, connection)
            let later = try Self.laterPrices(fixture)

            let filling = Repricing.filling(Self.window, afterBlock: -1)
            let preview = try await Self.reprice(
                filling, by: later, organization, fixture, isPreview: true, rowLimit: rowLimit)
            #expect(preview.events == 5 && preview.recordedUnpriced == 5)
            #expect(
                try await Self.amounts(fixture) == Self.expected(rows, by: fixture.calculator))
            let done = try await Self.reprice(
                filling, by: later, organization, fixture, rowLimit: rowLimit)
            #expect(done == preview)
            let filled = try zip(
                Self.expected(rows, by: fixture.calculator), Self.expected(rows, by: later)
            ).map { $0.hasSuffix("unpriced") ? $1 : $0 }
            #expect(try await Self.amounts(fixture) == filled)
            #expect(try await fixture.disagreements() == [])
            #expect(
                try await fixture.rows(
                    """
                    SELECT DISTINCT reason, price_version_id FROM usage_entries
                    WHERE reason IS NOT NULL
                    """) == ["Its price came later: override 2|-2"])
            let entries = try await fixture.rows("SELECT count(*) FROM usage_entries")
            #expect(
                try await Self.reprice(filling, by: later, organization, fixture).events == 0)

            // What a simulation says comes true.
            let simulated = try await fixture.transaction(organization) {
                try await PriceSimulation(calculator: later).runReports(
                    of: organization, during: Self.window, keys: fixture.keys, in: $0)
            }.total
            let recorded = try await fixture.rows(
                "SELECT coalesce(sum(amount_picos), 0) FROM usage_entries")
            #expect(recorded == ["\(simulated.recordedPicos)"])
            let sum = try rows.compactMap { try Self.cost($0, by: later) }.reduce(0, +)
            #expect(simulated.simulatedPicos == sum)
            #expect(simulated.events == 17 && simulated.simulatedUnpriced == 6)

            // All that changed its price, on demand.
            let all = Repricing(window: Self.window, reason: "A contract")
            let repriced = try await Self.reprice(
                all, by: later, organization, fixture, rowLimit: rowLimit)
            #expect(repriced.events == 6 && repriced.recordedUnpriced == 0)
            #expect(try await Self.amounts(fixture) == Self.expected(rows, by: later))
            #expect(try await Self.reprice(all, by: later, organization, fixture).events == 0)
            #expect(try await fixture.disagreements() == [])
            #expect(
                try await fixture.rows("SELECT count(*) - 6 FROM usage_entries") == entries)

            // The report said nothing new.
            let rowsRead = rows.filter { $0.figures != .retractedUsage }
            #expect(
                try await fixture.record(rowsRead, organization, connection)
                    == ReportOutcome(unchanged: rowsRead.count))
            rows[1] = Self.row(connection, hour: 40, model: "unknown", input: 7, output: 0)
            try await fixture.record([rows[1]], organization, connection)
            _ = try await Self.reprice(filling, by: later, organization, fixture)
            #expect(try await Self.amounts(fixture) == Self.expected(rows, by: later))
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Another organization's rows, those outside of the span and of other models keep their amounts.
    @Test func whatIsNotAskedForKeepsItsAmount() async throws {
        try await Fixture.with { fixture in
            let later = try Self.laterPrices(fixture)
            var organizations: [OrganizationID] = []
            for slug in ["acme", "other"] {
                let organization = try await fixture.makeOrganization(slug)
                let connection = try await fixture.makeConnection(organization)
                let rows = [0, 100 * 24].map {
                    Self.row(connection, hour: $0, model: "unknown", input: 1_000_000, output: 0)
                }
                try await fixture.record(rows, organization, connection)
                organizations.append(organization)
            }
            let model = Repricing(window: Self.window, model: "gpt-6-sol", reason: "r")
            #expect(
                try await Self.reprice(model, by: later, organizations[0], fixture).events == 0)
            let filling = Repricing.filling(Self.window, afterBlock: -1)
            #expect(
                try await Self.reprice(filling, by: later, organizations[0], fixture).events == 1)
            #expect(
                try await fixture.rows(
                    "SELECT org_id, amount_picos FROM usage_entries WHERE root_entry_id IS NOT NULL"
                ) == ["\(organizations[0])|1500000100000"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// An account that two connections read is simulated as it is reported: each day of UTC once.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func whatTwoConnectionsReadIsSimulatedOnce(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            var random = SeededRandom(seed: seed)
            let fixture = fixture.merging(afterCommits: 2)
            let organization = try await fixture.makeOrganization()
            var recorded: Int128 = 0
            for number in 0..<3 {
                let connection = try await fixture.makeConnection(
                    organization,
                    usageThrough: Fixture.now.advanced(
                        bySeconds: -86_400 * .random(in: 0...9, using: &random)))
                // The third one reads another account.
                try await fixture.run(
                    """
                    UPDATE connections SET account_id = 'account-\(number / 2)'
                    WHERE id = '\(connection)'
                    """)
                let hours = (0..<20).map { _ in Int64.random(in: 0..<12 * 24, using: &random) }
                let rows = Set(hours).map {
                    Self.row(
                        connection, hour: $0, model: "gpt-6-sol",
                        input: .random(in: 1...9_000_000, using: &random), output: 1)
                }
                try await fixture.record(rows, organization, connection)
                recorded += try rows.compactMap { try Self.cost($0, by: fixture.calculator) }
                    .reduce(0, +)
            }
            let calculator = fixture.calculator
            let (simulated, report) = try await fixture.transaction(organization) {
                (
                    try await PriceSimulation(calculator: calculator).runReports(
                        of: organization, during: Self.window, keys: fixture.keys, in: $0
                    ).total,
                    try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                        $0, organization: organization, keys: fixture.keys,
                        from: Self.window.lowerBound, through: Self.window.upperBound,
                        by: [Self.window], basis: .metered, now: Fixture.now)
                )
            }
            let total = try #require(try report.totals[.usd])
            #expect(simulated.recordedPicos == total.picos, "seed \(seed)")
            #expect(simulated.simulatedPicos == total.picos && total.picos < recorded)
        }
    }
}
