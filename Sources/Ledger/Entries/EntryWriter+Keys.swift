import Core
import Domain
import Postgres

extension EntryWriter {
    /// From so many keys on they are recorded as if all were new, where that may be hoped: it costs a transaction's
    /// number, and saves a look at each of them.
    static let keysOfHopeMin = 16

    /// What was recorded under a key before.
    struct KnownKey {
        let entryID: Int64
        let content: PostgresUUID
    }

    /// Records the keys that are new, each for the entry whose number is that of the tick's first and
    /// the key's position; answers with what is known of the others, by their positions. Of two with
    /// the same key the first is new.
    ///
    /// The clock is locked, so nobody else of the organization records keys meanwhile.
    func claim(
        _ keys: [EntryKey], times: [Instant], tick: Tick, in transaction: PostgresTransaction
    ) async throws -> [Int: KnownKey] {
        // In the order of the index, where neighbours then share pages.
        let sorted = keys.indices.map {
            (high: keys[$0].identity.high, low: keys[$0].identity.low, index: $0)
        }.sorted {
            ($0.high, $0.low, $0.index) < ($1.high, $1.low, $1.index)
        }
        var asked: [Int] = []
        asked.reserveCapacity(keys.count)
        /// Of keys that came before in the batch, by position, the first.
        var repeated: [Int: Int] = [:]
        for (_, _, index) in sorted {
            if let first = asked.last, keys[first].identity == keys[index].identity {
                repeated[index] = first
            } else {
                asked.append(index)
            }
        }
        let insert = InsertIdempotencyKeys(
            organization: organizationUUID, keys: asked.map { keys[$0] },
            entryIDs: asked.map { tick.firstEntryID + Int64($0) },
            times: asked.map { times[$0] })
        let areAllNew = try await areAllNew(insert, in: transaction)
        guard !repeated.isEmpty || !areAllNew else { return [:] }
        var before: [PostgresUUID: SelectKnownKeys.Row] = [:]
        if !areAllNew {
            let select = SelectKnownKeys(
                organization: organizationUUID, identities: asked.map { keys[$0].identity },
                firstEntryID: tick.firstEntryID)
            for row in try await transaction.run(select) { before[row.key.identity] = row }
        }
        var known: [Int: KnownKey] = [:]
        for (index, key) in keys.enumerated() {
            if let row = before[key.identity] {
                known[index] = KnownKey(entryID: row.entryID, content: row.key.content)
            } else if let first = repeated[index] {
                known[index] = KnownKey(
                    entryID: tick.firstEntryID + Int64(first), content: keys[first].content)
            }
        }
        return known
    }

    /// Records the keys that are new, and answers whether all of them are.
    private func areAllNew(
        _ insert: InsertIdempotencyKeys, in transaction: PostgresTransaction
    ) async throws -> Bool {
        guard insert.keys.count >= Self.keysOfHopeMin else {
            return try await transaction.count(insert) == insert.keys.count
        }
        let isHopeful = cache.repeatsAreRare(of: organization)
        if isHopeful {
            if try await transaction.first(InsertNewKeys(of: insert)) ?? false { return true }
            // At once: whoever sends the batch again, since this comes to no end, does not pay for the attempt again.
            cache.broughtRepeats(true, by: organization)
        }
        let areNew = try await transaction.count(insert) == insert.keys.count
        if !isHopeful { cache.broughtRepeats(!areNew, by: organization) }
        return areNew
    }
}
