import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// Row 9: repricing adds entries whose sum is the difference, and leaves what was recorded as it is.
@Suite struct RepriceTests {
    private typealias Fixture = LedgerFixture

    private static let window =
        Fixture.now.advanced(bySeconds: -40 * 86_400)..<Fixture.now.advanced(bySeconds: 1)
    private static let blocks = "SELECT md5(b::text) FROM usage_event_blocks AS b ORDER BY 1"

    /// What holds later: gpt-6-sol for 0.85 of its price, and a price for the model that had none.
    private static func laterPrices(_ fixture: Fixture) throws -> CostCalculator {
        let contract = {
            (number: Int64, pattern: String, terms: PriceOverride.Terms) in
            PriceOverride(
                number: number, provider: "openai", pattern: ModelPattern(pattern), terms: terms,
                validFrom: Instant(seconds: 0))
        }
        let rate = Rate(try ExactDecimal("1.5"), per: .million)
        return CostCalculator(
            catalogue: fixture.calculator.catalogue,
            overrides: PriceOverrides([
                contract(1, "gpt-6*", .multiplier(try ExactDecimal("0.85"))),
                contract(2, "unknown", .rates([.input: rate, .output: rate])),
            ]))
    }

    /// Does all parts, one after another.
    private func reprice(
        _ repricing: Repricing, by calculator: CostCalculator, _ organization: OrganizationID,
        _ fixture: Fixture, isPreview: Bool = false, eventLimit: Int = 2_000
    ) async throws -> PriceSimulation.Sum {
        let writer = EntryWriter(
            organization: organization, cache: fixture.cache, keys: fixture.keys)
        var total = PriceSimulation.Sum()
        var part = repricing
        while true {
            let asked = part
            let done = try await fixture.transaction(organization) {
                isPreview
                    ? try await writer.repricePreview(
                        asked, calculator: calculator, in: $0, eventLimit: eventLimit)
                    : try await writer.reprice(
                        asked, calculator: calculator, in: $0, now: Fixture.now,
                        eventLimit: eventLimit)
            }
            let sum = done.sums.total
            total.events += sum.events
            total.recordedPicos += sum.recordedPicos
            total.recordedUnpriced += sum.recordedUnpriced
            total.simulatedPicos += sum.simulatedPicos
            total.simulatedUnpriced += sum.simulatedUnpriced
            guard let next = done.nextBlock else { return total }
            part.afterBlock = next
        }
    }

    /// Sum of the entries of each event.
    private func amounts(_ fixture: Fixture) async throws -> [String: String] {
        let rows = try await fixture.rows(
            """
            SELECT event_id, coalesce(sum(amount_picos), 0) FROM ledger_entries GROUP BY 1
            """)
        return Dictionary(
            rows.map { row in
                let cells = row.split(separator: "|").map(String.init)
                return (cells[0], cells[1])
            }, uniquingKeysWith: { first, _ in first })
    }

    private func expectRollupsOfEntries(_ fixture: Fixture) async throws {
        #expect(try await fixture.disagreements() == [])
    }

    /// Random events in several batches, some corrected, some reversed.
    private func recordEvents(
        _ organization: OrganizationID, _ fixture: Fixture, using random: inout SeededRandom
    ) async throws -> (events: [LedgerEvent], reversed: Set<String>) {
        var events: [LedgerEvent] = []
        for number in 0..<30 {
            var event = Fixture.event(
                "e\(number)", model: ["gpt-6-sol", "unknown", "o3"][number % 3],
                time: Fixture.now.advanced(
                    bySeconds: -Int64.random(in: 0..<80 * 86_400, using: &random)))
            event.quantities = UsageQuantities([
                Quantity(.input, Int64.random(in: 0...900_000, using: &random)),
                Quantity(
                    .output, number % 3 == 1 ? 0 : Int64.random(in: 0...9_000, using: &random)),
            ])
            events.append(event)
        }
        for start in stride(from: 0, to: events.count, by: 7) {
            try await fixture.record(
                Array(events[start..<min(start + 7, events.count)]), organization)
        }
        var changes: [EventChange] = []
        var reversed: Set<String> = []
        for index in events.indices.shuffled(using: &random).prefix(8) {
            let isReversal = Bool.random(using: &random)
            if isReversal {
                reversed.insert(events[index].id)
            } else {
                events[index].quantities = UsageQuantities([Quantity(.input, 77_777)])
            }
            changes.append(
                EventChange(
                    source: "gateway", id: events[index].id,
                    kind: isReversal
                        ? .reversal : .correction(events[index].quantities, .reported),
                    reason: "Settled"))
        }
        let writer = EntryWriter(
            organization: organization, cache: fixture.cache, keys: fixture.keys)
        let asked = changes
        _ = try await fixture.transaction(organization) {
            try await writer.change(
                asked, calculator: fixture.calculator, in: $0, now: Fixture.now)
        }
        return (events, reversed)
    }

