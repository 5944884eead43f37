import Domain
import Postgres
import Synchronization

/// What reports have read of dimension sets, for those that follow: a set never changes once it is committed, but for
/// one whose user is yet to be sealed, which is not kept.
package final class DimensionSetCache: Sendable {
    struct Stored: Sendable {
        /// Without the user.
        let dimensions: SharedDimensions
        /// For `SealedUser`: a user is opened for each report, since its key can be destroyed.
        let sealedUser: [UInt8]

        /// What it takes of memory, about: texts, and what keeps each of some twenty.
        fileprivate var bytes: Int { 1_024 + dimensions.set.textByteCount + sealedUser.count }
    }

    /// Of one organization, so that reports of others wait for nothing but to find theirs.
    private final class Kept: Sendable {
        let sets = Mutex<[Int64: Stored]>([:])
    }

    private struct Entry {
        let kept: Kept
        var bytes = 0
        /// Of `State.useCount`, when a report last looked.
        var lastUse: Int
    }

    private struct State {
        var organizations: [PostgresUUID: Entry] = [:]
        var bytes = 0
        var useCount = 0

        mutating func forget(
            downTo bytesMax: Int, butFor organization: PostgresUUID
        ) -> [Kept] {
            guard bytes > bytesMax else { return [] }
            var forgotten: [Kept] = []
            for (other, entry) in organizations.sorted(by: { $0.value.lastUse < $1.value.lastUse })
            where bytes > bytesMax && other != organization {
                organizations[other] = nil
                bytes -= entry.bytes
                forgotten.append(entry.kept)
            }
            return forgotten
        }
    }

    private let state = Mutex(State())
    private let bytesMax: Int

    /// - Parameter bytesMax: of memory, about; 0 keeps none. Where there is no room, the organizations whose reports
    ///   were read longest ago are forgotten, and of one that has more than all of it the rest is read each time.
    package init(bytesMax: Int = 64 << 20) {
        self.bytesMax = bytesMax
    }

    /// What is known of each.
    func known(_ ids: [Int64], of organization: PostgresUUID) -> [Stored?] {
        let kept = state.withLock { state -> Kept? in
            guard let entry = state.organizations[organization] else { return nil }
            state.useCount += 1
            state.organizations[organization]?.lastUse = state.useCount
            return entry.kept
        }
        guard let sets = kept?.sets.withLock({ $0 }) else { return ids.map { _ in nil } }
        return ids.map { sets[$0] }
    }

    /// - Parameter read: what a transaction read that stored none of it.
    func remember(_ read: [Int64: Stored], of organization: PostgresUUID) {
        let own = state.withLock { $0.organizations[organization]?.bytes ?? 0 }
        var added: [Int64: Stored] = [:]
        var bytes = 0
        for (id, stored) in read where stored.dimensions.set.user.isEmpty {
            let needed = stored.bytes
            guard own + bytes + needed <= bytesMax else { break }
            added[id] = stored
            bytes += needed
        }
        guard !added.isEmpty else { return }
        // What is forgotten is freed behind the lock.
        let (kept, _) = state.withLock { state -> (Kept, [Kept]) in
            state.useCount += 1
            var entry =
                state.organizations[organization] ?? Entry(kept: Kept(), lastUse: state.useCount)
            entry.lastUse = state.useCount
            // Where two reports have read the same, what it takes is counted twice, until the organization is forgotten.
            entry.bytes += bytes
            state.bytes += bytes
            state.organizations[organization] = entry
            return (entry.kept, state.forget(downTo: bytesMax, butFor: organization))
        }
        kept.sets.withLock { $0.merge(added) { $1 } }
    }
}
