package import Core
import Domain
package import Postgres

extension EntryWriter {
    /// Deletes some of the oldest roll-ups from before an instant, those of days too, and answers with how
    /// many of quarters of an hour. Only workers may, and only what is not to be kept any more.
    ///
    /// The day of UTC that the instant cuts is summed anew from what is left of it, in the same
    /// transaction; of a day that goes whole, a roll-up goes with the first of its quarters of an hour.
    package func removeRollups(
        before: Instant, limit: Int, in transaction: PostgresTransaction
    ) async throws -> Int {
        let lock = LockLedgerClock(organization: organizationUUID)
        guard let clock = try await transaction.first(lock) else { return 0 }
        if clock.unmerged.commits > 0, let through = clock.lastRecordedAt {
            try await mergeRollups(through: through, in: transaction)
        }
        let remove = RemoveRollups(organization: organizationUUID, before: before, limit: limit)
        return try await transaction.first(remove) ?? 0
    }
}
