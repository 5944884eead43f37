import ConnectionService
import Core
import Domain
import Jobs
import Ledger
import Logging
import Postgres
import ServiceRuntime
import TenantService

/// Removes usage of one organization that is older than it wants it kept: its roll-ups, what people did with
/// coding tools, names that nothing shows any more, then its entries with the keys of their events and of the calls that
/// these told of, and what its connections had read, a batch a transaction, the oldest first.
///
/// What is gone is gone, so a worker that is killed goes on where it was. The database lets nothing go that
/// is to be kept. Which texts usage was broken down by stays, as do budgets, rules and closed months.
struct RemoveOrganizationUsageWorker: JobHandler {
    let database: WorkerDatabase
    let logger: Logger
    /// Is told of entries that are gone.
    var removed: @Sendable (Int) -> Void = { _ in }
    /// Rows of one transaction, which holds their locks.
    var batch = 5000
    /// Blocks of events of one transaction: up to 20,000 events with their keys.
    var blocks = 8
    /// Calls of one transaction, and as many of those who told of them: the organization's writers wait for it.
    var calls = 1000
    /// Batches of one run; then others that are due have their turn.
    var batchesMax = 200

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        let organization = try OrganizationID(
            job.arguments(RemoveOrganizationUsage.self).organization)
        let found = try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(job.lease, in: transaction)
            return try await transaction.first(SelectUsageKeptFrom(organization: organization))
        }
        // It wants more kept in the meantime, or is about to be erased.
        guard let before = found else { return .completed }
        var left = batchesMax
        var entries = 0
        defer { removed(entries) }
        // Roll-ups first: what reports say goes at once, not entry by entry.
        for part in [Part.rollups, .activity, .names, .events, .calls, .entries, .readings] {
            var count = 0
            repeat {
                if control.isStopping || left == 0 { return .interrupted }
                left -= 1
                count = try await database.transaction(for: organization) { transaction in
                    try await JobQueue.hold(job.lease, in: transaction)
                    let count = try await remove(part, of: organization, before, in: transaction)
                    try await JobQueue.getsOn(job.lease, in: transaction)
                    return count
                }
                if part.isOfEntries { entries += count }
            } while count > 0
        }
        try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(job.lease, in: transaction)
            try await transaction.execute(
                UpdateUsageRemovedBefore(organization: organization, before: before))
        }
        logger.notice(
            "old usage removed",
            metadata: [
                "organization": "\(organization)", "before": "\(before.rfc3339)",
                "entries": "\(entries)",
            ])
        return .completed
    }

    private enum Part {
        case rollups
        case activity
        case names
        case entries
        case events
        case calls
        case readings

        var isOfEntries: Bool { self == .entries || self == .events }
    }

    /// Removes a batch; answers with how many roll-ups, rows, entries or calls it had.
    private func remove(
        _ part: Part, of organization: OrganizationID, _ before: Instant,
        in transaction: PostgresTransaction
    ) async throws -> Int {
        // Neither roll-ups nor calls have users.
        let writer = EntryWriter(
            organization: organization, cache: LedgerCache(),
            keys: OrganizationKeys.notAskedFor(of: organization))
        switch part {
        case .rollups:
            return try await writer.removeRollups(before: before, limit: batch, in: transaction)
        case .activity:
            return try await transaction.first(
                RemoveCodingActivity(organization: organization, before: before, limit: batch))
                ?? 0
        case .names:
            return try await transaction.first(
                RemoveOldProviderObjectNames(
                    organization: organization, before: before, limit: batch)) ?? 0
        case .entries:
            return try await transaction.first(
                RemoveEntries(organization: organization, before: before, limit: batch)) ?? 0
        case .events:
            return try await transaction.first(
                RemoveEventBlocks(organization: organization, before: before, limit: blocks)) ?? 0
        case .readings:
            return try await transaction.first(
                RemoveConnectionReadings(organization: organization, before: before, limit: batch))
                ?? 0
        case .calls:
            return try await writer.removeCalls(before: before, limit: calls, in: transaction)
        }
    }
}
