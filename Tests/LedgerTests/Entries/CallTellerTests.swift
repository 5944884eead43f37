import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Row 10: where what counts of a call is reversed, what the source that told next says of it does.
@Suite struct CallTellerTests {
    private typealias Fixture = LedgerFixture

    /// What should become of events, as told in words.
    private struct Calls {
        struct Event {
            let source: String
            let call: String
            let picos: Int128?
            var counts: Bool
            var isSuppressed: Bool
            var isWithdrawn = false
        }

        private(set) var events: [Event] = []
        /// Nil of a call: nobody's count.
        private var counted: [String: String] = [:]

        mutating func tell(_ source: String, _ call: String, _ picos: Int128?) {
            let first = counted[call] ?? source
            counted[call] = first
            events.append(
                Event(
                    source: source, call: call, picos: picos, counts: first == source,
                    isSuppressed: first != source))
        }

        mutating func reverse(_ numbers: [Int]) {
            for number in numbers {
                events[number].isWithdrawn = true
                events[number].counts = false
                events[number].isSuppressed = false
            }
            for call in Set(numbers.map { events[$0].call }) {
                let left = events.indices.filter {
                    events[$0].call == call && !events[$0].isWithdrawn
                }
                if left.contains(where: { events[$0].source == counted[call] }) { continue }
                counted[call] = left.first.map { events[$0].source }
                for number in left where events[number].source == counted[call] {
                    events[number].counts = true
                    events[number].isSuppressed = false
                }
            }
        }

        func sum(_ passes: (Event) -> Bool) -> [Int128] {
            let events = events.filter(passes)
            return [
                events.reduce(0) { $0 + ($1.picos ?? 0) }, Int128(events.count),
                Int128(events.count { $0.picos == nil }),
            ]
        }
    }

    private static func event(
        _ number: Int, _ source: String, _ call: String, isPriced: Bool
    ) -> LedgerEvent {
        LedgerEvent(
            id: "\(number)", time: Fixture.now.advanced(bySeconds: Int64(-number)),
            dimensions: DimensionSet(
                provider: "openai", model: isPriced ? "gpt-6-sol" : "unknown", operation: "chat",
                serviceTier: "standard", source: source),
            quantities: UsageQuantities([Quantity(.input, Int64(1_000 + number))]),
            providerRequestID: call)
    }

    private static func reverse(
        _ numbers: [Int], of events: [LedgerEvent], _ organization: OrganizationID,
        _ fixture: Fixture, by later: CostCalculator? = nil,
        nextTellersMax: Int = EntryWriter.nextTellersMax
    ) async throws -> [EventChangeOutcome] {
        let writer = EntryWriter(
            organization: organization, cache: fixture.cache, keys: fixture.keys,
            mergeLimit: fixture.mergeLimit)
        let changes = numbers.map {
            EventChange(
                source: events[$0].source, id: events[$0].id, kind: .reversal, reason: "r")
        }
        let calculator = later ?? fixture.calculator
        let changed = try await fixture.transaction(organization) {
            try await writer.change(
                changes, calculator: calculator, in: $0, now: Fixture.now,
                nextTellersMax: nextTellersMax)
        }
        fixture.cache.committed(changed.dimensionSets, organization: organization)
        return changed.outcomes
    }

