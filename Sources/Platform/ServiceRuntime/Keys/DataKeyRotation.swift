package import Domain
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
        /// Keys that were left as they are.
        package var unopened: [Unopened] = []
    }

    /// A key that does not open.
    package struct Unopened: Sendable, Hashable {
        package enum Reason: String, Sendable {
            /// Another master key wrapped it than those that were given.
            case masterKeyUnknown = "MASTER_KEY_UNKNOWN"
            /// It was changed, or put in the place of another.
            case damaged = "DATA_KEY_DAMAGED"
        }

        package let organization: OrganizationID
        package let version: Int
        package let reason: Reason
    }

    /// Goes through all keys; one that does not open is named in the outcome, and stops nothing.
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
            outcome.rewrappedCount += page.outcome.rewrappedCount
            outcome.currentCount += page.outcome.currentCount
            outcome.unopened += page.outcome.unopened
            guard let last = page.last else { return outcome }
            after = (last.organization, last.version)
        }
    }

    private struct Page: Sendable {
        var outcome = Outcome()
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
            switch try rewrapped(key) {
            case .current: page.outcome.currentCount += 1
            case .unopened(let reason):
                page.outcome.unopened.append(
                    Unopened(
                        organization: OrganizationID(key.organization), version: Int(key.version),
                        reason: reason))
            case .anew(let wrapped):
                let update = UpdateWrappedKey(key: key, wrapped: wrapped)
                if try await transaction.first(update) != nil { page.outcome.rewrappedCount += 1 }
            }
        }
        return page
    }

    private enum Step {
        case current
        case anew([UInt8])
        case unopened(Unopened.Reason)
    }

    private func rewrapped(_ key: StoredDataKey) throws(EncryptionError) -> Step {
        let binding = DataKeyStore.binding(key.organization, key.version)
        do {
            if let wrapped = try cipher.rewrapDataKey(key.wrapped, boundTo: binding) {
                return .anew(wrapped)
            }
            _ = try cipher.unwrapDataKey(key.wrapped, boundTo: binding)
            return .current
        } catch {
            switch error {
            case .unknownKey: return .unopened(.masterKeyUnknown)
            case .notAuthentic, .malformedBlob, .plaintextTooLong: return .unopened(.damaged)
            case .libraryFailure: throw error
            }
        }
    }
}
