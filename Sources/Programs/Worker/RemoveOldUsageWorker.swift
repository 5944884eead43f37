import Jobs
import Ledger
import Logging
import Postgres
import TenantService

/// Makes a job for each organization that has usage older than it wants it kept, so that one whose
/// removal fails keeps no other waiting; then takes out months that nobody has usage in any more.
struct RemoveOldUsageWorker: JobHandler {
    let pool: PostgresPool
    let logger: Logger

    private static let interval = Duration.seconds(3600)
    /// Jobs made at once; the others come at the next look.
    private static let countMax = 1000
    /// Months taken out at once, each of which stops everybody for an instant.
    private static let monthsMax = 12

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        let options = TransactionOptions(role: "tally_worker", statementTimeout: .seconds(60))
        try await pool.transaction(options) { transaction in
            try await JobQueue.hold(job.lease, in: transaction)
            let due = try await transaction.run(
                SelectOrganizationsWithOldUsage(limit: Self.countMax))
            for organization in due {
                try await JobQueue.enqueue(
                    RemoveOrganizationUsage(organization), for: RemoveOrganizationUsage.owner,
                    in: transaction)
            }
        }
        for _ in 0..<Self.monthsMax {
            if control.isStopping { return .interrupted }
            guard try await dropMonth(options) else { break }
        }
        return .dueAgain(after: Self.interval)
    }

    /// - Returns: Whether there was one. Whoever is in the way keeps it until the next look.
    private func dropMonth(_ options: TransactionOptions) async throws -> Bool {
        do {
            let parts = try await pool.transaction(options) { transaction in
                try await transaction.first(DropEmptyUsageMonth()) ?? 0
            }
            if parts > 0 { logger.notice("empty month removed", metadata: ["parts": "\(parts)"]) }
            return parts > 0
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            return false
        }
    }
}
