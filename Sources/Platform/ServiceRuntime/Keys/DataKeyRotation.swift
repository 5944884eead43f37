import Core
import Domain
package import Encryption
package import Postgres

/// Wraps all data keys by the current master key, in place, while servers and workers run.
///
/// They need the current and the retired key meanwhile. Each page is a transaction, and a key that is
/// wrapped by the current one is left alone, so whoever is stopped begins again and loses nothing.
/// What the data keys sealed is not touched.
package struct DataKeyRotation: Sendable {
    private let pool: PostgresPool
    private let cipher: EnvelopeCipher
    private let pageSize: Int

    /// - Parameters:
    ///   - pool: of the keys' database; its login may take the role `tally_owner`.
    ///   - cipher: holds the current master key and those that are retired.
    package init(pool: PostgresPool, cipher: EnvelopeCipher, pageSize: Int = 500) {
        self.pool = pool
        self.cipher = cipher
        self.pageSize = pageSize
    }

    /// What was found.
    package struct Outcome: Sendable, Hashable {
        /// Keys that another master key had wrapped.
        package var rewrappedCount = 0
        /// Keys that the current one had wrapped already.
        package var currentCount = 0
    }

    /// - Throws: `MASTER_KEY_UNKNOWN` at the first key that none of the master keys opens; those
    ///   before it are wrapped by then.
    package func run() async throws -> Outcome {
        var outcome = Outcome()
        var after = (organization: PostgresUUID(high: 0, low: 0), version: Int32(0))
        while true {
            let position = after
            let page = try await pool.transaction(TransactionOptions(role: "tally_owner")) {
                transaction in
                try await rewrapPage(
                    after: position.organization, position.version, in: transaction)
            }
            outcome.rewrappedCount += page.rewrappedCount
            outcome.currentCount += page.currentCount
            guard let last = page.last else { return outcome }
            after = (last.organization, last.version)
        }
    }

    private struct Page: Sendable {
        var rewrappedCount = 0
        var currentCount = 0
        var last: StoredDataKey?
    }

    private func rewrapPage(
        after organization: PostgresUUID, _ version: Int32, in transaction: PostgresTransaction
    ) async throws -> Page {
        var page = Page()
        let keys = try await transaction.run(
            SelectWrappedKeys(after: organization, afterVersion: version, limit: pageSize))
        for key in keys {
            page.last = key
            guard let wrapped = try rewrapped(key) else {
                page.currentCount += 1
                continue
            }
            let update = UpdateWrappedKey(key: key, wrapped: wrapped)
            if try await transaction.first(update) != nil { page.rewrappedCount += 1 }
        }
        return page
    }

    private func rewrapped(_ key: StoredDataKey) throws(ServiceError) -> [UInt8]? {
        do {
            return try cipher.rewrapDataKey(
                key.wrapped, boundTo: DataKeyStore.binding(key.organization, key.version))
        } catch {
            throw ServiceError(
                .failedPrecondition, "MASTER_KEY_UNKNOWN",
                field: "TALLY_RETIRED_MASTER_KEY_FILES",
                "The data key of organization \(OrganizationID(key.organization).text) is wrapped by "
                    + "a master key that was not given. Name its file in "
                    + "TALLY_RETIRED_MASTER_KEY_FILES.", cause: error)
        }
    }
}
