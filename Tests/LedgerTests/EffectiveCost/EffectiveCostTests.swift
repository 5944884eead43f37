import Core
import Domain
import Ledger
import TestSupport
import Testing

struct EffectiveCostTests {
    private static let connection = ConnectionID(UUIDv7(high: 1, low: 2))
    private static let day = RandomMonth.firstDay
    /// Three days after the end of the day.
    private static let settled = day.advanced(bySeconds: 4 * 86_400)

    private static func reading(
        costs: Instant? = settled, usage: Instant? = settled, id: ConnectionID = connection,
        readAt: Instant? = day.advanced(bySeconds: 400 * 86_400), billing: Bool = true,
        attribution: Bool = true, deleted: Bool = false
    ) -> ConnectionReading {
        ConnectionReading(
            id: id, displayName: "OpenAI", usageThrough: usage, costsThrough: costs,
            usageReadAt: readAt, costsReadAt: readAt, lastReadAt: nil,
            isRecordOfBilling: billing, isRecordOfAttribution: attribution,
            isDeleted: deleted)
    }

    private static func usage(
        hour: Int64, _ quantities: [QuantityClass: Int64], user: String = "", picos: Int128 = 0,
        model: String = "gpt-6-sol"
    ) -> RollupRow {
        RollupRow(
            start: day.advanced(bySeconds: hour * 3600), kind: .providerUsage,
            dimensions: DimensionSet(
                provider: "openai", model: model, serviceTier: "standard", project: "p",
                user: user, connectionID: connection),
            amount: Money(picos: picos, currency: .usd), requests: 2,
            quantities: UsageQuantities(quantities.map { Quantity($0.key, $0.value) }))
    }

    private static func event(
        hour: Int64, _ quantities: [QuantityClass: Int64], picos: Int128 = 0,
        connected: Bool = true
    ) -> RollupRow {
        RollupRow(
            start: day.advanced(bySeconds: hour * 3600), kind: .event,
            dimensions: DimensionSet(
                provider: "openai", model: "gpt-6-sol", serviceTier: "standard", project: "p",
                feature: "chat", source: "gateway", connectionID: connected ? connection : nil),
            amount: Money(picos: picos, currency: .usd), requests: 1,
            quantities: UsageQuantities(quantities.map { Quantity($0.key, $0.value) }))
    }

    private static func charge(
        _ picos: Int128, _ chargeClass: QuantityClass?, model: String = "gpt-6-sol",
        corrected: Instant? = nil
    ) -> RollupRow {
        RollupRow(
            start: day, kind: .charge,
            dimensions: DimensionSet(
                provider: "openai", model: chargeClass == nil ? "" : model, project: "p",
                connectionID: connection, lineItem: "line", chargeClass: chargeClass),
            amount: Money(picos: picos, currency: .usd), lastCorrectedAt: corrected)
    }

    private static func resolve(
        _ rows: [RollupRow], basis: Basis = .effective, now: Instant = settled,
        reading: ConnectionReading = reading()
    ) throws -> [SpendRow] {
        try EffectiveCost(catalogue: CatalogueFixture.catalogue()).resolve(
            rows, connections: [reading], basis: basis, now: now
        ).sorted { ($0.start, $0.dimensions.user) < ($1.start, $1.dimensions.user) }
    }

    private static func picos(_ rows: [SpendRow]) -> [Int128] { rows.map(\.amount.picos) }

    /// Metered until three days after the day's end, after the last correction, and after the
    /// costs were read; billed from then on.
    @Test func billsCountOnceTheyAreFinal() throws {
        let rows = [Self.usage(hour: 3, [.input: 10], picos: 20), Self.charge(30, .input)]
        let early = Self.settled.advanced(byMicroseconds: -1)
        #expect(Self.picos(try Self.resolve(rows, now: early)) == [20])
        #expect(Self.picos(try Self.resolve(rows, now: Self.settled)) == [30])
        let end = Self.day.advanced(bySeconds: 86_400)
        let behind = Self.reading(costs: end.advanced(byMicroseconds: -1))
        #expect(Self.picos(try Self.resolve(rows, reading: behind)) == [20])
        #expect(Self.picos(try Self.resolve(rows, reading: Self.reading(costs: end))) == [30])
        #expect(Self.picos(try Self.resolve(rows, reading: Self.reading(costs: nil))) == [20])
        let corrected = [rows[0], Self.charge(30, .input, corrected: end.advanced(bySeconds: 5))]
        #expect(Self.picos(try Self.resolve(corrected)) == [20])
        let later = Self.settled.advanced(bySeconds: 5)
        #expect(Self.picos(try Self.resolve(corrected, now: later)) == [30])
        #expect(try Self.resolve(rows, now: early).allSatisfy(\.provisional))
        #expect(try !Self.resolve(rows).contains(where: \.provisional))
    }

