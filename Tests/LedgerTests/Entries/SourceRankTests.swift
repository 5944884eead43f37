import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Row 10: of sources that are ranked the highest counts, whoever tells first.
@Suite struct SourceRankTests {
    private typealias Fixture = LedgerFixture

    /// The highest first. Another one, the proxy, is behind all of them.
    private static let ranked = ["bill", "gateway", "sdk"]
    private static let sources = ranked + ["proxy"]

    private static func event(
        _ number: Int, _ source: String, _ call: String, isPriced: Bool = true
    ) -> LedgerEvent {
        LedgerEvent(
            id: "\(number)", time: Fixture.now.advanced(bySeconds: Int64(-601 * number)),
            dimensions: DimensionSet(
                provider: "openai", model: isPriced ? "gpt-6-sol" : "unknown", operation: "chat",
                serviceTier: "standard", feature: "f\(number % 3)", source: source),
            quantities: UsageQuantities([
                Quantity(.input, Int64(1_000 + number)), Quantity(.output, Int64(number)),
            ]), providerRequestID: call)
    }

    static func rank(
        _ sources: [String], _ organization: OrganizationID, _ fixture: LedgerFixture
    ) async throws {
        let book = SourceRankBook(organization: organization)
        _ = try await fixture.transaction(organization) {
            try await book.set(sources, expectedVersion: 0, in: $0, now: LedgerFixture.now)
        }
    }

    /// Money, requests and those without a price: of what counts, and of what is suppressed.
    private typealias Report = [[Int128]]

