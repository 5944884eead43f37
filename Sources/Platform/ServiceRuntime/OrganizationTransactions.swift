package import Postgres

/// Transactions of one organization that belong to no single call.
package struct OrganizationTransactions: Sendable {
    /// Nobody's deadline ends them, so this does.
    private static let statementTimeout: Duration = .seconds(60)

    private let organization: PostgresUUID
    private let pool: PostgresPool
    private let keys: DataKeyStore

    init(organization: PostgresUUID, pool: PostgresPool, keys: DataKeyStore) {
        self.organization = organization
        self.pool = pool
        self.keys = keys
    }

    /// As `Call.keysUnlessAway`: before a transaction.
    package func keysUnlessAway() async throws -> OrganizationKeys {
        try await keys.keysUnlessAway(of: organization, mustBeHeld: false)
    }

    /// As `Call.transaction`; leaves no row in the audit log.
    package func transaction<R: Sendable>(
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try await TransactionAttempts.run { _ in
            var options = TransactionOptions(role: "tally_service", organization: organization)
            options.statementTimeout = Self.statementTimeout
            return try await pool.transaction(options, body)
        }
    }
}

/// Tries a transaction again that lost against others (`40001`, `40P01`).
enum TransactionAttempts {
    private static let attemptsMax = 5

    /// - Parameter body: takes whether it was tried before.
    static func run<R: Sendable>(
        _ body: @Sendable (Bool) async throws -> R
    ) async throws -> R {
        var attempt = 1
        while true {
            do {
                return try await body(attempt > 1)
            } catch let error as PostgresError
                where error.sqlState.isTransient && attempt < attemptsMax
            {
                try Task.checkCancellation()
                attempt += 1
            }
        }
    }
}
