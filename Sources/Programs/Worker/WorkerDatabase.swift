import Domain
import Postgres

/// The worker's way to the database: one role, one organization a transaction.
struct WorkerDatabase: Sendable {
    private let pool: PostgresPool
    /// Attempts at a transaction that keeps losing against others.
    private static let attemptsMax = 5

    init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Committed when `body` returns. It runs again where it lost against others (`40001`,
    /// `40P01`), so it does database work only.
    func transaction<R: Sendable>(
        for organization: OrganizationID,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let options = TransactionOptions(
            role: "tally_worker",
            organization: PostgresUUID(
                high: organization.uuid.bytes.high, low: organization.uuid.bytes.low),
            statementTimeout: .seconds(60))
        var attempt = 1
        while true {
            do {
                return try await pool.transaction(options, body)
            } catch let error as PostgresError
                where error.sqlState.isTransient && attempt < Self.attemptsMax
            {
                try Task.checkCancellation()
                attempt += 1
            }
        }
    }
}
