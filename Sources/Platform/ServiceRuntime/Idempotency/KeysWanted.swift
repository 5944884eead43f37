import Postgres

/// What a recorded call throws where it needs keys that were not asked for before its transaction: it is
/// undone, so that it holds no connection of the main database while that of the keys is waited for, and
/// carried out again with them.
struct KeysWanted: Error {
    enum Use {
        /// Of an organization that the call makes.
        case toMake
        case toSeal
        /// Of a call that goes on without them.
        case toSealUnlessAway
    }

    let organization: PostgresUUID
    let use: Use

    func keys(from store: DataKeyStore) async throws -> OrganizationKeys {
        switch use {
        case .toMake: try await store.makeKeys(of: organization)
        case .toSeal: try await store.keysToSeal(of: organization)
        case .toSealUnlessAway: try await store.keysUnlessAway(of: organization)
        }
    }
}