    @Test func basesChooseTheirRecord() throws {
        let rows = [
            Self.usage(hour: 3, [.input: 10], picos: 20), Self.charge(30, .input),
            Self.event(hour: 1, [.input: 1], picos: 7, connected: false),
        ]
        #expect(Self.picos(try Self.resolve(rows, basis: .metered)) == [7, 20])
        #expect(Self.picos(try Self.resolve(rows, basis: .billed)) == [30])
        #expect(Self.picos(try Self.resolve(rows, basis: .effective)) == [7, 30])
    }

    /// Weights are quantity × rate: cache writes of 30 minutes and 12 hours share one line at
    /// 2.5 to 5 per million; ties go to the earlier hour, then to the smaller key.
    @Test func billsSpreadByPrice() throws {
        let rows = [
            Self.usage(hour: 5, [.cacheWrite30m: 2, .input: 100]),
            Self.usage(hour: 4, [.cacheWrite12h: 1, .cacheWrite30m: 1]),
            Self.usage(hour: 6, [.input: 900]),
            Self.charge(1_000, .cacheWrite), Self.charge(101, .input),
        ]
        // 1,000 over 7.5 : 5, and 101 over 100 : 900.
        #expect(Self.picos(try Self.resolve(rows)) == [600, 400 + 10, 91])
        let tie = [
            Self.usage(hour: 4, [.input: 5], user: "b"),
            Self.usage(hour: 4, [.input: 5], user: "a"),
            Self.charge(7, .input),
        ]
        #expect(Self.picos(try Self.resolve(tie)) == [4, 3])
    }

    /// A model without a price: its rows share by quantity.
    @Test func billsSpreadByQuantityWhereNoRateIsKnown() throws {
        let rows = [
            Self.usage(hour: 4, [.outputUnsplit: 1], model: "m"),
            Self.usage(hour: 5, [.reasoning: 3], model: "m"), Self.charge(8, .output, model: "m"),
        ]
        #expect(Self.picos(try Self.resolve(rows)) == [2, 6])
    }

    /// What no usage explains spreads evenly over the 24 hours, with the bill's own dimensions.
    @Test func unexplainedBillsSpreadOverTheDay() throws {
        let rows = [
            Self.usage(hour: 4, [.output: 1]), Self.charge(26, .input), Self.charge(24, nil),
        ]
        let spend = try Self.resolve(rows).filter { $0.dimensions.lineItem == "line" }
        #expect(spend.count == 48)
        #expect(spend.reduce(0) { $0 + $1.amount.picos } == 50)
        let first = spend.filter { $0.start == Self.day }
        #expect(Set(Self.picos(first)) == [2, 1])
        let credit = try Self.resolve([Self.charge(-26, nil)])
        #expect(Self.picos(credit).sorted() == [-2, -2] + [Int128](repeating: -1, count: 22))
    }

    /// Events share B × min(1, E ÷ U), half-even; the rest stays with the provider's dimensions.
    @Test func eventsShareTheBill() throws {
        let cases: [(billed: Int128, events: Int64, toEvents: Int128, rest: Int128)] = [
            (100, 40, 40, 60), (5, 50, 2, 3), (7, 50, 4, 3), (100, 100, 100, 0),
            (100, 900, 100, 0), (-5, 50, -2, -3), (1, 1, 0, 1),
        ]
        for (billed, events, toEvents, rest) in cases {
            let rows = [
                Self.usage(hour: 9, [.input: 100]), Self.event(hour: 2, [.input: events]),
                Self.charge(billed, .input),
            ]
            let spend = try Self.resolve(rows)
            let shared = spend.filter { $0.dimensions.feature == "chat" }
            let unmetered = spend.filter(\.isUnmetered)
            #expect(shared.reduce(0) { $0 + $1.amount.picos } == toEvents)
            #expect(unmetered.reduce(0) { $0 + $1.amount.picos } == rest)
            #expect(spend.reduce(0) { $0 + $1.amount.picos } == billed)
            // Tokens count once: the events', and what the provider counts beyond them.
            #expect(spend.reduce(0) { $0 + $1.tokens } == max(100, events))
        }
    }