    private static func report(
        _ organization: OrganizationID, _ fixture: Fixture
    ) async throws -> [[Int128]] {
        let window =
            Fixture.now.advanced(bySeconds: -86_400)..<Fixture.now.advanced(bySeconds: 86_400)
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

    /// Whoever tells, in batches of any size, and whatever is reversed meanwhile, one event or many at once, those
    /// that count and those that do not, again and again.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func whoToldNextCountsWhereTheFirstIsReversed(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            var random = SeededRandom(seed: seed)
            let fixture = fixture.merging(afterCommits: 4)
            let organization = try await fixture.makeOrganization()
            var calls = Calls()
            var events: [LedgerEvent] = []
            for step in 0..<14 {
                if events.isEmpty || Int.random(in: 0..<3, using: &random) > 0 {
                    let batch = (0..<Int.random(in: 1...6, using: &random)).map {
                        Self.event(
                            events.count + $0,
                            ["gateway", "sdk", "proxy"].randomElement(using: &random) ?? "",
                            "req_\(Int.random(in: 0..<5, using: &random))",
                            isPriced: Int.random(in: 0..<4, using: &random) > 0)
                    }
                    for event in batch {
                        let priced = try PricedEvent(
                            event, calculator: fixture.calculator, keys: fixture.keys)
                        calls.tell(
                            event.source, event.providerRequestID,
                            priced.cost.picos.map { Int128($0) })
                    }
                    events += batch
                    try await fixture.record(batch, organization)
                } else {
                    let count = Int.random(in: 1...min(events.count, 6), using: &random)
                    let numbers = Array(events.indices.shuffled(using: &random).prefix(count))
                    calls.reverse(numbers)
                    _ = try await Self.reverse(numbers, of: events, organization, fixture)
                    // Again: nothing is added.
                    let entries = try await fixture.rows("SELECT count(*) FROM ledger_entries")
                    _ = try await Self.reverse(numbers, of: events, organization, fixture)
                    #expect(
                        try await fixture.rows("SELECT count(*) FROM ledger_entries") == entries)
                }
                #expect(try await fixture.disagreements() == [], "seed \(seed), step \(step)")
                #expect(
                    try await Self.report(organization, fixture)
                        == [calls.sum(\.counts), calls.sum(\.isSuppressed)],
                    "seed \(seed), step \(step)")
            }
            #expect(
                calls.events.contains { $0.isWithdrawn } && calls.events.contains(where: \.counts))
        }
    }

    /// It is explained, it can be corrected and reversed like any other, and where nobody knows who told of a call, as
    /// before an upgrade, nobody else counts.
    @Test func whatCountsAgainIsExplained() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let events = [("gateway", "a"), ("sdk", "a"), ("gateway", "b"), ("sdk", "b")]
                .enumerated().map { Self.event($0, $1.0, $1.1, isPriced: true) }
            try await fixture.record(Array(events.prefix(2)), organization)
            _ = try await Self.reverse([0], of: events, organization, fixture)
            let calculator = fixture.calculator
            let read = {
                try await fixture.transaction(organization) {
                    try await EventExplanation.read(
                        source: "sdk", id: "1", of: organization, calculator: calculator,
                        keys: fixture.keys, in: $0)
                }
            }
            let explained = try #require(try await read())
            #expect(!explained.isReversed)
            #expect(explained.steps.map(\.kind) == [.usage, .reversal, .correction])
            #expect(
                explained.steps.map(\.reason) == [
                    "", EntryWriter.toldBefore, EntryWriter.toldNext,
                ])
            #expect(explained.steps[2].total == explained.steps[0].total)
            #expect(
                try await Self.reverse([1], of: events, organization, fixture).count == 1)
            #expect(try await read()?.isReversed == true)
            #expect(try await Self.report(organization, fixture) == [[0, 0, 0], [0, 0, 0]])

            try await fixture.record(Array(events.suffix(2)), organization)
            try await fixture.run("UPDATE idempotency_keys SET tellers_are_known = NULL")
            _ = try await Self.reverse([2], of: events, organization, fixture)
            let report = try await Self.report(organization, fixture)
            #expect(report[0] == [0, 0, 0] && report[1][1] == 1)
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// By prices that came later, where there are some, among the dimensions that these give it; what has none by then
    /// costs what it was recorded with. What would cost more than an entry holds has an unknown cost, and the others do not
    /// feel it.
    @Test func whatCountsInsteadCostsWhatItDoesNow() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let events = [
                ("a", "gpt-6-sol", 1_001), ("b", "gpt-4o", 1_002), ("c", "gpt-4o-mini", 1_003),
                ("d", "gpt-6-sol", 300_004),
            ].flatMap { told in ["gateway", "sdk"].map { ($0, told) } }.enumerated().map {
                number, told in
                let (source, (call, model, tokens)) = told
                var event = Self.event(number, source, call, isPriced: true)
                event.dimensions.model = model
                event.quantities = UsageQuantities([Quantity(.input, Int64(tokens))])
                return event
            }
            let recorded = try events.map {
                try PricedEvent($0, calculator: fixture.calculator, keys: fixture.keys).cost.picos
            }
            #expect(!recorded.contains(nil))
            try await fixture.record(events, organization)
            let rate = { (text: String) in Rate(try ExactDecimal(text), per: .million) }
            // List prices are gone: whether a prompt is long was told by them.
            let later = CostCalculator(
                catalogue: PriceCatalogue(version: 2, versions: []),
                overrides: PriceOverrides([
                    PriceOverride(
                        number: 1, provider: "openai", pattern: ModelPattern("gpt-6*"),
                        terms: .rates([.input: try rate("7")]), validFrom: Instant(seconds: 0)),
                    PriceOverride(
                        number: 2, provider: "openai", pattern: ModelPattern("gpt-4o"),
                        terms: .rates([.input: try rate("9000000000000")]),
                        validFrom: Instant(seconds: 0)),
                ]))
            let outcomes = try await Self.reverse(
                [0, 2, 4, 6], of: events, organization, fixture, by: later)
            #expect(
                outcomes.allSatisfy {
                    if case .changed = $0 { return true }
                    return false
                })
            let amounts = try await fixture.rows(
                """
                SELECT r.event_id, d.context_tier, sum(r.amount_picos), bool_or(r.amount_picos IS NULL)
                FROM usage_entries AS r JOIN dimension_sets AS d
                    ON d.org_id = r.org_id AND d.id = r.dimension_set_id
                WHERE r.source = 'sdk' AND r.kind = 6 AND r.requests = 1
                GROUP BY 1, 2 ORDER BY 1
                """)
            // 1,001 tokens at 7 USD a million, and so on.
            let kept = try #require(recorded[5])
            #expect(
                amounts == [
                    "1||7007000000|f", "3||null|t", "5||\(kept)|f", "7||2100028000000|f",
                ])
            #expect(
                try await Self.report(organization, fixture)
                    == [[7_007_000_000 + Int128(kept) + 2_100_028_000_000, 4, 1], [0, 0, 0]])
            #expect(
                try await fixture.rows(
                    """
                    SELECT d.context_tier, sum(r.requests) FROM current_usage_rollups AS r
                    JOIN dimension_sets AS d ON d.org_id = r.org_id AND d.id = r.dimension_set_id
                    WHERE r.kind = 1 GROUP BY 1 ORDER BY 1
                    """) == ["|4", "+long|0"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// What is too much for its quarter of an hour stays suppressed, and leaves nothing; those before and behind it
    /// count.
    @Test func whatIsTooMuchForItsQuarterStaysSuppressed() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let events = [
                ("gateway", "a", 1), ("sdk", "a", 5), ("sdk", "a", 20_000), ("sdk", "a", 7),
                ("sdk", "a", 30_000), ("sdk", "a", 9), ("sdk", "b", 1),
            ].enumerated().map { number, told in
                var event = Self.event(number, told.0, told.1, isPriced: false)
                event.quantities = UsageQuantities([Quantity(.input, Int64(told.2))])
                return event
            }
            try await fixture.record(events, organization)
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            let huge = UsageQuantities([Quantity(.input, .max - 9_999)])
            let changes = [
                EventChange(
                    source: "sdk", id: "6", kind: .correction(huge, .reported), reason: "r"),
                EventChange(source: "gateway", id: "0", kind: .reversal, reason: "r"),
            ]
            _ = try await fixture.transaction(organization) {
                try await writer.change(
                    changes, calculator: fixture.calculator, in: $0, now: Fixture.now)
            }
            #expect(try await Self.report(organization, fixture).map { $0[1] } == [4, 2])
            #expect(
                try await fixture.rows(
                    """
                    SELECT DISTINCT event_id FROM usage_entries
                    WHERE reason = '\(EntryWriter.toldNext)' ORDER BY 1
                    """) == ["1", "3", "5"])
            // Numbers have no gaps: what was not added took none.
            #expect(
                try await fixture.rows(
                    "SELECT max(entry_id) = count(*) FROM ledger_entries") == ["t"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// An event whose reversal would let too many count is refused by itself; one that does not count is not corrected.
    @Test func whoWouldLetTooManyCountIsRefused() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let told = [
                ("gateway", "a"), ("sdk", "a"), ("sdk", "a"), ("sdk", "a"), ("gateway", "b"),
                ("sdk", "b"),
            ]
            let events = told.enumerated().map {
                Self.event($0, $1.0, $1.1, isPriced: true)
            }
            try await fixture.record(events, organization)
            let reverse = { (numbers: [Int]) in
                try await Self.reverse(
                    numbers, of: events, organization, fixture, nextTellersMax: 2)
            }
            var outcomes = try await reverse([0, 4])
            #expect(outcomes[0] == .tooManyInstead && outcomes[1] != .tooManyInstead)
            #expect(try await Self.report(organization, fixture)[0][1] == 2)
            #expect(try await reverse([0, 0]) == [.tooManyInstead, .tooManyInstead])
            // With one of those that would count there are two.
            outcomes = try await reverse([0, 1])
            #expect(!outcomes.contains(.tooManyInstead))
            #expect(try await Self.report(organization, fixture).map { $0[1] } == [3, 0])
            #expect(try await fixture.disagreements() == [])

            let further = Self.event(6, "proxy", "a", isPriced: true)
            try await fixture.record([further], organization)
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            let calculator = fixture.calculator
            let change = { (kind: EventChange.Kind, reason: String) in
                try await fixture.transaction(organization) {
                    try await writer.change(
                        [EventChange(source: "proxy", id: "6", kind: kind, reason: reason)],
                        calculator: calculator, in: $0, now: Fixture.now)
                }.outcomes[0]
            }
            let correction = EventChange.Kind.correction(
                UsageQuantities([Quantity(.input, 5)]), .reported)
            #expect(try await change(correction, "r") == .suppressed)

            // That it is not to count either is written down, once, and then it is reversed like any other, and shown
            // nowhere.
            let nothing = EventAmount(Figures())
            let report = try await Self.report(organization, fixture)
            #expect(
                try await change(.reversal, "not ours") == .changed(from: nothing, to: nothing))
            #expect(try await change(.reversal, "again") == .unchanged(nothing))
            #expect(try await change(correction, "r") == .reversed)
            let explained = try await fixture.transaction(organization) {
                try await EventExplanation.read(
                    source: "proxy", id: "6", of: organization, calculator: calculator,
                    keys: fixture.keys, in: $0)
            }
            #expect(explained?.isReversed == true)
            #expect(explained?.steps.map(\.reason) == ["", EntryWriter.toldBefore, "not ours"])
            #expect(report[1][1] == 1)
            #expect(try await Self.report(organization, fixture) == [report[0], [0, 0, 0]])
            #expect(try await fixture.disagreements() == [])
        }
    }
}
