import IngestionService
import Jobs
import Postgres

/// Makes a job for each organization whose roll-ups were not compared with their entries for a day, so that one
/// whose look fails keeps no other waiting.
struct VerifyRollupsWorker: JobHandler {
    let pool: PostgresPool

    private static let interval = Duration.seconds(3600)
    /// Jobs made at once; the others come at the next look.
    private static let countMax = 1000

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        let options = TransactionOptions(role: "tally_worker", statementTimeout: .seconds(60))
        try await pool.transaction(options) { transaction in
            try await JobQueue.hold(job.lease, in: transaction)
            let due = try await transaction.run(
                SelectOrganizationsToVerify(limit: Self.countMax))
            for organization in due {
                try await JobQueue.enqueue(
                    VerifyOrganizationRollups(), for: organization, in: transaction)
            }
        }
        return .dueAgain(after: Self.interval)
    }
}
