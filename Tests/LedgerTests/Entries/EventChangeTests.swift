import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// Corrections and reversals lead events to their targets, whatever came before.
@Suite struct EventChangeTests {
    private typealias Fixture = LedgerFixture

    private func change(
        _ changes: [EventChange], _ organization: OrganizationID, _ fixture: Fixture
    ) async throws -> [EventChangeOutcome] {
        let writer = EntryWriter(
            organization: organization, cache: fixture.cache, keys: fixture.keys)
        let changed = try await fixture.transaction(organization) {
            try await writer.change(
                changes, calculator: fixture.calculator, in: $0, now: Fixture.now)
        }
        fixture.cache.committed(changed.dimensionSets, organization: organization)
        return changed.outcomes
    }

    private func explain(
        _ id: String, _ organization: OrganizationID, _ fixture: Fixture
    ) async throws -> EventExplanation? {
        try await fixture.transaction(organization) {
            try await EventExplanation.read(
                source: "gateway", id: id, of: organization, calculator: fixture.calculator,
                keys: fixture.keys, in: $0)
        }
    }

    /// Random corrections and reversals of random events: each event's entries add up to what its last
    /// change said, roll-ups to the entries, and explanations to both.
    @Test(arguments: [1, 2, 3]) func entriesAddUpToTheLastChange(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var random = SeededRandom(seed: seed)
            var events: [LedgerEvent] = []
            for number in 0..<12 {
                var event = Fixture.event(
                    "e\(number)", model: number % 4 == 0 ? "unknown" : "gpt-6-sol",
                    time: Fixture.now.advanced(bySeconds: Int64(number) * -86_400 * 5))
                event.quantities = Self.quantities(using: &random)
                events.append(event)
            }
            try await fixture.record(events, organization)
            var expected = try events.map { try Self.amount(of: $0, fixture) }
            var reversed: Set<Int> = []
            for _ in 0..<8 {
                var changes: [EventChange] = []
                var outcomes: [EventChangeOutcome] = []
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    let number = Int.random(in: 0..<events.count, using: &random)
                    let before = expected[number]
                    let isReversal = Int.random(in: 0..<6, using: &random) == 0
                    var target = events[number]
                    target.quantities = Self.quantities(using: &random)
                    target.state = UsageState.allCases.randomElement(using: &random) ?? .reported
                    if [.missing, .pending].contains(target.state) {
                        target.quantities = UsageQuantities()
                    }
                    changes.append(
                        EventChange(
                            source: "gateway", id: "e\(number)",
                            kind: isReversal
                                ? .reversal : .correction(target.quantities, target.state),
                            reason: "Because \(number)"))
                    if reversed.contains(number) {
                        outcomes.append(isReversal ? .unchanged(before) : .reversed)
                        continue
                    }
                    if isReversal { reversed.insert(number) }
                    events[number].state = isReversal ? events[number].state : target.state
                    expected[number] =
                        isReversal
                        ? EventAmount(Figures()) : try Self.amount(of: target, fixture)
                    outcomes.append(.changed(from: before, to: expected[number]))
                }
                let actual = try await change(changes, organization, fixture)
                for (actual, expected) in zip(actual, outcomes) where actual != expected {
                    // A target that happens to be what is there already changes nothing.
                    guard
                        case (.unchanged(let left), .changed(let before, let after)) =
                            (actual, expected), left == before, left == after
                    else {
                        Issue.record("seed \(seed): \(actual) instead of \(expected)")
                        continue
                    }
                }
                #expect(actual.count == outcomes.count)
            }
            #expect(try await fixture.disagreements() == [])
            for (number, amount) in expected.enumerated() {
                let explanation = try #require(
                    try await explain("e\(number)", organization, fixture))
                #expect(explanation.steps.last?.total == amount.money, "seed \(seed)")
                #expect(explanation.isReversed == reversed.contains(number))
                let sum = explanation.steps.reduce(Int128(0)) { $0 + ($1.amount?.picos ?? 0) }
                if let money = amount.money { #expect(sum == money.picos, "seed \(seed)") }
            }
        }
    }

    /// Sent again, a change does nothing; of what does not exist, or is a provider's row, it says so.
    @Test func changesAreSafeToRepeat() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let other = try await fixture.makeOrganization("other")
            try await fixture.record([Fixture.event("e")], organization)
            try await fixture.record([Fixture.event("theirs")], other)
            let quantities = UsageQuantities([Quantity(.input, 5)])
            let correction = EventChange(
                source: "gateway", id: "e", kind: .correction(quantities, .reported), reason: "r")
            func outcome(_ change: EventChange) async throws -> EventChangeOutcome? {
                try await self.change([change], organization, fixture).first
            }
            guard case .changed(_, let amount) = try await outcome(correction) else {
                Issue.record("not corrected")
                return
            }
            #expect(amount.quantities == quantities)
            #expect(try await outcome(correction) == .unchanged(amount))
            for id in ["none", "theirs"] {
                let missing = EventChange(source: "gateway", id: id, kind: .reversal, reason: "r")
                #expect(try await outcome(missing) == .notFound)
                #expect(try await explain(id, organization, fixture) == nil)
            }
            let reversal = EventChange(source: "gateway", id: "e", kind: .reversal, reason: "twice")
            guard case .changed(amount, let nothing) = try await outcome(reversal) else {
                Issue.record("not reversed")
                return
            }
            #expect(nothing.money?.picos == 0)
            #expect(try await outcome(reversal) == .unchanged(nothing))
            #expect(try await outcome(correction) == .reversed)
            // The id stays taken, and the entries say what happened.
            #expect(try await fixture.record([Fixture.event("e")], organization) == [.duplicate])
            let entries = try await fixture.rows(
                """
                SELECT kind, correction_no, reason FROM ledger_entries
                WHERE org_id = '\(organization)' ORDER BY entry_id
                """)
            #expect(entries == ["1|null|null", "6|1|r", "7|2|twice"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// One that would cost more than an entry holds stays as it is, and so does one whose quarter of an hour
    /// would; their neighbours are changed.
    @Test func oneOutOfRangeFailsNoNeighbour() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let events = ["a", "dear", "b", "long", "longer", "c"].map {
                Fixture.event($0, model: $0.hasPrefix("long") ? "unknown" : "gpt-6-sol")
            }
            try await fixture.record(events, organization)
            let kinds = { (events: ArraySlice<LedgerEvent>) in
                let changes = events.map { event in
                    let input: Int64 =
                        event.id == "dear" ? 1 << 50 : event.id.hasPrefix("long") ? .max - 9_999 : 7
                    return EventChange(
                        source: "gateway", id: event.id,
                        kind: .correction(UsageQuantities([Quantity(.input, input)]), .reported),
                        reason: "r")
                }
                return try await change(changes, organization, fixture).map { outcome in
                    switch outcome {
                    case .changed(_, let amount): "\(amount.quantities[.input] ?? 0)"
                    case .outOfRange(let reason): reason.rawValue
                    default: "\(outcome)"
                    }
                }
            }
            #expect(try await kinds(events.prefix(3)) == ["7", "AMOUNT_OUT_OF_RANGE", "7"])
            #expect(try await fixture.disagreements() == [])
            let long = ["\(Int64.max - 9_999)", "QUANTITY_OUT_OF_RANGE", "7"]
            #expect(try await kinds(events.suffix(3)) == long)
            #expect(
                try await fixture.rows(
                    "SELECT event_id, correction_no FROM usage_entries ORDER BY entry_id")
                    == ["a|1", "b|1", "long|1", "c|1"])
        }
    }

    /// What is not kept any more is not changed either, since parts of it may be gone.
    @Test func whatIsNotKeptIsNotChanged() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            try await fixture.record([Fixture.event("e")], organization)
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            let reversal = EventChange(source: "gateway", id: "e", kind: .reversal, reason: "r")
            for (shift, isChanged) in [(Int64(1), false), (0, true)] {
                let changed = try await fixture.transaction(organization) {
                    try await writer.change(
                        [reversal], calculator: fixture.calculator, in: $0, now: Fixture.now,
                        keptFrom: Fixture.now.advanced(byMicroseconds: shift))
                }
                #expect((changed.outcomes != [.tooOld]) == isChanged)
            }
        }
    }

    /// A correction over the length at which a model's price changes moves the event among those of long
    /// prompts, where its share of a bill is found.
    @Test func aLongPromptCountsAmongLongOnes() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            try await fixture.record([Fixture.event("e")], organization)
            let long = EventChange(
                source: "gateway", id: "e",
                kind: .correction(UsageQuantities([Quantity(.input, 300_000)]), .reported),
                reason: "r")
            _ = try await change([long], organization, fixture)
            let sums = try await fixture.rows(
                """
                SELECT d.context_tier, sum(r.amount_picos) <> 0, sum(r.input), sum(r.requests)
                FROM current_usage_rollups AS r JOIN dimension_sets AS d
                    ON d.org_id = r.org_id AND d.id = r.dimension_set_id
                GROUP BY 1 ORDER BY 1
                """)
            #expect(sums == ["|f|0|0", "+long|t|300000|1"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// The lines of an explanation are quantity × rate × multiplier, and add up to the amount.
    @Test func linesAddUp() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var event = Fixture.event("e", input: 1_234, output: 567)
            event.quantities[.cacheRead] = 89
            event.quantities[.reasoning] = 0
            try await fixture.record([event], organization)
            let explanation = try #require(try await explain("e", organization, fixture))
            #expect(explanation.event == event)
            let step = try #require(explanation.steps.first)
            let costs = try #require(step.costs)
            #expect(costs.lines.map(\.quantity.quantityClass) == [.input, .cacheRead, .output])
            var total = Int128(0)
            for line in costs.lines {
                // In picos: quantity × rate per million × 10^6, which rates of up to 6 places make whole.
                let scale = (0..<(6 - line.rate.value.scale)).reduce(Int128(1)) { n, _ in n * 10 }
                let picos = Int128(line.quantity.amount) * line.rate.value.coefficient * scale
                #expect(line.costText.map { try? Money($0, currency: .usd).picos } == picos)
                total += picos
            }
            #expect(step.total?.picos == total)
            #expect(costs.exactText.map { try? Money($0, currency: .usd).picos } == total)
        }
    }

    @Test(arguments: [
        (Int128(0), 5, "0"), (12, 0, "12"), (12, 2, "1200"), (12, -1, "1.2"), (12, -2, "0.12"),
        (12, -5, "0.00012"), (1200, -2, "12"), (1210, -2, "12.1"),
    ])
    func decimalsAreWritten(_ coefficient: Int128, _ exponent: Int, _ text: String) {
        #expect(CostLine.text(coefficient, exponent: exponent) == text)
    }

    // MARK: -

    private static func quantities(using random: inout SeededRandom) -> UsageQuantities {
        var quantities = UsageQuantities()
        for quantityClass in [.input, .cacheRead, .output, .webSearchRequest] as [QuantityClass]
        where Bool.random(using: &random) {
            quantities[quantityClass] = Int64.random(in: 0...400_000, using: &random)
        }
        return quantities
    }

    private static func amount(of event: LedgerEvent, _ fixture: Fixture) throws -> EventAmount {
        EventAmount(
            Figures(
                event: try PricedEvent(event, calculator: fixture.calculator, keys: fixture.keys)))
    }
}
