import Domain
package import Postgres

extension EntryWriter {
    /// Seals the users of some dimension sets that were stored before users were sealed; returns how many.
    /// The sets keep their numbers, so that nothing else changes.
    package func sealUsers(limit: Int, in transaction: PostgresTransaction) async throws -> Int {
        // Nobody looks for a set by its hash meanwhile.
        _ = try await transaction.first(LockLedgerClock(organization: organizationUUID))
        let ids = try await transaction.run(
            SelectSetsToSeal(organization: organization, limit: limit))
        guard !ids.isEmpty else { return 0 }
        var reader = setReader
        try await reader.read(ids, in: transaction)
        let sets = try ids.map { try reader.set($0) }
        try await transaction.execute(
            UpdateSealedUsers(
                organization: organizationUUID, ids: ids,
                hashes: try sets.map { try $0.hash(under: keys) },
                users: try zip(sets, ids).map { try SealedUser(of: $0, id: $1, under: keys) },
                sets: sets))
        return ids.count
    }
}
