import IngestionService
import Jobs
import Postgres

/// Makes a job for each organization whose unpriced events were not looked at with the newest prices, so
/// that one whose look fails keeps no other waiting.
struct FillInPricesWorker: JobHandler {
    let pool: PostgresPool

    private static let interval = Duration.seconds(60)
    /// Jobs made at once; the others come at the next look.
    private static let countMax = 1000

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        let options = TransactionOptions(role: "tally_worker", statementTimeout: .seconds(60))
        try await pool.transaction(options) { transaction in
            try await JobQueue.hold(job.lease, in: transaction)
            let due = try await transaction.run(
                SelectOrganizationsWithLatePrices(limit: Self.countMax))
            for organization in due {
                try await JobQueue.enqueue(
                    FillInOrganizationPrices(), for: organization, in: transaction)
            }
        }
        return .dueAgain(after: Self.interval)
    }
}
