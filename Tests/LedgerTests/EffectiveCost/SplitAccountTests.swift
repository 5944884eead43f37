import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Accounts that several connections read: parts of them, one after another, or the same twice.
@Suite struct SplitAccountTests {
    private static let day = RandomMonth.firstDay
    private static let settled = day.advanced(bySeconds: 40 * 86_400)

    /// Some connections of two accounts, each with days that it has read, and the rows that they tell of these.
    private struct Sample {
        static let dayCount = 6
        private(set) var readings: [ConnectionReading] = []
        private(set) var rows: [RollupRow] = []
        /// Per basis, account and day; where nothing was told, there is none.
        private(set) var expected: [Basis: [String: Int128]] = [:]

        init(seed: UInt64) {
            var random = SeededRandom(seed: seed)
            for account in 0..<2 {
                let first = readings.count
                for number in 0..<Int.random(in: 1...4, using: &random) {
                    // Ids in no order of the accounts.
                    let id = ConnectionID(
                        UUIDv7(high: UInt64.random(in: 1...9, using: &random), low: random.next()))
                    let link = number == 0 ? 0 : Int.random(in: 0...1, using: &random)
                    readings.append(
                        ConnectionReading(
                            id: id, displayName: id.text, usageThrough: settled,
                            costsThrough: settled, usageReadAt: settled, costsReadAt: settled,
                            lastReadAt: settled, isRecordOfBilling: Bool.random(using: &random),
                            isRecordOfAttribution: Bool.random(using: &random),
                            isDeleted: Bool.random(using: &random),
                            usageSpans: Self.spans(&random), costsSpans: Self.spans(&random),
                            account: number == 0 || link == 0 ? "account \(account)" : nil,
                            identities: number == 0
                                ? ["account \(account)", "key \(account)"]
                                : ["\(link == 0 ? "account" : "key") \(account)"]))
                }
                tell("account \(account)", readings[first...])
            }
            readings.shuffle(using: &random)
            rows.shuffle(using: &random)
        }

        private static func spans(_ random: inout SeededRandom) -> [Range<Instant>] {
            var spans: [Range<Instant>] = []
            for number in 0..<dayCount where Bool.random(using: &random) {
                let start = day.advanced(bySeconds: Int64(number) * 86_400)
                let end = start.advanced(bySeconds: 86_400)
                if spans.last?.upperBound == start {
                    spans[spans.count - 1] = spans[spans.count - 1].lowerBound..<end
                } else {
                    spans.append(start..<end)
                }
            }
            return spans
        }

        /// The account's bill and usage of a day, from each connection that has read it.
        private mutating func tell(_ account: String, _ members: ArraySlice<ConnectionReading>) {
            for number in 0..<Self.dayCount {
                let start = day.advanced(bySeconds: Int64(number) * 86_400)
                let (bill, usage) = (Int128(1_000 + number), Int128(10 + number))
                var (isBilled, isMetered) = (false, false)
                for member in members {
                    if member.costsSpans.contains(where: { $0.contains(start) }) {
                        isBilled = true
                        add(.charge, start, bill, account, member.id)
                    }
                    guard member.usageSpans.contains(where: { $0.contains(start) }) else {
                        continue
                    }
                    isMetered = true
                    add(.providerUsage, start.advanced(bySeconds: 7200), usage, account, member.id)
                }
                let name = "\(account) \(number)"
                if isBilled { expected[.billed, default: [:]][name] = bill }
                if isMetered { expected[.metered, default: [:]][name] = usage }
                if isBilled || isMetered {
                    expected[.effective, default: [:]][name] = isBilled ? bill : usage
                }
            }
        }

        private mutating func add(
            _ kind: RollupRow.Kind, _ start: Instant, _ picos: Int128, _ account: String,
            _ connection: ConnectionID
        ) {
            rows.append(
                RollupRow(
                    start: start, kind: kind,
                    dimensions: DimensionSet(
                        provider: "openai", model: "gpt-6-sol", project: account,
                        connectionID: connection, lineItem: kind == .charge ? "line" : "",
                        chargeClass: kind == .charge ? .input : nil),
                    amount: Money(picos: picos, currency: .usd), requests: 1,
                    quantities: UsageQuantities(
                        kind == .charge ? [] : [Quantity(.input, 10)])))
        }
    }

    /// Read once: it is large.
    private static let cost = Result { EffectiveCost(catalogue: try CatalogueFixture.catalogue()) }

