package import Core
package import Domain
package import Postgres
import Synchronization

/// What one process remembers of the ledger between batches. Only what is committed enters it.
package final class LedgerCache: Sendable {
    private struct Key: Hashable {
        let organization: OrganizationID
        let dimensions: DimensionSet
    }

    /// Dimensions as events share them, told apart by the object: hashing a set's twenty texts would take
    /// longer than all else that is done for its number.
    struct SharedKey: Hashable, Sendable {
        let organization: OrganizationID
        let dimensions: SharedDimensions
        /// Of the event's price.
        let contextTier: String

        static func == (left: SharedKey, right: SharedKey) -> Bool {
            left.dimensions === right.dimensions && left.organization == right.organization
                && left.contextTier.hasSameBytes(as: right.contextTier)
        }

        /// What the same object has besides is few.
        func hash(into hasher: inout Hasher) {
            hasher.combine(ObjectIdentifier(dimensions))
        }
    }

    /// Numbers that a batch used and that were not known here.
    package struct NewNumbers: Sendable {
        var sets: [DimensionSet: Int64] = [:]
        var shared: [SharedKey: Int64] = [:]
    }

    private struct State {
        var dimensionSets: [Key: Int64] = [:]
        var shared: [SharedKey: Int64] = [:]
        /// Months whose partitions are known to exist, counted from year 0.
        var months: Set<Int> = []
        /// Of organizations that brought events which were recorded before, how many large batches are to bring none
        /// until the next is hoped to bring none either.
        var repeats: [OrganizationID: Int] = [:]
    }

    private let state = Mutex(State())
    private let dimensionSetsMax: Int

    /// - Parameter dimensionSetsMax: beyond so many, all are forgotten and asked for again.
    package init(dimensionSetsMax: Int = 200_000) {
        self.dimensionSetsMax = dimensionSetsMax
    }

    /// Remembers the numbers of a batch of events, once it is committed.
    package func committed(_ numbers: NewNumbers, organization: OrganizationID) {
        guard !numbers.shared.isEmpty else { return }
        committed(numbers.sets, organization: organization)
        state.withLock { state in
            if state.shared.count + numbers.shared.count > dimensionSetsMax {
                state.shared.removeAll()
            }
            state.shared.merge(numbers.shared) { $1 }
        }
    }

    /// Remembers the numbers that a batch used, once it is committed.
    package func committed(_ sets: [DimensionSet: Int64], organization: OrganizationID) {
        state.withLock { state in
            if state.dimensionSets.count + sets.count > dimensionSetsMax {
                state.dimensionSets.removeAll()
            }
            for (dimensions, id) in sets {
                state.dimensionSets[Key(organization: organization, dimensions: dimensions)] = id
            }
        }
    }

    /// After one that brought what was recorded before, so many large batches of an organization are looked at key by
    /// key: of each that is hoped to bring nothing such and does, the database's work so far is lost.
    private static let carefulBatchCount = 16

    /// Whether an organization's next large batch may be hoped to bring nothing that was recorded before. No more
    /// than a hint, and so kept whether or not a batch is committed.
    func repeatsAreRare(of organization: OrganizationID) -> Bool {
        state.withLock { $0.repeats[organization] == nil }
    }

    /// A large batch that was looked at key by key brought something that was recorded before, or nothing.
    func broughtRepeats(_ areThere: Bool, by organization: OrganizationID) {
        state.withLock { state in
            if areThere {
                // As many as that bring some at a time are few; beyond, some are forgotten, and hoped for anew.
                if state.repeats.count >= Self.repeatingOrganizationsMax { state.repeats = [:] }
                state.repeats[organization] = Self.carefulBatchCount
            } else if let left = state.repeats[organization] {
                state.repeats[organization] = left > 1 ? left - 1 : nil
            }
        }
    }

    private static let repeatingOrganizationsMax = 10_000

    /// For tests.
    func forgetRepeats() {
        state.withLock { $0.repeats = [:] }
    }

    /// The number of each, nil where it is not known by its object.
    func known(_ keys: [SharedKey]) -> [Int64?] {
        state.withLock { state in keys.map { state.shared[$0] } }
    }

    func known(
        _ sets: Set<DimensionSet>, organization: OrganizationID
    ) -> [DimensionSet: Int64] {
        state.withLock { state in
            var found: [DimensionSet: Int64] = [:]
            for dimensions in sets {
                let key = Key(organization: organization, dimensions: dimensions)
                if let id = state.dimensionSets[key] { found[dimensions] = id }
            }
            return found
        }
    }

    /// Makes sure that the months of the times have partitions: to be called before the
    /// transaction that writes entries, with a transaction of its own for `transaction`.
    package func prepareMonths(
        of times: [Instant],
        transaction: (@escaping @Sendable (PostgresTransaction) async throws -> Void) async throws
            -> Void
    ) async throws {
        var missing: [Int: Instant] = [:]
        var day: Int64?
        for time in times {
            // Neighbours are mostly of one day, and no month begins within one.
            let next = UTCDay.number(of: time)
            guard next != day else { continue }
            day = next
            missing[UTCMonth.number(of: time)] = time
        }
        state.withLock { state in
            for month in state.months { missing[month] = nil }
        }
        guard let first = missing.values.min(), let last = missing.values.max() else { return }
        let statement = EnsureUsageMonths(from: first, through: last)
        try await transaction { try await $0.execute(statement) }
        let months = UTCMonth.number(of: first)...UTCMonth.number(of: last)
        state.withLock { $0.months.formUnion(months) }
    }
}
