import Core
import Domain
import Ledger
import Postgres
import TestSupport
import Testing

struct EntryWriterTests {
    private typealias Fixture = LedgerFixture

    /// Row 10: every event is sent one to five times, reordered, over several connections at
    /// once; totals equal those of a single delivery.
    @Test(arguments: [1, 2]) func repeatedEventsCountOnce(seed: Int) async throws {
        try await Fixture.with { fixture in
            var random = SeededRandom(seed: UInt64(seed))
            let organization = try await fixture.makeOrganization()
            let events = (0..<200).map { index in
                Fixture.event(
                    "e\(index)", model: ["gpt-6-sol", "gpt-4o", "gpt-99"][index % 3],
                    input: Int64.random(in: 0...100_000, using: &random),
                    time: Fixture.now.advanced(bySeconds: -Int64(index) * 700),
                    feature: "f\(index % 4)")
            }
            let deliveries = events.flatMap { event in
                [LedgerEvent](repeating: event, count: Int.random(in: 1...5, using: &random))
            }.shuffled(using: &random)
            let batches = stride(from: 0, to: deliveries.count, by: 37).map {
                Array(deliveries[$0..<min($0 + 37, deliveries.count)])
            }
            // Four connections, each with every fourth batch.
            let outcomes = try await withThrowingTaskGroup(of: [EventOutcome].self) { group in
                for lane in 0..<4 {
                    group.addTask {
                        var outcomes: [EventOutcome] = []
                        for index in stride(from: lane, to: batches.count, by: 4) {
                            outcomes += try await fixture.record(batches[index], organization)
                        }
                        return outcomes
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let single = try events.map {
                try PricedEvent($0, calculator: fixture.calculator, keys: fixture.keys)
            }
            let total = single.reduce(Int128(0)) { $0 + Int128($1.cost.picos ?? 0) }
            let unpriced = single.filter { $0.cost.picos == nil }.count
            #expect(outcomes.filter { $0 != .duplicate && $0 != .conflict }.count == 200)
            #expect(!outcomes.contains(.conflict))
            #expect(outcomes.count == deliveries.count)
            let stored = try await fixture.rows(
                "SELECT count(*), sum(amount_picos), count(*) - count(amount_picos) FROM ledger_entries"
            )
            #expect(stored == ["200|\(total)|\(unpriced)"], "seed \(seed)")
            let rolled = try await fixture.rows(
                "SELECT sum(entries), sum(amount_picos), sum(unpriced_entries) FROM current_usage_rollups"
            )
            #expect(rolled == ["200|\(total)|\(unpriced)"], "seed \(seed)")
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Row 11: the same id counts in each organization, and with other content it is reported
    /// and stored nowhere, also within one call.
    @Test func sameIDCountsPerOrganizationAndOtherContentConflicts() async throws {
        try await Fixture.with { fixture in
            let first = try await fixture.makeOrganization("first")
            let second = try await fixture.makeOrganization("second")
            let event = Fixture.event("same")
            let other = Fixture.event("same", output: 101)
            let accepted = EventOutcome.accepted(isUnpriced: false)
            #expect(try await fixture.record([event], first) == [accepted])
            #expect(try await fixture.record([event], second) == [accepted])
            #expect(try await fixture.record([event, other], first) == [.duplicate, .conflict])
            let fresh = Fixture.event("fresh")
            let changed = Fixture.event("fresh", feature: "f")
            #expect(
                try await fixture.record([fresh, changed, fresh], first)
                    == [accepted, .conflict, .duplicate])
            #expect(
                try await fixture.rows(
                    "SELECT count(*) FROM ledger_entries GROUP BY org_id ORDER BY 1")
                    == ["1", "2"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Every field that the sender gave is content.
    @Test func anyOtherFieldIsAConflict() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let event = Fixture.event("e", tags: [.init(key: "a", value: "1")])
            let changes: [(inout LedgerEvent) -> Void] = [
                { $0.time = $0.time.advanced(byMicroseconds: 1) }, { $0.totalTokens = 1100 },
                { $0.state = .partial }, { $0.status = .aborted }, { $0.latencyMilliseconds = 1 },
                { $0.attempt = 1 }, { $0.session = "s" }, { $0.run = "s" },
                { $0.quantities[.cacheRead] = 0 }, { $0.quantities[.input] = 1_001 },
                { $0.quantities[.webSearchRequest] = 1 }, { $0.quantities[.output] = nil },
                { $0.dimensions.provider = "x" }, { $0.dimensions.model = "gpt-4o" },
                { $0.dimensions.requestedModel = "x" }, { $0.dimensions.operation = "x" },
                { $0.dimensions.region = "us" }, { $0.dimensions.serviceTier = "batch" },
                { $0.dimensions.project = "x" }, { $0.dimensions.apiKeyID = "x" },
                { $0.dimensions.user = "x" }, { $0.dimensions.feature = "x" },
                { $0.dimensions.customer = "x" }, { $0.dimensions.team = "x" },
                { $0.dimensions.environment = "x" },
                { $0.dimensions.setTags([.init(key: "a", value: "2")]) },
                { $0.dimensions.setTags([.init(key: "b", value: "1")]) },
                { $0.dimensions.setTags([]) }, { $0.dimensions.connectionID = .make() },
            ]
            let variants = changes.map { change in
                var variant = event
                change(&variant)
                return variant
            }
            let outcomes = try await fixture.record([event] + variants + [event], organization)
            #expect(outcomes.first == .accepted(isUnpriced: false))
            for (index, outcome) in outcomes.dropFirst().dropLast().enumerated() {
                #expect(outcome == .conflict, "change \(index)")
            }
            #expect(outcomes.last == .duplicate)
        }
    }

    /// Of two events with one id in one call the first counts, wherever in the call they stand.
    @Test func theFirstOfTwoConflictingEventsCounts() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var random = SeededRandom(seed: 8)
            let order = (0..<2_000).map { $0 % 400 }.shuffled(using: &random)
            let events = order.enumerated().map { position, id in
                Fixture.event("twin-\(id)", output: Int64(position))
            }
            let outcomes = try await fixture.record(events, organization)
            var seen: Set<Int> = []
            for (id, outcome) in zip(order, outcomes) {
                let isFirst = seen.insert(id).inserted
                #expect(outcome == (isFirst ? .accepted(isUnpriced: false) : .conflict))
            }
        }
    }

    /// Row 11: a write that fails after the uniqueness check leaves nothing; the retry counts once.
    @Test func rollbackLeavesNothing() async throws {
        struct Broken: Error {}
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let event = Fixture.event("e", feature: "new")
            let priced = try PricedEvent(event, calculator: fixture.calculator, keys: fixture.keys)
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            try await fixture.cache.prepareMonths(of: [event.time]) {
                try await fixture.transaction(organization, $0)
            }
            await #expect(throws: Broken.self) {
                try await fixture.transaction(organization) { transaction in
                    let recorded = try await writer.record(
                        [priced], in: transaction, now: Fixture.now)
                    #expect(recorded.outcomes == [.accepted(isUnpriced: false)])
                    throw Broken()
                }
            }
            for table in [
                "ledger_entries", "idempotency_keys", "usage_rollup_deltas", "usage_rollups",
                "usage_rollups_daily", "usage_rollups_monthly", "dimension_sets",
            ] {
                #expect(try await fixture.rows("SELECT count(*) FROM \(table)") == ["0"])
            }
            #expect(
                try await fixture.record([event], organization) == [.accepted(isUnpriced: false)])
            #expect(try await fixture.rows("SELECT count(*) FROM ledger_entries") == ["1"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Row 15: writers of one organization wait for each other and never deadlock; times of
    /// recording grow with the ids.
    @Test func writersOfOneOrganizationGoOneAfterAnother() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<6 {
                    group.addTask {
                        for batch in stride(from: lane, to: 24, by: 6) {
                            let events = (0..<20).map { index in
                                // The same roll-ups in each batch, in another order.
                                Fixture.event(
                                    "\(batch)/\(index)", feature: "f\((index * 7 + batch) % 5)")
                            }
                            try await fixture.record(events, organization)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.rows("SELECT count(*) FROM ledger_entries") == ["480"])
            let times = try await fixture.rows(
                """
                SELECT count(DISTINCT recorded_at),
                    bool_and(recorded_at >= lag) FROM (
                    SELECT recorded_at, lag(recorded_at, 1, '-infinity') OVER (ORDER BY entry_id)
                    FROM ledger_entries) AS e
                """)
            #expect(times == ["24|t"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Row 7 and 13: unpriced, missing, zero and partial are stored as what they are.
    @Test func unknownCostsAreNull() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var missing = Fixture.event("missing")
            missing.quantities = UsageQuantities()
            missing.state = .missing
            var zero = Fixture.event("zero", input: 0, output: 0)
            zero.quantities[.webSearchRequest] = 0
            var partial = missing
            partial.id = "partial"
            partial.state = .partial
            let outcomes = try await fixture.record(
                [Fixture.event("unknown", model: "gpt-99"), missing, zero, partial], organization)
            #expect(
                outcomes == [
                    .accepted(isUnpriced: true), .accepted(isUnpriced: true),
                    .accepted(isUnpriced: false), .accepted(isUnpriced: false),
                ])
            let stored = try await fixture.rows(
                """
                SELECT event_id, amount_picos, usage_state, input, price_version_id IS NULL,
                    other_quantities
                FROM ledger_entries ORDER BY entry_id
                """)
            #expect(
                stored == [
                    "unknown|null|1|1000|t|null", "missing|null|3|null|t|null",
                    "zero|0|1|0|f|{\"web_search_request\": 0}", "partial|0|2|null|f|null",
                ])
            let report = try await fixture.transaction(organization) { transaction in
                try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                    transaction, organization: organization, keys: fixture.keys,
                    from: Fixture.now.advanced(bySeconds: -86_400),
                    through: Fixture.now.advanced(bySeconds: 86_400), basis: .effective,
                    now: Fixture.now)
            }
            #expect(report.completeness.unpricedEntries == 2)
            #expect(report.completeness.unpricedTokens == 1100)
            #expect(report.completeness.sources.map(\.name) == ["gateway"])
            #expect(try report.totals == [.usd: .zero(.usd)])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// A process that forgot everything finds the dimension sets again.
    @Test func dimensionSetsAreStoredOnce() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let tags = [
                DimensionSet.Tag(key: "k\"\\\n", value: "ü\t1"), .init(key: "a", value: ""),
            ]
            let event = Fixture.event("1", tags: tags)
            try await fixture.record([event], organization)
            fixture.cache.committed([:], organization: organization)
            let writer = EntryWriter(
                organization: organization, cache: LedgerCache(), keys: fixture.keys)
            var next = event
            next.id = "2"
            let priced = try PricedEvent(next, calculator: fixture.calculator, keys: fixture.keys)
            _ = try await fixture.transaction(organization) {
                try await writer.record([priced], in: $0, now: Fixture.now)
            }
            #expect(try await fixture.rows("SELECT count(*) FROM dimension_sets") == ["1"])
            let report = try await fixture.transaction(organization) { transaction in
                try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                    transaction, organization: organization, keys: fixture.keys, from: Fixture.now,
                    through: Fixture.now.advanced(bySeconds: 900), basis: .metered,
                    now: Fixture.now)
            }
            #expect(report.rows.map(\.dimensions) == [event.dimensions])
            #expect(report.rows.first?.requests == 2)
            #expect(report.rows.first?.amount.displayText == "0.006")
        }
    }

    /// Row 22: 10⁹ micro-amounts, which no binary fraction can hold, sum exactly in the database, too: 4,000 recorded
    /// events make a roll-up, and PostgreSQL adds 250,000 such sums.
    @Test func microAmountsSumExactly() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var random = SeededRandom(seed: 20_261_123)
            let tokens = (0..<4_000).map { _ in Int64.random(in: 1...100_000, using: &random) }
            // A token of gpt-5-nano's cache: 0.000000005 USD.
            let events = tokens.enumerated().map { index, count in
                var event = Fixture.event("\(index)", model: "gpt-5-nano")
                event.quantities = UsageQuantities([Quantity(.cacheRead, count)])
                return event
            }
            try await fixture.record(events, organization)
            let picos = tokens.reduce(0, +) * 5_000 * 250_000
            // More than the integers that a binary float holds exactly.
            #expect(picos > 1 << 53)
            #expect(
                try await fixture.rows(
                    """
                    SELECT sum(entries), sum(amount_picos)
                    FROM current_usage_rollups CROSS JOIN generate_series(1, 250000)
                    """) == ["1000000000|\(picos)"], "seed \(random.seed)")
        }
    }
}
