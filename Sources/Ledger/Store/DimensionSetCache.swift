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
        fileprivate var bytes: Int {
            var text: [UInt8] = []
            dimensions.set.appendCanonicalText(to: &text)
            return 1_024 + text.count + 64 * dimensions.set.tags.count + sealedUser.count
        }
    }

    private struct State {
        var sets: [PostgresUUID: [Int64: Stored]] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())
    private let bytesMax: Int

    /// - Parameter bytesMax: of memory, about; beyond, all are forgotten and read again.
    package init(bytesMax: Int = 64 << 20) {
        self.bytesMax = bytesMax
    }

    /// What is known of each.
    func known(_ ids: [Int64], of organization: PostgresUUID) -> [Stored?] {
        state.withLock { state in
            guard let sets = state.sets[organization] else { return ids.map { _ in nil } }
            return ids.map { sets[$0] }
        }
    }

    /// - Parameter read: what a transaction read that stored none of it.
    func remember(_ read: [Int64: Stored], of organization: PostgresUUID) {
        let kept = read.filter { $0.value.dimensions.set.user.isEmpty }
        let bytes = kept.values.reduce(0) { $0 + $1.bytes }
        guard !kept.isEmpty, bytes <= bytesMax else { return }
        state.withLock { state in
            if state.bytes + bytes > bytesMax { state = State() }
            // Two reports may have read the same: what it takes is counted twice then, until all is forgotten.
            state.sets[organization, default: [:]].merge(kept) { $1 }
            state.bytes += bytes
        }
    }
}
