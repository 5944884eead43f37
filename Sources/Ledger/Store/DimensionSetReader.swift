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
    private var sets: [Int64: DimensionSet] = [:]

    init(of organization: PostgresUUID, under keys: any PersonalFieldKeys, mustOpen: Bool) {
        self.organization = organization
        self.keys = keys
        self.mustOpen = mustOpen
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
        let select = SelectDimensionSets(organization: organization, ids: missing)
        for row in try await transaction.run(select) {
            var set = row.dimensions
            if opensUsers {
                try SealedUser.open(
                    row.sealedUser, into: &set, id: row.id, under: keys, mustOpen: mustOpen)
            }
            sets[row.id] = set
        }
    }

    /// - Throws: `DIMENSION_SET_LOST` where it was not read, or is not there.
    func set(_ id: Int64) throws(ServiceError) -> DimensionSet {
        guard let set = sets[id] else { throw EntryWriter.lostDimensionSet }
        return set
    }

    mutating func forgetAll() {
        sets = [:]
    }
}
