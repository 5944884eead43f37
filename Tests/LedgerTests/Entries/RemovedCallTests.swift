import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Row 10, once some of those who told of a call are not kept any more.
@Suite struct RemovedCallTests {
    private typealias Fixture = LedgerFixture

    /// From when on usage is kept. Old events are from before, young ones of the present.
    private static let edge = Instant(seconds: 1_735_689_600)

    /// What should become of events, as told in words.
    private struct Calls {
        struct Event {
            let source: String
            let call: String
            let isOld: Bool
            let picos: Int128
            var counts: Bool
            var isSuppressed: Bool
            var isWithdrawn = false
            /// It was not kept, and did not count.
            var isForgotten = false
        }

        private struct Known {
            let first: Int
            /// Nil: nobody's count.
            var counted: String?
        }

        /// Sources, the highest first; others are behind.
        var ranked: [String] = []
        private(set) var events: [Event] = []
        private var calls: [String: Known] = [:]
        private(set) var areOldGone = false

        private func rank(_ source: String) -> Int { ranked.firstIndex(of: source) ?? .max }

        mutating func tell(_ source: String, _ call: String, isOld: Bool, _ picos: Int128) {
            var known = calls[call] ?? Known(first: events.count)
            let before = known.counted ?? source
            // What is not kept any more counted, and cannot be taken back.
            let isSettled = events.contains {
                $0.call == call && $0.source == before && $0.counts && $0.isOld && !$0.isForgotten
                    && areOldGone
            }
            let first = rank(source) < rank(before) && !isSettled ? source : before
            for number in events.indices
            where first != before && events[number].call == call && !events[number].isWithdrawn
                && !events[number].isForgotten
            {
                events[number].counts = events[number].source == source
                events[number].isSuppressed = !events[number].counts
            }
            known.counted = first
            calls[call] = known
            events.append(
                Event(
                    source: source, call: call, isOld: isOld, picos: picos, counts: first == source,
                    isSuppressed: first != source))
        }

        mutating func reverse(_ numbers: [Int]) {
            let numbers = numbers.filter { !areOldGone || !events[$0].isOld }
            for number in numbers {
                events[number].isWithdrawn = true
                events[number].counts = false
                events[number].isSuppressed = false
            }
            for call in Set(numbers.map { events[$0].call }) {
                guard let counted = calls[call]?.counted else { continue }
                let left = events.indices.filter {
                    events[$0].call == call && !events[$0].isWithdrawn && !events[$0].isForgotten
                }
                if left.contains(where: { events[$0].source == counted }) { continue }
                let next = left.map { events[$0].source }.min { rank($0) < rank($1) }
                calls[call]?.counted = next
                for number in left where events[number].source == next {
                    events[number].counts = true
                    events[number].isSuppressed = false
                }
            }
        }

        mutating func removeOld() {
            areOldGone = true
            for (call, known) in calls {
                let told = events.indices.filter { events[$0].call == call }
                let isKept =
                    !events[known.first].isOld
                    || told.contains { !events[$0].isOld && !events[$0].isWithdrawn }
                if !isKept { calls[call] = nil }
                for number in told where events[number].isOld {
                    if !isKept || !events[number].counts { events[number].isForgotten = true }
                }
            }
        }

        /// Of young events.
        func sum(_ passes: (Event) -> Bool) -> [Int128] {
            let events = events.filter { !$0.isOld && passes($0) }
            return [events.reduce(0) { $0 + $1.picos }, Int128(events.count)]
        }
    }

    private struct Bench {
        let fixture: Fixture
        let organization: OrganizationID
        var calls = Calls()
        var events: [LedgerEvent] = []

        init(_ fixture: Fixture) async throws {
            self.fixture = fixture
            organization = try await fixture.makeOrganization()
            try await fixture.run(
                """
                INSERT INTO organization_states (org_id, retention_months, retention_begins_at)
                VALUES ('\(organization)', 13, now() - interval '1 minute')
                """)
        }

        private var writer: EntryWriter {
            EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys,
                mergeLimit: fixture.mergeLimit)
        }