    /// Anthropic's lines name tier, context and region: each takes the usage that agrees in all
    /// of them, and `global` is what ran in no region with its own price.
    @Test func detailedLinesTakeTheUsageThatAgrees() throws {
        let row = {
            (
                kind: RollupRow.Kind, hour: Int64, region: String, tier: String, context: String,
                picos: Int128
            ) in
            RollupRow(
                start: Self.day.advanced(bySeconds: hour * 3600), kind: kind,
                dimensions: DimensionSet(
                    provider: "anthropic", model: "claude-opus-5-5", region: region,
                    serviceTier: tier, contextTier: context, project: "default",
                    connectionID: Self.connection,
                    chargeClass: kind == .charge ? .outputUnsplit : nil),
                amount: Money(picos: picos, currency: .usd),
                quantities: kind == .charge
                    ? UsageQuantities() : UsageQuantities([Quantity(.outputUnsplit, 10)]))
        }
        let rows = [
            row(.providerUsage, 1, "", "standard", "0-200k", 0),
            row(.providerUsage, 2, "us", "standard", "0-200k", 0),
            row(.providerUsage, 3, "", "batch", "0-200k", 0),
            row(.providerUsage, 4, "", "standard", "200k-1M", 0),
            row(.charge, 0, "global", "standard", "0-200k", 100),
            row(.charge, 0, "us", "standard", "0-200k", 20),
            row(.charge, 0, "global", "batch", "0-200k", 3),
            row(.charge, 0, "global", "standard", "", 1_000),
        ]
        #expect(Self.picos(try Self.resolve(rows)) == [600, 20, 3, 500])
    }

