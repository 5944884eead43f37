import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// An account whose bill one connection is the record of, and whose usage another one.
@Suite struct SplitAccountTests {
    private static let bill = ConnectionID(UUIDv7(high: 1, low: 1))
    private static let usage = ConnectionID(UUIDv7(high: 1, low: 2))
    private static let day = RandomMonth.firstDay
    private static let settled = day.advanced(bySeconds: 4 * 86_400)

    private static func reading(
        _ id: ConnectionID, through: Instant? = settled, isDeleted: Bool = false,
        owner: ConnectionID? = bill
    ) -> ConnectionReading {
        let isBill = id == bill
        return ConnectionReading(
            id: id, displayName: isBill ? "Bill" : "Usage", usageThrough: isBill ? nil : through,
            costsThrough: isBill ? through : nil, usageReadAt: isBill ? nil : settled,
            costsReadAt: isBill ? settled : nil, lastReadAt: settled, isRecordOfBilling: isBill,
            isRecordOfAttribution: !isBill, isDeleted: isDeleted, dayOwner: owner)
    }

    private static let rows = [
        RollupRow(
            start: day.advanced(bySeconds: 3 * 3600), kind: .providerUsage,
            dimensions: DimensionSet(
                provider: "openai", model: "gpt-6-sol", serviceTier: "standard", project: "p",
                user: "ann", connectionID: usage),
            amount: Money(picos: 20, currency: .usd), requests: 2,
            quantities: UsageQuantities([Quantity(.input, 10)])),
        RollupRow(
            start: day,
            kind: .charge,
            dimensions: DimensionSet(
                provider: "openai", model: "gpt-6-sol", project: "p", connectionID: bill,
                lineItem: "line", chargeClass: .input),
            amount: Money(picos: 30, currency: .usd)),
    ]

    private static func picos(
        _ basis: Basis, _ readings: [ConnectionReading], now: Instant = settled
    ) throws -> [String: Int128] {
        let spend = try EffectiveCost(catalogue: CatalogueFixture.catalogue()).resolve(
            rows, connections: readings, basis: basis, now: now)
        return Dictionary(
            spend.filter { $0.amount.picos != 0 }.map { ($0.dimensions.user, $0.amount.picos) },
            uniquingKeysWith: +)
    }

    @Test func itsBillCountsOnceAndMeetsItsUsage() throws {
        let readings = [Self.reading(Self.bill), Self.reading(Self.usage)]
        #expect(try Self.picos(.effective, readings) == ["ann": 30])
        #expect(try Self.picos(.billed, readings) == ["ann": 30])
        #expect(try Self.picos(.metered, readings) == ["ann": 20])
        let early = Self.settled.advanced(byMicroseconds: -1)
        #expect(try Self.picos(.effective, readings, now: early) == ["ann": 20])
        // Either may have ended since: what it told stays one with the other's.
        for ended in [Self.bill, Self.usage] {
            let readings = [Self.bill, Self.usage].map {
                Self.reading($0, isDeleted: $0 == ended)
            }
            #expect(try Self.picos(.effective, readings) == ["ann": 30])
        }
        // Two accounts are two.
        let two = [Self.reading(Self.bill), Self.reading(Self.usage, owner: nil)]
        #expect(try Self.picos(.effective, two).values.reduce(0, +) == 50)
    }

    @Test func itsDaysAreFinalOnceBothAreRead() throws {
        for (billRead, usageRead, basis, isFinal) in [
            (Self.settled, Self.settled, .effective, true),
            (Self.settled, Self.settled, .metered, true),
            (Self.settled, nil, .effective, true), (Self.settled, nil, .metered, false),
            (nil, Self.settled, .effective, false), (nil, Self.settled, .metered, true),
        ] as [(Instant?, Instant?, Basis, Bool)] {
            let readings = [
                Self.reading(Self.bill, through: billRead),
                Self.reading(Self.usage, through: usageRead),
            ]
            let report = try SpendReport(
                rollups: Self.rows, connections: readings,
                catalogue: try CatalogueFixture.catalogue(),
                window: Self.day..<Self.day.advanced(bySeconds: 86_400), basis: basis,
                now: Self.settled)
            #expect(report.completeness.provisional == !isFinal)
            #expect(report.completeness.sources.map { $0.name } == ["Bill", "Usage"])
            #expect(report.rows.allSatisfy { $0.provisional == !isFinal })
        }
    }

    /// By the provider's id of the account, or by the key; whoever is the record of both stands alone.
    @Test func theBillOfAnAccountOwnsTheDays() async throws {
        try await LedgerFixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var ids: [ConnectionID] = []
            for (record, account, key) in [
                (1, "'acme'", "NULL"), (2, "'acme'", "NULL"), (1, "'acme'", "NULL"),
                (3, "'acme'", "NULL"), (2, "'other'", "NULL"), (1, "NULL", "'k'"),
                (2, "NULL", "'k'"), (2, "NULL", "NULL"),
            ] {
                let id = try await fixture.makeConnection(organization)
                ids.append(id)
                try await fixture.run(
                    """
                    UPDATE connections SET record_of = \(record), account_id = \(account),
                        key_index = \(key) WHERE id = '\(id)'
                    """)
            }
            let readings = try await fixture.transaction(organization) {
                try await $0.run(SelectConnectionReadings(organization: PostgresUUID(organization)))
            }
            let owners = Dictionary(uniqueKeysWithValues: readings.map { ($0.id, $0.dayOwner) })
            let expected = [0, 0, 0, 3, 4, 5, 5, 7]
            #expect(ids.map { owners[$0] } == expected.map { ids[$0] })
        }
    }
}
