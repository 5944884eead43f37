import Jobs
import Postgres
import TenantService

/// Makes a job for each organization whose grace period is over, so that one whose erasure fails keeps
/// no other waiting.
struct EraseOrganizationsWorker: JobHandler {
    let pool: PostgresPool

    private static let interval = Duration.seconds(60)
    /// Jobs made at once; the others come at the next look.
    private static let countMax = 1000

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        let options = TransactionOptions(role: "tally_worker", statementTimeout: .seconds(60))
        try await pool.transaction(options) { transaction in
            try await JobQueue.hold(job.lease, in: transaction)
            let due = try await transaction.run(SelectOrganizationsToErase(limit: Self.countMax))
            for organization in due {
                try await JobQueue.enqueue(
                    EraseOrganization(organization), for: EraseOrganization.owner, in: transaction)
            }
        }
        return .dueAgain(after: Self.interval)
    }
}