    @Test(arguments: 0..<60)
    func eachDayOfAnAccountCountsOnceWhoeverTellsIt(seed: Int) throws {
        let sample = Sample(seed: UInt64(seed))
        for basis in [Basis.billed, .metered, .effective] {
            let spend = try Self.cost.get().resolve(
                sample.rows, connections: sample.readings, basis: basis, now: Self.settled)
            let sums = Dictionary(
                spend.filter { $0.amount.picos != 0 }.map {
                    let day = ($0.start.seconds - Self.day.seconds) / 86_400
                    return ("\($0.dimensions.project) \(day)", $0.amount.picos)
                }, uniquingKeysWith: +)
            #expect(sums == sample.expected[basis] ?? [:], "\(basis)")
        }
    }

    private static func reading(
        _ number: UInt64, account: String? = nil, _ others: String..., former: [String] = []
    ) -> ConnectionReading {
        ConnectionReading(
            id: id(number), displayName: "", usageThrough: nil, costsThrough: nil,
            usageReadAt: nil, costsReadAt: nil, lastReadAt: nil, account: account,
            identities: (account.map { [$0] } ?? []) + others, formerIdentities: former)
    }

    private static func id(_ number: UInt64) -> ConnectionID {
        ConnectionID(UUIDv7(high: 1, low: number))
    }

    @Test func accountsAreToldApart() {
        for (readings, expected) in [
            ([Self.reading(1), Self.reading(2)], [1, 2]),
            ([Self.reading(2, account: "a"), Self.reading(1, account: "a")], [1, 1]),
            // By what they have or had, whether one came before the other was gone or after it.
            ([Self.reading(1, "k"), Self.reading(2, "k", "l")], [1, 1]),
            (
                [
                    Self.reading(1, account: "a"), Self.reading(2, "k", "a"), Self.reading(3, "k"),
                ], [1, 1, 1]
            ),
            ([Self.reading(1, former: ["k"]), Self.reading(2, "k")], [1, 1]),
            // What is counts before what was; one that is refused hides no other.
            (
                [
                    Self.reading(1, account: "b", former: ["k"]),
                    Self.reading(2, account: "a", "k"),
                    Self.reading(3, "k"),
                ], [1, 2, 2]
            ),
            (
                [
                    Self.reading(1, account: "b", "k"), Self.reading(2, account: "a", "k"),
                    Self.reading(3, former: ["a"]),
                ], [1, 2, 2]
            ),
            // The provider says that they are two.
            ([Self.reading(1, account: "a"), Self.reading(2, account: "b", "a")], [1, 2]),
            (
                [
                    Self.reading(1, account: "a", "k"), Self.reading(2, "k", "b"),
                    Self.reading(3, account: "b"),
                ], [1, 1, 3]
            ),
        ] as [([ConnectionReading], [UInt64])] {
            let accounts = AccountReadings(readings)
            #expect(readings.map { accounts.owner(of: $0.id) } == expected.map(Self.id))
        }
    }

    /// Figures of usage stay until the bill of their day is read; of what the bill does not cover, for good.
    @Test func aBillCountsForTheDaysThatItCovers() throws {
        let day = Self.day
        let spans = [day..<day.advanced(bySeconds: 86_400)]
        let none = Range(uncheckedBounds: (day, day))
        for (costs, usage, isDeleted, expected, isFinal) in [
            (spans, spans, false, 30, true), ([none], spans, false, 20, true),
            (spans, [none], false, 30, true), (spans, spans, true, 30, true),
            // Half a day of a bill is none.
            ([day..<day.advanced(bySeconds: 43_200)], spans, false, 20, true),
        ] as [([Range<Instant>], [Range<Instant>], Bool, Int128, Bool)] {
            let readings = [true, false].map { isBill in
                ConnectionReading(
                    id: Self.id(isBill ? 1 : 2), displayName: "",
                    usageThrough: isBill ? nil : Self.settled,
                    costsThrough: isBill ? Self.settled : nil,
                    usageReadAt: isBill ? nil : Self.settled,
                    costsReadAt: isBill ? Self.settled : nil, lastReadAt: Self.settled,
                    isRecordOfBilling: isBill, isRecordOfAttribution: !isBill,
                    isDeleted: isDeleted && isBill, usageSpans: isBill ? [] : usage,
                    costsSpans: isBill ? costs : [], account: "a")
            }
            let rows = [
                RollupRow(
                    start: day, kind: .charge,
                    dimensions: DimensionSet(
                        provider: "openai", model: "gpt-6-sol", project: "p",
                        connectionID: Self.id(1), lineItem: "line", chargeClass: .input),
                    amount: Money(picos: 30, currency: .usd)),
                RollupRow(
                    start: day.advanced(bySeconds: 3600), kind: .providerUsage,
                    dimensions: DimensionSet(
                        provider: "openai", model: "gpt-6-sol", serviceTier: "standard",
                        project: "p", user: "ann", connectionID: Self.id(2)),
                    amount: Money(picos: 20, currency: .usd), requests: 2,
                    quantities: UsageQuantities([Quantity(.input, 10)])),
            ]
            let spend = try Self.cost.get().resolve(
                rows, connections: readings, basis: .effective, now: Self.settled)
            #expect(spend.reduce(0) { $0 + $1.amount.picos } == expected)
            // A bill is for who made the usage, whichever connection it is of.
            #expect(spend.filter { $0.amount.picos != 0 }.map(\.dimensions.user) == ["ann"])
            #expect(spend.allSatisfy { $0.provisional != isFinal })
        }
    }

