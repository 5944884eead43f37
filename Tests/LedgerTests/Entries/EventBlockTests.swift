import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Events go into blocks and come out of `ledger_entries` as they were.
@Suite struct EventBlockTests {
    private typealias Fixture = LedgerFixture

    /// Random events over the ends of months, with and without every optional value, in batches with
    /// repetitions: each stored field is the one that was sent.
    @Test(arguments: [1, 2, 3]) func eventsComeOutAsTheyWentIn(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var random = SeededRandom(seed: seed)
            var sent: [LedgerEvent] = []
            for batch in 0..<6 {
                var events = (0..<Int.random(in: 1...60, using: &random)).map { index in
                    Self.event("\(batch)-\(index)", using: &random)
                }
                let repeated = sent.shuffled(using: &random).prefix(3)
                sent += events
                events += repeated
                events.shuffle(using: &random)
                try await fixture.record(events, organization)
            }
            let stored = try await fixture.rows(
                """
                SELECT event_id, extract(epoch FROM event_time) * 1000000, booked_at = event_time,
                    kind, source, amount_picos, usage_state, status, requests, latency_ms, attempt,
                    session, run, input, cache_read, output, output_image, other_quantities,
                    price_version_id IS NOT NULL, provider_cost_picos, provider_cost_currency
                FROM ledger_entries ORDER BY event_id COLLATE "C"
                """)
            let expected = try sent.sorted { $0.id < $1.id }.map { try Self.row($0, fixture) }
            #expect(stored == expected, "seed \(seed)")
            // Numbers are given once, and none twice; blocks say of themselves what they hold.
            let numbers = try await fixture.rows(
                "SELECT count(*) = count(DISTINCT entry_id) FROM ledger_entries")
            #expect(numbers == ["t"])
            let blocks = try await fixture.rows(
                """
                SELECT count(*) FROM usage_event_blocks AS b WHERE (
                    SELECT (b.events, b.total_picos, b.unpriced_events, b.first_event_time,
                        b.last_event_time) IS DISTINCT FROM
                        (count(*)::integer, coalesce(sum(a.picos), 0), count(*) FILTER (
                            WHERE a.picos IS NULL)::integer, min(a.time), max(a.time))
                    FROM unnest(b.event_time, b.amount_picos) AS a (time, picos))
                """)
            #expect(blocks == ["0"])
            // A block is wholly before or behind whatever a month's retention may begin with.
            let straddling = try await fixture.rows(
                """
                SELECT count(*) FROM usage_event_blocks, unnest('{0h,14h}'::interval[]) AS shift
                WHERE date_trunc('month', first_event_time AT TIME ZONE 'UTC' + shift)
                    <> date_trunc('month', last_event_time AT TIME ZONE 'UTC' + shift)
                """)
            #expect(straddling == ["0"])
            #expect(try await fixture.disagreements() == [])
            // Some of them by their numbers, whichever blocks they are in.
            let asked = sent.shuffled(using: &random).prefix(40)
            let read = try await Self.read(asked.map { ($0.source, $0.id) }, organization, fixture)
            #expect(read.count == asked.count)
            for event in asked {
                let found = read[event.id]
                #expect(found?.root.time == event.time && found?.root.figures.state == event.state)
                #expect(
                    found?.figures.quantities.withoutZeros == event.quantities.withoutZeros,
                    "seed \(seed)")
                #expect(found?.dimensions.source == event.source)
            }
        }
    }

    /// However many events of a block are looked up, it is read once, and so are the numbers of its events where those
    /// have gaps; by whichever plan the server makes.
    @Test(arguments: ["force_custom_plan", "force_generic_plan"], [false, true])
    func aBlockIsReadOnceForAllOfItsEvents(mode: String, hasGaps: Bool) async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let count = 200
            let before = Fixture.event("before")
            if hasGaps { try await fixture.record([before], organization) }
            for batch in 0..<3 {
                let events = (0..<count).map { Fixture.event("\(batch)-\($0)") }
                try await fixture.record(
                    hasGaps ? events.flatMap { [$0, before] } : events, organization)
            }
            let numbers = try await fixture.rows(
                """
                SELECT entry_id FROM ledger_entries WHERE event_id ~ '^[01]-'
                    AND EXISTS (SELECT FROM usage_event_blocks
                        WHERE (entry_offset IS NOT NULL) = \(hasGaps))
                """)
            let times = Array(repeating: Fixture.now.rfc3339, count: count * 2)
                .joined(separator: ",")
            let session = try await fixture.database.session()
            try await session.execute("SET plan_cache_mode = \(mode)")
            try await session.execute("PREPARE look AS \(SelectRecordedEvents.sql)")
            let plan = try await session.texts(
                """
                EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE look (
                    '\(organization)', '{\(numbers.joined(separator: ","))}', '{\(times)}')
                """
            ).compactMap(\.first).compactMap(\.self)
            await session.close()
            let text = plan.joined(separator: "\n")
            let row = /(?<rows>\d+)(\.\d+)? loops=(?<loops>\d+)/
            let unnested = try plan.filter { $0.contains("Function Scan on v ") }.map {
                let match = try #require(try row.firstMatch(in: $0), "\($0)")
                return try #require(Int(match.rows)) * #require(Int(match.loops))
            }
            #expect(unnested == [count * 2], "\(text)")
            // Each event costs a few rows, and none a look at each other's.
            let removed = plan.compactMap { line -> Int? in
                line.firstMatch(of: /Rows Removed by .*: (\d+)/).flatMap { Int($0.1) }
            }
            #expect(removed.allSatisfy { $0 <= count * 4 }, "\(text)")
            // What a filter stands below says how often it was looked at.
            var node = ""
            for line in plan {
                if line.contains("loops=") || line.contains("never executed") { node = line }
                if line.contains("ANY ("), line.contains("entry_offset") {
                    #expect(node.contains("never executed"), "\(text)")
                }
            }
        }
    }

    /// Blocks of a batch's currencies may begin within each other: each event comes out of its own.
    @Test func eventsOfInterleavedBlocksAreFound() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let before = Fixture.event("before")
            try await fixture.record([before], organization)
            let events = (0..<4).flatMap { [Fixture.event("\($0)"), before] }
            try await fixture.record(events, organization)
            try await fixture.run(
                "CREATE TABLE twins AS SELECT * FROM usage_event_blocks WHERE entry_offset IS NOT NULL",
                "UPDATE twins SET first_entry_id = first_entry_id + 1, currency = 'EUR'",
                "INSERT INTO usage_event_blocks SELECT * FROM twins")
            let asked: [Int64] = Array(1...10)
            let found = try await fixture.transaction(organization) {
                try await $0.run(
                    SelectRecordedEvents(
                        organization: PostgresUUID(organization), entryIDs: asked,
                        times: asked.map { _ in Fixture.now }))
            }
            #expect(
                found.map { "\($0.entryID) \($0.figures.currency.code)" }.sorted() == [
                    "1 USD", "2 USD", "3 EUR", "4 USD", "5 EUR", "6 USD", "7 EUR", "8 USD", "9 EUR",
                ])
        }
    }

    /// A batch larger than a block becomes several, none of them larger than a block may be.
    @Test func largeBatchesAreCut() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let count = EventBlock.eventsMax * 2 + 1
            try await fixture.record((0..<count).map { Fixture.event("e\($0)") }, organization)
            let sizes = try await fixture.rows(
                "SELECT events, entry_offset IS NULL FROM usage_event_blocks ORDER BY first_entry_id"
            )
            #expect(sizes == ["2500|t", "2500|t", "1|t"])
            let numbers = try await fixture.rows(
                """
                SELECT count(*), bool_and(event_id = 'e' || (entry_id - 1)) FROM ledger_entries
                """)
            #expect(numbers == ["\(count)|t"])
        }
    }

    /// An export writes a block as one row, which fits a message however long the events' texts are.
    @Test func blocksOfLongTextsAreSmaller() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let events = (0..<2_400).map { number in
                var event = Fixture.event("\(number)-" + String(repeating: "i", count: 190))
                event.session = String(repeating: "s", count: 200)
                event.run = String(repeating: "r", count: 200)
                return event
            }
            try await fixture.record(events, organization)
            let sizes = try await fixture.rows(
                """
                SELECT count(*) > 1, sum(events), max(length(to_jsonb(b)::text)) < 3000000
                FROM usage_event_blocks AS b
                """)
            #expect(sizes == ["t|2400|t"])
        }
    }

    /// Keys of two sources and ids whose texts would join to the same are not the same.
    @Test func sourceAndIDAreKeptApart() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let events = [("ab", "c"), ("a", "bc"), ("1:ab", "c"), ("1", ":abc")].map {
                source, id in
                var event = Fixture.event(id)
                event.dimensions.source = source
                return event
            }
            let outcomes = try await fixture.record(events, organization)
            #expect(outcomes == events.map { _ in .accepted(isUnpriced: false) })
            #expect(
                try await fixture.record(events, organization) == events.map { _ in .duplicate })
        }
    }

    // MARK: -

    /// Events by their ids.
    private static func read(
        _ events: [(source: String, id: String)], _ organization: OrganizationID,
        _ fixture: Fixture
    ) async throws -> [String: RecordedEvent] {
        var hasher = try EntryHasher()
        let identities = try events.map { try hasher.identity(source: $0.source, id: $0.id) }
        let writer = EntryWriter(
            organization: organization, cache: fixture.cache, keys: fixture.keys)
        let read = try await fixture.transaction(organization) { transaction in
            let known = try await transaction.run(
                SelectKnownKeys(
                    organization: writer.organizationUUID, identities: identities,
                    firstEntryID: .max))
            return try await RecordedEvent.read(known, by: writer.setReader, in: transaction)
        }
        return Dictionary(read.values.map { ($0.root.id, $0) }) { first, _ in first }
    }

    private static func event(_ id: String, using random: inout SeededRandom) -> LedgerEvent {
        // Around the end of a month of UTC, and around where it ends first, to the microsecond.
        let edge = Int64.random(in: 0...1, using: &random) * UsageRetention.headStartSeconds
        let time = Instant(seconds: 1_767_225_600 - edge).advanced(
            byMicroseconds: Int64.random(in: -3...2, using: &random))
        func maybe<Value>(_ value: Value, or absent: Value) -> Value {
            Bool.random(using: &random) ? value : absent
        }
        var quantities = UsageQuantities()
        for quantityClass in [.input, .cacheRead, .output, .outputImage, .webSearchRequest]
            as [QuantityClass] where Bool.random(using: &random)
        {
            quantities[quantityClass] = Int64.random(in: 0...10_000_000, using: &random)
        }
        let model = maybe("gpt-6-sol", or: "unknown")
        return LedgerEvent(
            id: id, time: time,
            dimensions: DimensionSet(
                provider: "openai", model: model, operation: "chat", serviceTier: "standard",
                feature: maybe("f", or: ""), source: maybe("one", or: "tw\"o,{}\\ ☃"),
                tags: maybe([.init(key: "k", value: "v")], or: [])),
            quantities: quantities, state: maybe(.reported, or: .partial),
            status: EventStatus.allCases.randomElement(using: &random) ?? .ok,
            latencyMilliseconds: maybe(Int64.max, or: 0), attempt: maybe(Int32.max, or: 0),
            session: maybe("NULL", or: ""), run: maybe("{\"a, b}", or: ""),
            providerCost: maybe(
                ProviderCost(
                    picos: maybe(Int64.max, or: 0), currency: maybe(.usd, or: .eur)), or: nil))
    }

    /// The event as the query shows it.
    private static func row(_ event: LedgerEvent, _ fixture: Fixture) throws -> String {
        let priced = try PricedEvent(event, calculator: fixture.calculator, keys: fixture.keys)
        func text<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "null" }
        let searches = event.quantities[.webSearchRequest].map { "{\"web_search_request\": \($0)}" }
        let fields: [String] = [
            event.id, "\(event.time.microseconds).000000", "t", "1", event.source,
            text(priced.cost.picos), "\(event.state.rawValue)", "\(event.status.rawValue)", "1",
            text(event.latencyMilliseconds == 0 ? nil : event.latencyMilliseconds),
            text(event.attempt == 0 ? nil : event.attempt),
            text(event.session.isEmpty ? nil : event.session),
            text(event.run.isEmpty ? nil : event.run), text(event.quantities[.input]),
            text(event.quantities[.cacheRead]), text(event.quantities[.output]),
            text(event.quantities[.outputImage]), text(searches),
            priced.cost.priceVersion == nil ? "f" : "t", text(event.providerCost?.picos),
            text(event.providerCost?.currency.code),
        ]
        return fields.joined(separator: "|")
    }
}