        mutating func tell(_ told: [(source: String, call: String, isOld: Bool)]) async throws {
            var batch: [LedgerEvent] = []
            for (source, call, isOld) in told {
                let number = events.count
                let event = LedgerEvent(
                    id: "\(number)",
                    time: (isOld ? RemovedCallTests.edge : Fixture.now).advanced(
                        bySeconds: Int64(-1 - number)),
                    dimensions: DimensionSet(
                        provider: "openai", model: "gpt-6-sol", operation: "chat",
                        serviceTier: "standard", source: source),
                    quantities: UsageQuantities([Quantity(.input, Int64(1_000 + number))]),
                    providerRequestID: call)
                let priced = try PricedEvent(
                    event, calculator: fixture.calculator, keys: fixture.keys)
                calls.tell(source, call, isOld: isOld, Int128(priced.cost.picos ?? 0))
                events.append(event)
                batch.append(event)
            }
            try await fixture.record(
                batch, organization, keptFrom: calls.areOldGone ? RemovedCallTests.edge : nil)
        }

        mutating func reverse(_ numbers: [Int]) async throws {
            calls.reverse(numbers)
            let changes = numbers.map {
                EventChange(
                    source: events[$0].source, id: events[$0].id, kind: .reversal, reason: "r")
            }
            let writer = writer
            let calculator = fixture.calculator
            let keptFrom = calls.areOldGone ? RemovedCallTests.edge : nil
            let changed = try await fixture.transaction(organization) {
                try await writer.change(
                    changes, calculator: calculator, in: $0, now: Fixture.now, keptFrom: keptFrom)
            }
            fixture.cache.committed(changed.dimensionSets, organization: organization)
        }

        /// As a worker does, with any size of batches.
        mutating func removeOld(limit: Int) async throws {
            calls.removeOld()
            let writer = writer
            let (id, edge) = (organization, RemovedCallTests.edge)
            let steps: [@Sendable (PostgresTransaction) async throws -> Int] = [
                { try await writer.removeRollups(before: edge, limit: 100, in: $0) },
                {
                    try await $0.first(
                        RemoveEventBlocks(organization: id, before: edge, limit: limit)) ?? 0
                },
                { try await writer.removeCalls(before: edge, limit: limit, in: $0) },
                {
                    try await $0.first(RemoveEntries(organization: id, before: edge, limit: limit))
                        ?? 0
                },
            ]
            for step in steps {
                while try await fixture.transaction(id, role: "tally_worker", step) > 0 {}
            }
        }

        /// One step of that, which takes a call and leaves some who told of it.
        mutating func removeOneCall() async throws {
            calls.removeOld()
            let writer = writer
            _ = try await fixture.transaction(organization, role: "tally_worker") {
                try await writer.removeCalls(before: RemovedCallTests.edge, limit: 1, in: $0)
            }
        }