    /// Who stopped early does not tell of what was restated since, though it is the first, and keeps nobody waiting.
    @Test(arguments: [100, 86_400 * 2 + 100] as [Int64])
    func whatWasReadLastCounts(earlyBy seconds: Int64) throws {
        let (early, late) = (Self.day.advanced(bySeconds: 86_400 + seconds), Self.settled)
        let spans = [Self.day..<Self.day.advanced(bySeconds: 86_400)]
        let readings = [(1, early), (2, late)].map { number, readAt in
            ConnectionReading(
                id: Self.id(number), displayName: "", usageThrough: readAt, costsThrough: readAt,
                usageReadAt: readAt, costsReadAt: readAt, lastReadAt: readAt, usageSpans: spans,
                costsSpans: spans, account: "a", identities: ["a"])
        }
        let rows = [(1, 10), (2, 30)].flatMap { number, picos in
            [RollupRow.Kind.charge, .providerUsage].map { kind in
                RollupRow(
                    start: Self.day, kind: kind,
                    dimensions: DimensionSet(
                        provider: "openai", model: "gpt-6-sol", connectionID: Self.id(number),
                        lineItem: kind == .charge ? "line" : "",
                        chargeClass: kind == .charge ? .input : nil),
                    amount: Money(picos: picos, currency: .usd),
                    requests: kind == .charge ? 0 : 1,
                    quantities: UsageQuantities(kind == .charge ? [] : [Quantity(.input, 10)]))
            }
        }
        for basis in [Basis.billed, .metered, .effective] {
            let spend = try Self.cost.get().resolve(
                rows, connections: readings, basis: basis, now: Self.settled)
            #expect(spend.reduce(0) { $0 + $1.amount.picos } == 30, "\(basis)")
            #expect(spend.allSatisfy { !$0.provisional }, "\(basis)")
        }
    }