    /// In one part, and in parts of a block each.
    @Test(arguments: [1, 2, 3], [1, 2_000])
    func entriesLeadToWhatEventsCostNow(seed: UInt64, eventLimit: Int) async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var random = SeededRandom(seed: seed)
            let (events, reversed) = try await recordEvents(
                organization, fixture, using: &random)
            let later = try Self.laterPrices(fixture)
            let recorded = try await fixture.rows(Self.blocks)
            let before = try await amounts(fixture)
            let repricing = Repricing(window: Self.window, reason: "Contract 4711")
            let preview = try await reprice(
                repricing, by: later, organization, fixture, isPreview: true)
            #expect(try await amounts(fixture) == before, "a preview changes nothing")
            let changed = try await reprice(
                repricing, by: later, organization, fixture, eventLimit: eventLimit)
            #expect(changed == preview)

            var difference: Int128 = 0
            let after = try await amounts(fixture)
            for event in events {
                let isInside = Self.window.contains(event.time) && !reversed.contains(event.id)
                let calculator = isInside ? later : fixture.calculator
                let cost =
                    reversed.contains(event.id)
                    ? 0
                    : try PricedEvent(event, calculator: calculator, keys: fixture.keys).cost.picos
                        ?? 0
                #expect(after[event.id] == "\(cost)", "\(event.id)")
                difference += Int128(cost) - (Int128(before[event.id] ?? "") ?? 0)
            }
            #expect(difference != 0)
            #expect(changed.simulatedPicos - changed.recordedPicos == difference)
            #expect(changed.recordedUnpriced > 0 && changed.simulatedUnpriced == 0)
            #expect(try await fixture.rows(Self.blocks) == recorded, "history stays")
            try await expectRollupsOfEntries(fixture)

            let simulated = try await fixture.transaction(organization) {
                try await PriceSimulation(calculator: later).run(
                    of: organization, during: Self.window, keys: fixture.keys, in: $0)
            }.total
            let inside = events.filter {
                Self.window.contains($0.time) && !reversed.contains($0.id)
            }
            let sum = inside.reduce(Int128(0)) { $0 + (Int128(after[$1.id] ?? "") ?? 0) }
            #expect(simulated.events == Int64(inside.count))
            #expect(simulated.recordedPicos == sum && simulated.simulatedPicos == sum)

            let again = try await reprice(repricing, by: later, organization, fixture)
            #expect(again == PriceSimulation.Sum(), "doing it again changes nothing")
            #expect(try await amounts(fixture) == after)
        }
    }

    /// A provider, a model or only what has no price: nothing else changes; nor does what is not kept.
    @Test func whatIsNotAskedForKeepsItsAmount() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            for (id, model) in [("a", "gpt-6-sol"), ("b", "unknown"), ("c", "o3")] {
                try await fixture.record(
                    [Fixture.event(id, model: model, time: Fixture.now)], organization)
            }
            let later = try Self.laterPrices(fixture)
            let before = try await amounts(fixture)
            func changes(_ repricing: Repricing) async throws -> Int64 {
                try await reprice(
                    repricing, by: later, organization, fixture, isPreview: true
                ).events
            }
            #expect(try await changes(Repricing(window: Self.window, reason: "r")) == 2)
            #expect(
                try await changes(
                    Repricing(window: Self.window, provider: "anthropic", reason: "r")) == 0)
            #expect(
                try await changes(
                    Repricing(window: Self.window, model: "gpt-6-sol", reason: "r")) == 1)
            let early = Fixture.now.advanced(bySeconds: -10)..<Fixture.now
            #expect(try await changes(Repricing(window: early, reason: "r")) == 0)
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            let unkept = try await fixture.transaction(organization) {
                try await writer.reprice(
                    Repricing(window: Self.window, reason: "r"), calculator: later, in: $0,
                    now: Fixture.now, keptFrom: Fixture.now.advanced(bySeconds: 1))
            }
            #expect(unkept.sums.isEmpty && unkept.nextBlock == nil)

            let filled = try await reprice(
                Repricing(window: Self.window, isOfUnpricedOnly: true, reason: "r"), by: later,
                organization, fixture)
            #expect(filled.events == 1 && filled.recordedUnpriced == 1)
            let after = try await amounts(fixture)
            #expect(after["a"] == before["a"] && after["c"] == before["c"])
            #expect(after["b"] != before["b"])
            try await expectRollupsOfEntries(fixture)
        }
    }
}
