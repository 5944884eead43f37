import Jobs
import Postgres
import ServiceRuntime

/// Deletes recorded calls whose time is over, a batch a transaction, once an hour.
struct DeleteExpiredCallsWorker: JobHandler {
    let pool: PostgresPool

    /// Rows of one transaction, which holds their locks.
    var batch = 1000
    private static let interval = Duration.seconds(3600)

    init(pool: PostgresPool) {
        self.pool = pool
    }

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        let options = TransactionOptions(role: "tally_worker", statementTimeout: .seconds(60))
        let batch = batch
        var deleted = batch
        while deleted == batch {
            if control.isStopping { return .interrupted }
            deleted = try await pool.transaction(options) { transaction in
                try await transaction.execute(DeleteExpiredCallRows(limit: batch))
            }
        }
        return .dueAgain(after: Self.interval)
    }
}