    /// What another connection of the account has read on waits for nobody, whether it was read before or never: neither
    /// do its rows, nor the report.
    @Test(arguments: [[1, 4], [1, 2], [0, 4], [0, 2], [0, 0]], [0, 40])
    func whoStoppedKeepsNoReportProvisional(readDays: [Int], daysBefore: Int) throws {
        let readings = [(1, readDays[0]), (2, readDays[1])].map { number, days in
            let through = Self.day.advanced(bySeconds: Int64(days) * 86_400)
            guard days > 0 else {
                return ConnectionReading(
                    id: Self.id(UInt64(number)), displayName: "", usageThrough: nil,
                    costsThrough: nil, usageReadAt: nil, costsReadAt: nil, lastReadAt: nil,
                    account: "a", identities: ["a"])
            }
            let readAt = number == 1 ? through.advanced(bySeconds: 3 * 86_400) : Self.settled
            return ConnectionReading(
                id: Self.id(UInt64(number)), displayName: "", usageThrough: through,
                costsThrough: through, usageReadAt: readAt, costsReadAt: readAt, lastReadAt: readAt,
                usageSpans: [Self.day..<through], costsSpans: [Self.day..<through], account: "a",
                identities: ["a"])
        }
        for basis in [Basis.billed, .metered, .effective] {
            let report = try SpendReport(
                rollups: [], connections: readings, catalogue: CatalogueFixture.catalogue(),
                // The provider has told nothing of the days before.
                window: Self.day.advanced(
                    bySeconds: Int64(-daysBefore) * 86_400)..<Self.day.advanced(
                        bySeconds: 4 * 86_400), basis: basis, now: Self.settled)
            let last =
                readDays[1] == 0 ? nil : Self.day.advanced(bySeconds: Int64(readDays[1]) * 86_400)
            #expect(report.completeness.finalThrough == last, "\(basis)")
            #expect(report.completeness.provisional == (readDays[1] < 4), "\(basis)")
            // Each source says how far it was read itself.
            #expect(
                report.completeness.sources.map(\.finalThrough)
                    == readDays.map {
                        $0 == 0 ? nil : Self.day.advanced(bySeconds: Int64($0) * 86_400)
                    })
        }
    }

    /// Two that are read in turn do not take turns in telling.
    @Test(arguments: [-3600, 3600]) func whoIsReadLaterBySomeHoursIsNotAhead(by seconds: Int64) {
        let now = Self.day.advanced(bySeconds: 10 * 86_400)
        let readings = [0, seconds].enumerated().map { number, offset in
            ConnectionReading(
                id: Self.id(UInt64(number + 1)), displayName: "", usageThrough: now,
                costsThrough: now, usageReadAt: now, costsReadAt: now.advanced(bySeconds: offset),
                lastReadAt: now, account: "a", identities: ["a"])
        }
        let rows = readings.map {
            RollupRow(
                start: Self.day, kind: .charge,
                dimensions: DimensionSet(
                    provider: "openai", model: "gpt-6-sol", connectionID: $0.id, lineItem: "line",
                    chargeClass: .input), amount: Money(picos: 5, currency: .usd))
        }
        let day = AccountReading(members: readings).day(
            Self.day.seconds / 86_400, rows, basis: .billed, now: now)
        #expect(day.rows.map(\.dimensions.connectionID) == [Self.id(1)])
    }

    @Test func whatWasReadIsKnown() async throws {
        try await LedgerFixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let day = Self.day
            let one = try await fixture.makeConnection(
                organization, usageThrough: day, costsThrough: day)
            let two = try await fixture.makeConnection(organization, usageThrough: day)
            let end = day.advanced(bySeconds: 86_400)
            try await fixture.run(
                """
                UPDATE connections SET account_id = 'acme', key_index = 'k',
                    former_identities = ARRAY['key/00'] WHERE id = '\(one)'
                """,
                """
                UPDATE connection_checkpoints SET read_spans =
                    tstzmultirange(tstzrange('2026-01-01Z', '2026-01-02Z'),
                        tstzrange('\(day.rfc3339)', '\(end.rfc3339)')), told_from = '2026-01-01Z'
                WHERE connection_id = '\(one)' AND stream = 'usage'
                """,
                """
                INSERT INTO connection_checkpoints (org_id, connection_id, stream, through, read_spans)
                VALUES ('\(organization)', '\(one)', 'usage/images', '\(end.rfc3339)',
                    tstzmultirange(tstzrange('\(day.rfc3339)', '\(end.rfc3339)')))
                """)
            let readings = try await fixture.transaction(organization) {
                try await $0.run(SelectConnectionReadings(organization: PostgresUUID(organization)))
            }
            let first = try #require(readings.first { $0.id == one })
            // What all of its reports were read of.
            #expect(first.usageSpans == [day..<end])
            #expect(first.costsSpans == [Instant(seconds: 0)..<day])
            #expect(first.account == "openai/account/acme")
            #expect(first.identities == ["openai/account/acme", "openai/key/6b"])
            #expect(first.formerIdentities == ["openai/key/00"])
            let second = try #require(readings.first { $0.id == two })
            #expect(second.usageSpans == [Instant(seconds: 0)..<day] && second.costsSpans.isEmpty)
            #expect(second.account == nil && second.identities.isEmpty)
            // A report that tells of nothing hides nothing; before the first row of all, nothing is known.
            for (told, expected) in [
                (
                    "'\(day.advanced(bySeconds: 3600).rfc3339)'",
                    [day.advanced(bySeconds: 3600)..<end]
                ),
                ("NULL", []),
            ] as [(String, [Range<Instant>])] {
                try await fixture.run(
                    """
                    UPDATE connection_checkpoints SET told_from = \(told)
                    WHERE connection_id = '\(one)' AND stream = 'usage'
                    """)
                let readings = try await fixture.transaction(organization) {
                    try await $0.run(
                        SelectConnectionReadings(organization: PostgresUUID(organization)))
                }
                #expect(readings.first { $0.id == one }?.usageSpans == expected)
            }
        }
    }
}
