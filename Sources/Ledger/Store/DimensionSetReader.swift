import Core
import Domain
import Encryption
import Postgres

/// Reads the dimension sets of one organization by their numbers, each once, and opens their users.
struct DimensionSetReader: Sendable {
    let organization: PostgresUUID
    let keys: any PersonalFieldKeys
    /// Whether a user that cannot be had is an error: of whoever stores sets again. Who shows them shows
    /// why.
    let mustOpen: Bool
    private let cache: DimensionSetCache?
    private var sets: [Int64: SharedDimensions] = [:]

    /// - Parameter cache: nil: nothing is remembered, as must be where the transaction stores sets, and so reads what may
    ///   never be committed.
    init(
        of organization: PostgresUUID, under keys: any PersonalFieldKeys, mustOpen: Bool,
        cache: DimensionSetCache? = nil
    ) {
        self.organization = organization
        self.keys = keys
        self.mustOpen = mustOpen
        self.cache = cache
    }

    var count: Int { sets.count }

    /// Reads those that are not known yet.
    /// - Parameter opensUsers: whether anybody looks at the users: opening them takes longer than reading the
    ///   rest, and sets without show none.
    mutating func read(
        _ ids: some Sequence<Int64>, opensUsers: Bool = true, in transaction: PostgresTransaction
    ) async throws {
        let missing = Set(ids).filter { sets[$0] == nil }.sorted()
        guard !missing.isEmpty else { return }
        sets.reserveCapacity(sets.count + missing.count)
        var unknown = missing
        if let cache {
            unknown = []
            for (id, stored) in zip(missing, cache.known(missing, of: organization)) {
                if let stored {
                    sets[id] = opensUsers ? try opened(stored, id: id) : stored.dimensions
                } else {
                    unknown.append(id)
                }
            }
        }
        guard !unknown.isEmpty else { return }
        var read: [Int64: DimensionSetCache.Stored] = [:]
        let select = SelectDimensionSets(organization: organization, ids: unknown)
        for row in try await transaction.run(select) {
            let stored = DimensionSetCache.Stored(
                dimensions: SharedDimensions(row.dimensions), sealedUser: row.sealedUser)
            sets[row.id] = opensUsers ? try opened(stored, id: row.id) : stored.dimensions
            read[row.id] = stored
        }
        cache?.remember(read, of: organization)
    }

    private func opened(
        _ stored: DimensionSetCache.Stored, id: Int64
    ) throws -> SharedDimensions {
        guard !stored.sealedUser.isEmpty else { return stored.dimensions }
        var set = stored.dimensions.set
        try SealedUser.open(stored.sealedUser, into: &set, id: id, under: keys, mustOpen: mustOpen)
        return SharedDimensions(set)
    }

    /// - Throws: `DIMENSION_SET_LOST` where it was not read, or is not there.
    func set(_ id: Int64) throws(ServiceError) -> DimensionSet {
        try shared(id).set
    }

    /// - Throws: as `set`.
    func shared(_ id: Int64) throws(ServiceError) -> SharedDimensions {
        guard let set = sets[id] else { throw EntryWriter.lostDimensionSet }
        return set
    }

    mutating func forgetAll() {
        sets = [:]
    }
}
