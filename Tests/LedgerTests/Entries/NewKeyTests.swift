import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Batches that are hoped to bring nothing that was recorded before, whether they do or not.
@Suite struct NewKeyTests {
    private typealias Fixture = LedgerFixture

    private static let new = EventOutcome.accepted(isUnpriced: false)

    /// Wherever in the order of its keys a batch brings what was recorded before, that counts once and all else is
    /// recorded; nothing is left of the attempt.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func whatIsHopedToBeNewCountsOnce(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            var random = SeededRandom(seed: seed)
            let organization = try await fixture.makeOrganization()
            var isRecorded = [Bool](repeating: false, count: 400)
            for batch in 0..<4 {
                // Of the first, none; of the others, one, some or all.
                let countKnown = [0, 1, 40, 100][batch]
                let known = isRecorded.indices.filter { isRecorded[$0] }
                    .shuffled(using: &random).prefix(countKnown)
                let fresh = isRecorded.indices.filter { !isRecorded[$0] }
                    .shuffled(using: &random).prefix(100 - known.count)
                var ids = (known + fresh).shuffled(using: &random)
                // One comes twice in the batch.
                ids.append(ids[0])
                fixture.cache.forgetRepeats()
                let outcomes = try await fixture.record(
                    ids.map { Fixture.event("e\($0)") }, organization)
                for (place, id) in ids.enumerated() {
                    #expect(
                        outcomes[place] == (isRecorded[id] ? .duplicate : Self.new),
                        "seed \(seed), batch \(batch), \(id)")
                    isRecorded[id] = true
                }
                let count = isRecorded.filter(\.self).count
                #expect(
                    try await fixture.rows(
                        "SELECT (SELECT count(*) FROM idempotency_keys), (SELECT count(*) FROM ledger_entries)"
                    ) == ["\(count)|\(count)"])
            }
            // The same id with other content is still a conflict.
            let changed = (0..<100).map { Fixture.event("e\($0)", output: 7_777) }
            fixture.cache.forgetRepeats()
            let outcomes = try await fixture.record(changed, organization)
            for (id, outcome) in outcomes.enumerated() {
                #expect(outcome == (isRecorded[id] ? .conflict : Self.new))
            }
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// A key of another organization is another key, and none of either's can be recorded for the other.
    @Test func keysAreOfTheirOrganization() async throws {
        try await Fixture.with { fixture in
            let first = try await fixture.makeOrganization("first")
            let second = try await fixture.makeOrganization("second")
            let events = (0..<40).map { Fixture.event("e\($0)") }
            for organization in [first, second] {
                #expect(
                    try await fixture.record(events, organization)
                        == events.map { _ in Self.new })
            }
            let keys = try events.map {
                try PricedEvent($0, calculator: fixture.calculator, keys: fixture.keys).key
            }
            @Sendable func insert(_ organization: OrganizationID) -> InsertNewKeys {
                InsertNewKeys(
                    of: InsertIdempotencyKeys(
                        organization: PostgresUUID(organization), keys: keys,
                        entryIDs: keys.indices.map(Int64.init),
                        times: keys.map { _ in Fixture.now }))
            }
            // Of one that has none of them yet, and that has them then.
            let third = try await fixture.makeOrganization("third")
            for areNew in [true, false] {
                #expect(
                    try await fixture.transaction(third) { try await $0.first(insert(third)) }
                        == areNew)
            }
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.transaction(first) { transaction in
                    _ = try await transaction.first(insert(.make()))
                }
            }
            // Row security's.
            #expect(error?.sqlState.rawValue == "42501")
        }
    }

    /// Who brings what was recorded before is not hoped to bring nothing such for a while.
    @Test func hopeReturnsAfterAWhile() {
        let cache = LedgerCache()
        let (sender, other) = (OrganizationID.make(), OrganizationID.make())
        #expect(cache.repeatsAreRare(of: sender))
        for _ in 0..<2 {
            cache.broughtRepeats(true, by: sender)
            for _ in 0..<16 {
                #expect(!cache.repeatsAreRare(of: sender))
                #expect(cache.repeatsAreRare(of: other))
                cache.broughtRepeats(false, by: sender)
            }
            #expect(cache.repeatsAreRare(of: sender))
        }
    }

    /// A large batch costs one look at a known key, and those that follow none.
    @Test func repeatsAreRemembered() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let few = (0..<EntryWriter.keysOfHopeMin - 1).map { Fixture.event("e\($0)") }
            for _ in 0..<2 { try await fixture.record(few, organization) }
            #expect(fixture.cache.repeatsAreRare(of: organization))
            // Nobody looked at each of these, else it would be known that they are new.
            let others = (0..<100).map { Fixture.event("o\($0)") }
            try await fixture.record(others, organization)
            #expect(fixture.cache.repeatsAreRare(of: organization))
            let many = few + [Fixture.event("another")]
            try await fixture.record(many, organization)
            #expect(!fixture.cache.repeatsAreRare(of: organization))
        }
    }

    @Test func everyStatementFitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                InsertNewKeys.self, InsertIdempotencyKeys.self, SelectKnownKeys.self,
            ])
            #expect(faults == [])
        }
    }
}
