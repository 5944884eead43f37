import Core
import Domain
import Ledger
import ServiceRuntime
import Synchronization

/// Has roll-ups merged that reports would add up again and again.
///
/// Writers merge once 32,768 have come together; an organization that then rests would have each of its reports
/// add up as many. So a report that had to add up many has them merged once it is read: by a transaction of its
/// own, for which no caller waits, and at most once a minute for an organization, since its writers wait for it.
final class RollupMerges: Sendable {
    /// Merging as many takes about 15 ms.
    static let unmergedMin = 4_096
    private static let pauseSeconds: Int64 = 60
    /// Beyond so many organizations, all are forgotten.
    private static let organizationsMax = 10_000

    private let unmergedMin: Int
    private let lastMerges = Mutex<[OrganizationID: Instant]>([:])

    init(unmergedMin: Int = unmergedMin) {
        self.unmergedMin = unmergedMin
    }

    /// - Parameter unmerged: what the report had to add up.
    func reportWasRead(
        of organization: OrganizationID, unmerged: Int, now: Instant,
        in transactions: OrganizationTransactions
    ) {
        guard unmerged >= unmergedMin, begins(for: organization, now: now) else { return }
        let (ledger, countMin) = (LedgerCache(), unmergedMin)
        let writer = EntryWriter(
            organization: organization, cache: ledger,
            keys: OrganizationKeys.notAskedFor(of: organization))
        Task {
            // What fails is tried again after a later report; figures are right either way.
            try? await transactions.transaction {
                try await writer.mergeRollups(whereUnmerged: countMin, in: $0)
            }
        }
    }

    private func begins(for organization: OrganizationID, now: Instant) -> Bool {
        lastMerges.withLock { merges in
            if let last = merges[organization],
                abs(now.microseconds - last.microseconds) < Self.pauseSeconds * 1_000_000
            {
                return false
            }
            if merges.count >= Self.organizationsMax { merges.removeAll() }
            merges[organization] = now
            return true
        }
    }
}