        /// What counts of the young, and what does not.
        func report() async throws -> [[Int128]] {
            let window =
                Fixture.now.advanced(bySeconds: -86_400)..<Fixture.now.advanced(bySeconds: 86_400)
            let (id, keys) = (organization, fixture.keys)
            let report = try await fixture.transaction(id) {
                try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                    $0, organization: id, keys: keys, from: window.lowerBound,
                    through: window.upperBound, by: [window], basis: .metered, now: Fixture.now)
            }
            return [report.rows, report.suppressed].map { rows in
                rows.reduce([0, 0]) { [$0[0] + $1.amount.picos, $0[1] + Int128($1.requests)] }
            }
        }

        /// What should be of it.
        var expected: [[Int128]] { [calls.sum(\.counts), calls.sum(\.isSuppressed)] }

        /// Old tellers: how many there are of calls that nobody knows any more, and the most of a call.
        func oldTellers() async throws -> [Int] {
            let rows = try await fixture.rows(
                """
                SELECT count(*) FILTER (WHERE k.key_hash IS NULL), count(*)
                FROM call_tellers AS t
                LEFT JOIN idempotency_keys AS k ON k.org_id = t.org_id AND k.key_hash = t.call_key
                WHERE t.event_time < '\(RemovedCallTests.edge.rfc3339)'
                GROUP BY t.call_key
                """
            ).map { $0.split(separator: "|").compactMap { Int($0) } }
            return [rows.map { $0[0] }.max() ?? 0, rows.map { $0[1] }.max() ?? 0]
        }
    }

    /// Whoever tells, of old calls and young ones, whatever is reversed before and after what is old goes, and however
    /// often it goes: those that are left count as they would if all were kept.
    @Test(arguments: 1...4 as ClosedRange<UInt64>, [[], ["gateway", "sdk"]])
    func whoToldNextCountsAfterARemoval(seed: UInt64, ranked: [String]) async throws {
        try await Fixture.with { fixture in
            var random = SeededRandom(seed: seed)
            var bench = try await Bench(fixture.merging(afterCommits: 4))
            bench.calls.ranked = ranked
            try await SourceRankTests.rank(ranked, bench.organization, fixture)
            for step in 0..<24 {
                if step > 0, step.isMultiple(of: 6) {
                    try await bench.removeOld(limit: .random(in: 1...4, using: &random))
                    let old = try await bench.oldTellers()
                    #expect(old[0] == 0 && old[1] <= 2, "seed \(seed), step \(step)")
                } else if bench.events.isEmpty || Bool.random(using: &random) {
                    let isOldAllowed = !bench.calls.areOldGone
                    try await bench.tell(
                        (0..<Int.random(in: 1...8, using: &random)).map { _ in
                            (
                                ["gateway", "sdk", "proxy"].randomElement(using: &random) ?? "",
                                "req_\(Int.random(in: 0..<4, using: &random))",
                                isOldAllowed && Int.random(in: 0..<3, using: &random) > 0
                            )
                        })
                } else {
                    let count = Int.random(in: 1...4, using: &random)
                    try await bench.reverse(
                        Array(bench.events.indices.shuffled(using: &random).prefix(count)))
                }
                #expect(
                    try await bench.report() == bench.expected, "seed \(seed), step \(step)")
                #expect(
                    try await bench.fixture.disagreements() == [], "seed \(seed), step \(step)")
            }
        }
    }

    /// Whoever tells of a call that is gone begins another one: those who told of it before, and are still to go, have
    /// nothing to do with that.
    @Test func aCallThatBeginsAnewKnowsNobodyFromBefore() async throws {
        try await Fixture.with { fixture in
            var bench = try await Bench(fixture)
            let old = """
                SELECT count(*) FROM call_tellers WHERE event_time < '\(Self.edge.rfc3339)'
                """
            try await bench.tell([("gateway", "a", true), ("gateway", "a", true)])
            try await bench.removeOneCall()
            #expect(try await fixture.rows(old) == ["1"])
            try await bench.tell([("gateway", "a", false), ("sdk", "a", false)])
            try await bench.reverse([2])
            #expect(try await bench.report().map { $0[1] } == [1, 0])
            #expect(try await bench.report() == bench.expected)
            try await bench.removeOneCall()
            #expect(try await fixture.rows(old) == ["0"])
        }
    }

    /// The first was reversed, and is gone: it does not count for those who told after it. The second counted, and is
    /// gone: the call counted.
    @Test func whatBecameOfThoseThatAreGoneIsKnown() async throws {
        try await Fixture.with { fixture in
            var bench = try await Bench(fixture)
            try await bench.tell([
                ("gateway", "a", true), ("sdk", "a", false), ("proxy", "a", false),
                ("gateway", "b", true), ("sdk", "b", true), ("proxy", "b", false),
                ("batch", "b", false),
            ])
            try await bench.reverse([0, 3])
            try await bench.removeOld(limit: 10)
            #expect(try await bench.oldTellers() == [0, 2])
            #expect(try await bench.report().map { $0[1] } == [1, 3])
            try await bench.reverse([1])
            #expect(try await bench.report().map { $0[1] } == [1, 2])
            try await bench.reverse([5])
            #expect(try await bench.report().map { $0[1] } == [1, 1])
            #expect(try await bench.report() == bench.expected)
            // With the last of its young ones, the call goes, and whoever tells of it is the first.
            try await bench.reverse([6])
            try await bench.removeOld(limit: 1)
            #expect(
                try await fixture.rows("SELECT count(*) FROM idempotency_keys WHERE of_call") == [
                    "1"
                ])
            try await bench.tell([("batch", "b", false)])
            #expect(try await bench.report().map { $0[1] } == [2, 0])
            #expect(try await bench.report() == bench.expected)
        }
    }
}