    /// Metered is events plus the provider's usage where it exceeds them.
    @Test func meteredAddsWhatEventsMiss() throws {
        // 100 tokens at 2 USD per million are 200,000,000 picos; 60 of them no event tells of.
        let rows = [
            Self.usage(hour: 9, [.input: 100, .cacheRead: 10], picos: 202_000_000),
            Self.event(hour: 2, [.input: 40, .cacheRead: 30], picos: 77),
        ]
        #expect(Self.picos(try Self.resolve(rows, basis: .metered)) == [77, 120_000_000])
        #expect(
            Self.picos(try Self.resolve([rows[0]], basis: .metered)) == [202_000_000])
    }

    /// What events miss costs what the contract says, as what was recorded does: by a factor, or by a price
    /// where the catalogue has none.
    @Test func contractsPriceWhatEventsMiss() throws {
        let contract = { (number: Int64, model: String, terms: PriceOverride.Terms) in
            PriceOverride(
                number: number, provider: "openai", pattern: ModelPattern(model), terms: terms,
                validFrom: Self.day)
        }
        let overrides = PriceOverrides([
            contract(1, "gpt-6-sol", .multiplier(try ExactDecimal("0.8"))),
            contract(
                2, "ours-1", .rates([.input: Rate(try ExactDecimal("3"), per: .million)])),
        ])
        let effectiveCost = EffectiveCost(
            calculator: CostCalculator(
                catalogue: try CatalogueFixture.catalogue(), overrides: overrides))
        // 100 tokens at 1.60 USD per million, and at 3.
        let usage = [
            Self.usage(hour: 9, [.input: 100], picos: 160_000_000),
            Self.usage(hour: 10, [.input: 100], picos: 300_000_000, model: "ours-1"),
        ]
        let metered = { (rows: [RollupRow]) in
            try effectiveCost.resolve(
                rows, connections: [Self.reading()], basis: .metered, now: Self.settled
            ).sorted { $0.start < $1.start }.map(\.amount.picos)
        }
        #expect(try metered(usage) == [160_000_000, 300_000_000])
        let event = Self.event(hour: 2, [.input: 40], picos: 77)
        #expect(try metered(usage + [event]) == [77, 96_000_000, 300_000_000])
    }

    /// A bill that was read once, on the morning after, and not again, may have been restated since.
    @Test func aBillIsFinalOnlyOnceItIsReadAgain() throws {
        let rows = [Self.usage(hour: 9, [.input: 100], picos: 7), Self.charge(5, .input)]
        let end = Self.day.advanced(bySeconds: 86_400)
        let late = Self.day.advanced(bySeconds: 30 * 86_400)
        for (readAt, picos) in [
            (end.advanced(bySeconds: 300), 7), (Self.settled.advanced(bySeconds: -1), 7),
            (Self.settled, 5), (nil, 7),
        ] as [(Instant?, Int128)] {
            let reading = Self.reading(costs: end, readAt: readAt)
            #expect(Self.picos(try Self.resolve(rows, now: late, reading: reading)) == [picos])
            let through = try EffectiveCost(catalogue: CatalogueFixture.catalogue()).finalThrough(
                reading, rows: rows, basis: .effective, now: late)
            #expect((through == end) == (picos == 5))
        }
        let deleted = Self.reading(costs: end, readAt: nil, deleted: true)
        #expect(Self.picos(try Self.resolve(rows, now: late, reading: deleted)) == [5])
    }

    /// Row 4: whatever the data, nothing of a bill is lost or doubled, and nothing of what was
    /// metered without events either; the order in which rows are found does not matter.
    @Test(arguments: 0..<60)
    func nothingIsLostOrDoubled(seed: Int) throws {
        let month = RandomMonth(seed: UInt64(seed))
        let effectiveCost = EffectiveCost(catalogue: try CatalogueFixture.catalogue())
        let now = RandomMonth.firstDay.advanced(bySeconds: 6 * 86_400)
        let readings = month.connections.map { Self.reading(costs: now, usage: now, id: $0) }
        let resolve = { (rows: [RollupRow], basis: Basis) in
            try effectiveCost.resolve(rows, connections: readings, basis: basis, now: now)
        }
        let billed = try Self.sums(resolve(month.rows, .billed))
        #expect(billed == Self.sums(month.rows.filter { $0.kind == .charge }), "seed \(seed)")

        let withoutOverlap = month.rows.filter {
            $0.kind != .event || $0.dimensions.connectionID == nil
        }
        let metered = try Self.sums(resolve(withoutOverlap, .metered))
        #expect(metered == Self.sums(withoutOverlap.filter { $0.kind != .charge }), "seed \(seed)")

        // Days 0 to 2 are final at `now`: billed there, metered behind, events without a
        // connection always.
        let boundary = RandomMonth.firstDay.advanced(bySeconds: 3 * 86_400)
        let effective = try Self.sums(resolve(withoutOverlap, .effective))
        let expected = Self.sums(
            withoutOverlap.filter { row in
                guard row.dimensions.connectionID != nil else { return true }
                return (row.kind == .charge) == (row.start < boundary)
            })
        #expect(effective == expected, "seed \(seed)")

        var random = SeededRandom(seed: UInt64(seed) + 1000)
        for basis in Basis.allCases {
            let found = try resolve(month.rows, basis)
            let shuffled = try resolve(month.rows.shuffled(using: &random), basis)
            #expect(Self.bag(found) == Self.bag(shuffled), "seed \(seed)")
        }
    }

    /// Conservation: the parts of any breakdown sum to the total, to the pico.
    @Test(arguments: 0..<20)
    func breakdownsSumToTheTotal(seed: Int) throws {
        let month = RandomMonth(seed: UInt64(seed))
        let now = RandomMonth.firstDay.advanced(bySeconds: 6 * 86_400)
        let readings = month.connections.map { Self.reading(costs: now, usage: now, id: $0) }
        let window = RandomMonth.firstDay..<now
        let dimensions: [@Sendable (DimensionSet) -> String] = [
            { $0.model }, { $0.project }, { $0.apiKeyID }, { $0.feature }, { $0.lineItem },
            { $0.connectionID?.text ?? "" },
        ]
        for basis in Basis.allCases {
            let report = try SpendReport(
                rollups: month.rows, connections: readings,
                catalogue: CatalogueFixture.catalogue(), window: window, basis: basis, now: now)
            let totals = try report.totals.mapValues(\.picos)
            for dimension in dimensions {
                let groups = Dictionary(grouping: report.rows) { dimension($0.dimensions) }
                var sums: [Currency: Int128] = [:]
                for rows in groups.values {
                    for (currency, part) in Self.sums(rows) { sums[currency, default: 0] += part }
                }
                #expect(sums.filter { $0.value != 0 } == totals.filter { $0.value != 0 })
            }
            for (zone, name) in try ["Asia/Kathmandu", "America/New_York"].map({
                (try OrganizationZone($0), $0)
            }) {
                let days = Dictionary(grouping: report.rows) { zone.day(containing: $0.start) }
                var sum: Int128 = 0
                for day in days.keys {
                    let bounds = zone.dayBounds(day)
                    sum += report.rows.filter { bounds.contains($0.start) }
                        .reduce(0) { $0 + $1.amount.picos }
                }
                let total = report.rows.reduce(0) { $0 + $1.amount.picos }
                #expect(sum == total, "seed \(seed) \(name)")
            }
        }
    }

    @Test func completenessNamesWhatIsOpen() throws {
        let now = Self.settled.advanced(bySeconds: 3600)
        let end = Self.day.advanced(bySeconds: 86_400)
        let report = { (rows: [RollupRow], readings: [ConnectionReading], through: Instant) in
            try SpendReport(
                rollups: rows, connections: readings, catalogue: CatalogueFixture.catalogue(),
                window: Self.day..<through, basis: .effective, now: now
            ).completeness
        }
        let final = try report([Self.charge(5, nil)], [Self.reading()], end)
        #expect(final.finalThrough == end && !final.provisional)
        let open = try report([Self.charge(5, nil)], [Self.reading()], end.advanced(bySeconds: 1))
        #expect(open.provisional)
        let unread = try report([], [Self.reading(costs: nil)], end)
        #expect(unread.finalThrough == nil && unread.provisional)
        let corrected = try report(
            [Self.charge(5, nil, corrected: now)], [Self.reading()], end)
        #expect(corrected.finalThrough == Self.day && corrected.provisional)
        let alone = try report([Self.event(hour: 1, [.input: 1], connected: false)], [], end)
        #expect(alone.finalThrough == end && alone.sources.map(\.name) == ["gateway"])
        // What is deleted is named where it has figures, and holds nothing up.
        let deleted = Self.reading(costs: nil, usage: nil, deleted: true)
        let without = try report([], [deleted], end)
        #expect(without.finalThrough == end && without.sources.isEmpty)
        let with = try report([Self.usage(hour: 1, [.input: 1])], [deleted], end)
        #expect(with.finalThrough == end && with.sources.map(\.name) == ["OpenAI"])
    }

    /// What is not pulled is not waited for; a bill that was read before still decides its day.
    @Test func aConnectionIsWaitedForOnlyAsFarAsItIsPulled() throws {
        let end = Self.day.advanced(bySeconds: 86_400)
        let cases: [(reading: ConnectionReading, basis: Basis, isFinal: Bool)] = [
            (Self.reading(costs: nil), .effective, false),
            (Self.reading(costs: nil, billing: false), .effective, true),
            (Self.reading(costs: nil, usage: nil, billing: false), .effective, false),
            (Self.reading(costs: nil, billing: false), .billed, true),
            (Self.reading(usage: nil), .metered, false),
            (Self.reading(usage: nil, attribution: false), .metered, true),
            (Self.reading(costs: nil, usage: nil, attribution: false), .effective, false),
            (Self.reading(costs: nil, usage: nil), .effective, false),
            (Self.reading(costs: nil, usage: nil, deleted: true), .effective, true),
            (Self.reading(costs: nil, usage: nil, deleted: true), .metered, true),
        ]
        let rows = [Self.usage(hour: 3, [.input: 10], picos: 20)]
        for (reading, basis, isFinal) in cases {
            let spend = try Self.resolve(rows, basis: basis, reading: reading)
            #expect(spend.allSatisfy { $0.provisional != isFinal }, "\(reading) \(basis)")
            let through = try EffectiveCost(catalogue: CatalogueFixture.catalogue()).finalThrough(
                reading, rows: rows, basis: basis, now: Self.settled)
            #expect(through == (isFinal ? end : nil), "\(reading) \(basis)")
        }
        // The cost report was read once: the bill counts as before, and before it is final it is not.
        let billed = rows + [Self.charge(30, .input, corrected: Self.settled)]
        let before = try Self.resolve(billed, reading: Self.reading(billing: false))
        #expect(Self.picos(before) == [20] && before.allSatisfy(\.provisional))
        let later = Self.settled.advanced(bySeconds: 3 * 86_400)
        let after = try Self.resolve(
            billed, now: later, reading: Self.reading(billing: false))
        #expect(Self.picos(after) == [30] && after.allSatisfy { !$0.provisional })
    }

    private static func sums(_ rows: [SpendRow]) -> [Currency: Int128] {
        rows.reduce(into: [:]) { $0[$1.amount.currency, default: 0] += $1.amount.picos }
            .filter { $0.value != 0 }
    }

    private static func sums(_ rows: [RollupRow]) -> [Currency: Int128] {
        rows.reduce(into: [:]) { $0[$1.amount.currency, default: 0] += $1.amount.picos }
            .filter { $0.value != 0 }
    }

    private static func bag(_ rows: [SpendRow]) -> [SpendRow: Int] {
        rows.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
