import Core
import Domain
package import Postgres

/// Where data keys are kept.
package protocol DataKeySource: Sendable {
    /// The organization's keys, the newest first; none where none was made.
    func keys(of organization: PostgresUUID) async throws -> [StoredDataKey]
    /// Keeps the first key, unless there is one or was one; returns what is kept.
    func keep(
        _ wrapped: [UInt8], of organization: PostgresUUID
    ) async throws -> [StoredDataKey]
    /// Overwrites the organization's keys for good; returns what is kept.
    func destroy(keysOf organization: PostgresUUID) async throws -> [StoredDataKey]
}

/// The keys' own database.
package struct PostgresDataKeySource: DataKeySource {
    /// Several callers may share a look, and none of them ends it, so the database does.
    private static let timeout = Duration.seconds(10)

    private let pool: PostgresPool
    private let role: String

    /// - Parameter role: One that the login may take: `tally_service`, `tally_worker` or
    ///   `tally_operator`.
    package init(pool: PostgresPool, role: String) {
        self.pool = pool
        self.role = role
    }

    package func keys(of organization: PostgresUUID) async throws -> [StoredDataKey] {
        try await transaction(of: organization, isReadOnly: true) { _ in }
    }

    package func keep(
        _ wrapped: [UInt8], of organization: PostgresUUID
    ) async throws -> [StoredDataKey] {
        try await transaction(of: organization) { transaction in
            try await transaction.execute(
                InsertFirstDataKey(organization: organization, wrapped: wrapped))
        }
    }

    package func destroy(keysOf organization: PostgresUUID) async throws -> [StoredDataKey] {
        try await transaction(of: organization) { transaction in
            try await transaction.execute(InsertDestroyedDataKey(organization: organization))
            try await transaction.execute(DestroyDataKeys(organization: organization))
        }
    }

    /// What is kept of an organization after `change`.
    /// - Throws: `KEYS_DATABASE_UNAVAILABLE`.
    private func transaction(
        of organization: PostgresUUID, isReadOnly: Bool = false,
        _ change: @Sendable (PostgresTransaction) async throws -> Void
    ) async throws -> [StoredDataKey] {
        let options = TransactionOptions(
            role: role, organization: organization, isReadOnly: isReadOnly,
            statementTimeout: Self.timeout)
        do {
            return try await pool.transaction(options) { transaction in
                try await change(transaction)
                // Whatever the database answers, a key of others is no key of this one.
                return try await transaction.run(SelectDataKeys(organization: organization))
                    .filter { $0.organization == organization }
            }
        } catch let error as PostgresError where error.sqlState.isUnavailable {
            throw ServiceError(
                .unavailable, "KEYS_DATABASE_UNAVAILABLE",
                "The database of data keys cannot be reached at the moment. Try again.",
                retryAfter: .seconds(1), cause: error)
        }
    }
}

/// What programs have that keep nothing sealed, such as a benchmark.
struct NoDataKeySource: DataKeySource {
    func keys(of organization: PostgresUUID) async throws -> [StoredDataKey] {
        throw missing
    }

    func keep(
        _ wrapped: [UInt8], of organization: PostgresUUID
    ) async throws -> [StoredDataKey] {
        throw missing
    }

    func destroy(keysOf organization: PostgresUUID) async throws -> [StoredDataKey] {
        throw missing
    }

    private var missing: ServiceError {
        ServiceError(
            .failedPrecondition, "KEYS_DATABASE_MISSING",
            "This program was given no database of data keys.")
    }
}