    private static func report(
        _ organization: OrganizationID, _ fixture: Fixture
    ) async throws -> Report {
        let window =
            Fixture.now.advanced(bySeconds: -864_000)..<Fixture.now.advanced(bySeconds: 86_400)
        let report = try await fixture.transaction(organization) {
            try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                $0, organization: organization, keys: fixture.keys, from: window.lowerBound,
                through: window.upperBound, by: [window], basis: .metered, now: Fixture.now)
        }
        return [report.rows, report.suppressed].map { rows in
            rows.reduce([0, 0, 0]) {
                [
                    $0[0] + $1.amount.picos, $0[1] + Int128($1.requests),
                    $0[2] + Int128($1.unpricedEntries),
                ]
            }
        }
    }

    /// What should be there in the end, in whatever order it came: it knows of none.
    private static func expected(
        _ events: [LedgerEvent], reversed: Set<Int>, _ fixture: Fixture
    ) throws -> Report {
        var report: Report = [[0, 0, 0], [0, 0, 0]]
        for (number, event) in events.enumerated() where !reversed.contains(number) {
            let others = events.indices.filter {
                events[$0].providerRequestID == event.providerRequestID && !reversed.contains($0)
            }
            let best = sources.first { source in
                others.contains { events[$0].source == source }
            }
            let counts = event.providerRequestID.isEmpty || event.source == best
            let picos = try PricedEvent(event, calculator: fixture.calculator, keys: fixture.keys)
                .cost.picos
            report[counts ? 0 : 1][0] += Int128(picos ?? 0)
            report[counts ? 0 : 1][1] += 1
            report[counts ? 0 : 1][2] += picos == nil ? 1 : 0
        }
        return report
    }

    private static func change(
        _ changes: [EventChange], _ organization: OrganizationID, _ fixture: Fixture
    ) async throws -> [EventChangeOutcome] {
        let writer = EntryWriter(
            organization: organization, cache: fixture.cache, keys: fixture.keys,
            mergeLimit: fixture.mergeLimit)
        let changed = try await fixture.transaction(organization) {
            try await writer.change(
                changes, calculator: fixture.calculator, in: $0, now: Fixture.now)
        }
        fixture.cache.committed(changed.dimensionSets, organization: organization)
        return changed.outcomes
    }

    private static func reverse(
        _ events: [LedgerEvent], _ organization: OrganizationID, _ fixture: Fixture
    ) async throws -> [EventChangeOutcome] {
        try await change(
            events.map { EventChange(source: $0.source, id: $0.id, kind: .reversal, reason: "r") },
            organization, fixture)
    }

    private static func someEvents(_ random: inout SeededRandom) -> [LedgerEvent] {
        var events: [LedgerEvent] = []
        for call in 0..<10 {
            let tellers = sources.shuffled(using: &random).prefix(
                Int.random(in: 1...4, using: &random))
            for source in tellers {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    events.append(
                        event(
                            events.count, source, call == 0 ? "" : "req_\(call)",
                            isPriced: Int.random(in: 0..<5, using: &random) > 0))
                }
            }
        }
        return events
    }

    /// A delivery of an event, or its reversal.
    private struct Step {
        let number: Int
        let isReversal: Bool
    }

    /// Each event comes 1 to 5 times, and some are reversed, once or twice, at any time after they came.
    private static func steps(
        _ events: [LedgerEvent], reversed: Set<Int>, _ random: inout SeededRandom
    ) -> [Step] {
        var steps: [Step] = []
        for number in events.indices {
            let times = Int.random(in: 1...5, using: &random)
            steps += [Step](repeating: Step(number: number, isReversal: false), count: times)
        }
        steps.shuffle(using: &random)
        for number in reversed.sorted() {
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let first = steps.firstIndex { $0.number == number } ?? 0
                let place = Int.random(in: first + 1...steps.count, using: &random)
                steps.insert(Step(number: number, isReversal: true), at: place)
            }
        }
        return steps
    }

    /// Events of one to four sources, shared by calls, each one to five times, in any order and in batches of any size,
    /// reversed meanwhile, by two servers: what counts, and what is shown as suppressed, is the same to the pico.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func theHighestRankedSourceCountsWhateverTheOrder(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            var random = SeededRandom(seed: seed)
            let fixture = fixture.merging(afterCommits: 5)
            let events = Self.someEvents(&random)
            let reversed = Set(
                events.indices.filter { _ in Int.random(in: 0..<4, using: &random) == 0 })
            let expected = try Self.expected(events, reversed: reversed, fixture)
            #expect(expected[0][1] > 0 && expected[1][1] > 0)
            for shuffle in 0..<3 {
                let organization = try await fixture.makeOrganization("org-\(shuffle)")
                try await Self.rank(Self.ranked, organization, fixture)
                var rest = Self.steps(events, reversed: reversed, &random)[...]
                while let step = rest.first {
                    let limit = Int.random(in: 1...12, using: &random)
                    let batch = rest.prefix(limit).prefix { $0.isReversal == step.isReversal }
                    rest = rest.dropFirst(batch.count)
                    let told = batch.map { events[$0.number] }
                    if step.isReversal {
                        let outcomes = try await Self.reverse(told, organization, fixture)
                        #expect(!outcomes.contains(.notFound))
                    } else {
                        try await fixture.record(told, organization)
                    }
                }
                #expect(
                    try await Self.report(organization, fixture) == expected,
                    "seed \(seed), shuffle \(shuffle)")
                #expect(
                    try await fixture.disagreements() == [], "seed \(seed), shuffle \(shuffle)")
                let sums = try await fixture.rows(
                    """
                    SELECT sum(amount_picos), sum(requests) FROM ledger_entries
                    WHERE org_id = '\(organization.text)'
                    """)
                #expect(sums == ["\(expected[0][0])|\(expected[0][1])"], "seed \(seed)")
            }
        }
    }

    /// Two servers that know nothing of each other are told at the same time.
    @Test func serversAgreeWhoCounts() async throws {
        try await Fixture.with { fixture in
            var random = SeededRandom(seed: 7)
            let organization = try await fixture.makeOrganization()
            try await Self.rank(Self.ranked, organization, fixture)
            let events = Self.someEvents(&random)
            let calculator = fixture.calculator
            let deliveries = (0..<4).map { _ in events.shuffled(using: &random) }
            try await fixture.prepareMonths(of: events, organization)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for delivery in deliveries {
                    group.addTask {
                        let cache = LedgerCache()
                        let writer = EntryWriter(
                            organization: organization, cache: cache, keys: fixture.keys)
                        for start in stride(from: 0, to: delivery.count, by: 4) {
                            let batch = try delivery[start..<min(start + 4, delivery.count)].map {
                                try PricedEvent($0, calculator: calculator, keys: fixture.keys)
                            }
                            let recorded = try await fixture.transaction(organization) {
                                try await writer.record(batch, in: $0, now: Fixture.now)
                            }
                            cache.committed(recorded.dimensionSets, organization: organization)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(
                try await Self.report(organization, fixture)
                    == Self.expected(events, reversed: [], fixture))
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Each entry says why; an event that was corrected is shown with what it came to, and comes back with that.
    @Test func whatIsOutrankedIsExplained() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            try await Self.rank(Self.ranked, organization, fixture)
            let low = Self.event(1, "sdk", "a")
            let high = Self.event(2, "gateway", "a")
            try await fixture.record([low], organization)
            let usage = UsageQuantities([Quantity(.input, 77_000)])
            let correction = EventChange(
                source: "sdk", id: "1", kind: .correction(usage, .reported), reason: "settled")
            _ = try await Self.change([correction], organization, fixture)
            let corrected = try await Self.report(organization, fixture)[0]
            #expect(
                try await fixture.record([high], organization) == [.accepted(isUnpriced: false)])
            let report = try await Self.report(organization, fixture)
            #expect(report[1] == corrected && report[0] != corrected)
            #expect(try await Self.change([correction], organization, fixture) == [.suppressed])
            let read = {
                try await fixture.transaction(organization) {
                    try await EventExplanation.read(
                        source: "sdk", id: "1", of: organization, calculator: fixture.calculator,
                        keys: fixture.keys, in: $0)
                }
            }
            #expect(try await read()?.isReversed == true)
            _ = try await Self.reverse([high], organization, fixture)
            #expect(try await Self.report(organization, fixture) == [corrected, [0, 0, 0]])
            let explained = try #require(try await read())
            #expect(!explained.isReversed)
            #expect(
                explained.steps.map(\.reason) == [
                    "", "settled", EntryWriter.outranked, EntryWriter.toldNext,
                ])
            #expect(explained.steps.map(\.kind) == [.usage, .correction, .reversal, .correction])
            #expect(explained.steps.last?.quantities.withoutZeros == usage)
            // Another of the higher one: again. What is reversed then is shown nowhere.
            try await fixture.record([Self.event(3, "gateway", "a")], organization)
            #expect(try await Self.report(organization, fixture)[1] == corrected)
            _ = try await Self.reverse([low], organization, fixture)
            #expect(try await Self.report(organization, fixture)[1] == [0, 0, 0])
            #expect(
                try await fixture.rows(
                    "SELECT reason FROM usage_entries WHERE source = 'sdk' ORDER BY entry_id")
                    == [
                        "settled", EntryWriter.outranked, EntryWriter.toldNext,
                        EntryWriter.outranked, "r",
                    ])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Of two sources in one batch the lower may come first; without ranks it counts. What was settled stays when
    /// ranks change, until another event of the call comes: then what its source told before counts, too.
    @Test func otherRanksHoldForWhatIsToldThen() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let events = ["sdk", "gateway", "gateway"].enumerated().map {
                Self.event($0, $1, "a")
            }
            try await fixture.record(events, organization)
            let picos = try events.map {
                Int128(
                    try PricedEvent($0, calculator: fixture.calculator, keys: fixture.keys).cost
                        .picos ?? 0)
            }
            let before: Report = [[picos[0], 1, 0], [picos[1] + picos[2], 2, 0]]
            #expect(try await Self.report(organization, fixture) == before)
            try await Self.rank(["gateway", "sdk"], organization, fixture)
            try await fixture.record(events, organization)
            #expect(try await Self.report(organization, fixture) == before)
            let further = Self.event(3, "gateway", "a")
            try await fixture.record([further], organization)
            let last = Int128(
                try PricedEvent(further, calculator: fixture.calculator, keys: fixture.keys).cost
                    .picos ?? 0)
            let after: Report = [[picos[1] + picos[2] + last, 3, 0], [picos[0], 1, 0]]
            #expect(try await Self.report(organization, fixture) == after)
            // And back: nothing of it is lost, and the lower ones, as the first, come one after another.
            try await Self.rank(["sdk"], organization, fixture)
            try await fixture.record([Self.event(4, "sdk", "a")], organization)
            #expect(try await Self.report(organization, fixture).map { $0[1] } == [2, 3])
            _ = try await Self.reverse(
                [events[0], Self.event(4, "sdk", "a")], organization, fixture)
            #expect(
                try await Self.report(organization, fixture) == [after[0], [0, 0, 0]])
            #expect(try await fixture.disagreements() == [])
            #expect(
                try await fixture.rows(
                    "SELECT DISTINCT reason FROM usage_entries WHERE event_id = '1' ORDER BY 1")
                    == [
                        EntryWriter.outranked, EntryWriter.toldBefore, EntryWriter.outranks,
                        EntryWriter.toldNext,
                    ].sorted())
        }
    }

    /// A call stays with who told of it before where not all who did are known, where an event of it is too old to be
    /// taken back, and where the roll-up cannot take it; its neighbours do not feel it.
    @Test func whatCannotBeTakenBackStays() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            try await Self.rank(Self.ranked, organization, fixture)
            let low = ["unknown", "old", "huge", "huge", "plain"].enumerated().map {
                var event = Self.event($0, "sdk", $1, isPriced: $1 != "huge")
                event.time = Fixture.now
                event.dimensions.feature = ""
                if $1 == "old" { event.time = Fixture.now.advanced(bySeconds: -3_600) }
                return event
            }
            try await fixture.record(low, organization)
            // Each fits an entry, and the sum of both is more than a commit can take from a roll-up.
            let huge = UsageQuantities([Quantity(.input, .max / 2 + 9_000)])
            for number in [2, 3] {
                let correction = EventChange(
                    source: "sdk", id: "\(number)", kind: .correction(huge, .reported),
                    reason: "r")
                _ = try await Self.change([correction], organization, fixture)
            }
            try await fixture.run(
                """
                UPDATE idempotency_keys SET tellers_are_known = NULL WHERE of_call AND entry_id = (
                    SELECT min(entry_id) FROM idempotency_keys)
                """)
            let high = ["unknown", "old", "huge", "plain"].enumerated().map {
                Self.event($0 + 10, "gateway", $1)
            }
            try await fixture.prepareMonths(of: high, organization)
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            let priced = try high.map {
                try PricedEvent($0, calculator: fixture.calculator, keys: fixture.keys)
            }
            let recorded = try await fixture.transaction(organization) {
                try await writer.record(
                    priced, in: $0, now: Fixture.now,
                    keptFrom: Fixture.now.advanced(bySeconds: -60))
            }
            let (accepted, suppressed) = (
                EventOutcome.accepted(isUnpriced: false), EventOutcome.suppressed(isUnpriced: false)
            )
            #expect(recorded.outcomes == [suppressed, suppressed, suppressed, accepted])
            #expect(try await Self.report(organization, fixture).map { $0[1] } == [5, 4])
            #expect(
                try await fixture.rows(
                    """
                    SELECT event_id FROM usage_entries WHERE reason = '\(EntryWriter.outranked)'
                    """) == ["4"])
            #expect(
                try await fixture.rows(
                    """
                    SELECT DISTINCT reason FROM usage_entries WHERE source = 'gateway'
                    """) == [EntryWriter.toldBefore])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// A call of more events than a limit stays as it is; of many calls, those that the limit of all leaves.
    @Test func callsOfTooManyEventsStay() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            try await fixture.record(
                ["a", "a", "a", "b", "b", "c"].enumerated().map { Self.event($0, "sdk", $1) },
                organization)
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            var hasher = try EntryHasher()
            var calls: [EntryKey] = []
            for call in ["a", "b", "c"] {
                if let key = try hasher.call(of: Self.event(9, "gateway", call)) {
                    calls.append(key)
                }
            }
            let keys = calls
            let found = { (ofCallMax: Int, max: Int) -> [Int] in
                let rows = try await fixture.transaction(organization) {
                    try await $0.run(
                        SelectOutrankedTellers(
                            organization: writer.organizationUUID, calls: keys,
                            eventsOfCallMax: ofCallMax, eventsMax: max))
                }
                return keys.map { key in rows.count { $0.call == key.identity } }
            }
            #expect(try await found(3, 6) == [3, 2, 1])
            #expect(try await found(2, 6) == [0, 2, 1])
            #expect(try await found(3, 5) == [0, 2, 1])
            #expect(try await found(3, 2) == [0, 0, 1])
        }
    }

    @Test func everyStatementFitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                SelectSourceRanks.self, SelectSourceOrder.self, UpsertSourceRanks.self,
                SelectOutrankedTellers.self,
            ])
            #expect(faults == [])
        }
    }
}
