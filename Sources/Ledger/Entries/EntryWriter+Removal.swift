package import Core
import Domain
package import Postgres

extension EntryWriter {
    /// Deletes some of the oldest roll-ups from before an instant, those of days and months too, and answers with
    /// how many of quarters of an hour and of months. Only workers may, and only what is not to be kept any more.
    ///
    /// The day of UTC that the instant cuts is summed anew from what is left of it, in the same
    /// transaction; of a day that goes whole, a roll-up goes with the first of its quarters of an hour. The month
    /// that it cuts goes with those before it: reports read its days.
    package func removeRollups(
        before: Instant, limit: Int, in transaction: PostgresTransaction
    ) async throws -> Int {
        let lock = LockLedgerClock(organization: organizationUUID)
        guard let clock = try await transaction.first(lock) else { return 0 }
        if clock.unmerged.commits > 0, let through = clock.lastRecordedAt {
            try await mergeRollups(through: through, in: transaction)
        }
        let remove = RemoveRollups(organization: organizationUUID, before: before, limit: limit)
        let removeMonths = RemoveRollupMonths(
            organization: organizationUUID, before: UTCMonth.ceiling(before), limit: limit)
        let months = try await transaction.first(removeMonths) ?? 0
        return try await months + (transaction.first(remove) ?? 0)
    }

    /// Deletes some of the oldest calls that events from before an instant told of, with who told of them, once their
    /// events are gone; answers with how many rows, none where nothing is left to go. Only workers may, and only what
    /// is not to be kept any more. The organization's writers wait meanwhile.
    package func removeCalls(
        before: Instant, limit: Int, in transaction: PostgresTransaction
    ) async throws -> Int {
        let lock = LockLedgerClock(organization: organizationUUID)
        guard try await transaction.first(lock) != nil else { return 0 }
        let remove = RemoveCalls(organization: organizationUUID, before: before, limit: limit)
        return try await transaction.first(remove) ?? 0
    }
}
