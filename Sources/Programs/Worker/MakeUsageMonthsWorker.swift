import Jobs
import Ledger
import Postgres

/// Makes the months of usage before they begin, so that no writer waits for them. What is there stays as it is,
/// and making one stops nobody.
struct MakeUsageMonthsWorker: JobHandler {
    let pool: PostgresPool

    /// Far less than what it makes ahead: a look that fails, or a worker that is away for weeks, costs nothing.
    private static let interval = Duration.seconds(6 * 3600)

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        let options = TransactionOptions(role: "tally_worker", statementTimeout: .seconds(60))
        try await pool.transaction(options) { transaction in
            try await JobQueue.hold(job.lease, in: transaction)
            try await transaction.execute(EnsureUsageMonthsAhead())
        }
        return .dueAgain(after: Self.interval)
    }
}
