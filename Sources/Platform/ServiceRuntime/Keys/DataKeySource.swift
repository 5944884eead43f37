import Core
import Domain
package import Postgres
import Synchronization

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

/// The keys' own database, and what the main one remembers of keys that were destroyed.
///
/// A key is made or ended only in the keys' database of the main one's installation.
package final class PostgresDataKeySource: DataKeySource {
    /// Several callers may share a look, and none of them ends it, so the database does.
    private static let timeout = Duration.seconds(10)
    /// Who makes organizations makes their keys.
    private static let makerRole = "tally_operator"
    /// Who erases organizations destroys their keys.
    private static let destroyerRole = "tally_worker"

    private let pool: PostgresPool
    private let mainPool: PostgresPool
    private let role: String
    /// The number of the main database's installation, which never changes.
    private let installation = Mutex<PostgresUUID?>(nil)

    /// - Parameters:
    ///   - pool: of the keys' database.
    ///   - mainPool: of the main one.
    ///   - role: what keys are read as; one that the login may take: `tally_service`,
    ///     `tally_worker` or `tally_operator`.
    package init(pool: PostgresPool, mainPool: PostgresPool, role: String) {
        self.pool = pool
        self.mainPool = mainPool
        self.role = role
    }

    /// A key that was destroyed stays so, whatever a restored keys' database has of it.
    package func keys(of organization: PostgresUUID) async throws -> [StoredDataKey] {
        let destroyed = try await mainTransaction(of: organization, as: role) { transaction in
            // Who makes a key later may have no connection to spare for it.
            _ = try await mainNumber(in: transaction)
            return try await transaction.first(SelectKeyDestruction(organization: organization))
        }
        if let destroyed { return [destroyed] }
        return try await transaction(of: organization, as: role, isReadOnly: true) { _ in }
    }

    package func keep(
        _ wrapped: [UInt8], of organization: PostgresUUID
    ) async throws -> [StoredDataKey] {
        var number = installation.withLock { $0 }
        if number == nil {
            number = try await mainTransaction(of: organization, as: Self.makerRole) {
                try await mainNumber(in: $0)
            }
        }
        let expected = number
        return try await transaction(of: organization, as: Self.makerRole) { transaction in
            try await Self.mustBelong(to: expected, transaction)
            try await transaction.execute(
                InsertFirstDataKey(organization: organization, wrapped: wrapped))
        }
    }

    /// First it is remembered, so that a key which comes back is never opened.
    package func destroy(keysOf organization: PostgresUUID) async throws -> [StoredDataKey] {
        let number = try await mainTransaction(of: organization, as: Self.destroyerRole) {
            try await mainNumber(in: $0)
        }
        // Nothing is remembered that cannot be done.
        _ = try await transaction(of: organization, as: Self.destroyerRole, isReadOnly: true) {
            try await Self.mustBelong(to: number, $0)
        }
        try await mainTransaction(of: organization, as: Self.destroyerRole) { transaction in
            _ = try await transaction.execute(InsertKeyDestruction(organization: organization))
        }
        return try await transaction(of: organization, as: Self.destroyerRole) { transaction in
            try await Self.mustBelong(to: number, transaction)
            try await transaction.execute(InsertDestroyedDataKey(organization: organization))
            try await transaction.execute(DestroyDataKeys(organization: organization))
        }
    }

    private func mainNumber(in transaction: PostgresTransaction) async throws -> PostgresUUID? {
        if let known = installation.withLock({ $0 }) { return known }
        let found = try await transaction.first(SelectInstallation())
        installation.withLock { $0 = found }
        return found
    }

    /// - Throws: `KEYS_DATABASE_OF_ANOTHER_INSTALLATION`.
    private static func mustBelong(
        to number: PostgresUUID?, _ transaction: PostgresTransaction
    ) async throws {
        guard try await transaction.first(SelectInstallation()) == number else {
            throw Installation.ofAnother
        }
    }

    private func mainTransaction<R: Sendable>(
        of organization: PostgresUUID, as role: String,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let options = TransactionOptions(
            role: role, organization: organization, statementTimeout: Self.timeout)
        return try await mainPool.transaction(options, body)
    }

    /// What is kept of an organization after `change`.
    /// - Throws: `KEYS_DATABASE_UNAVAILABLE`.
    private func transaction(
        of organization: PostgresUUID, as role: String, isReadOnly: Bool = false,
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
            throw DataKeyStore.unavailable(error)
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
