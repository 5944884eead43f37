package import Core
package import Domain
import Jobs
package import Postgres
package import ServiceRuntime

/// What the pulls of a connection share with all others of the same provider account.
///
/// An account whose id is known has one key, whoever connects it: the provider counts their requests together.
/// The hash tells nobody which account it is, or who else reads it. Else, also where it is known of a key before only, the same key of the provider is
/// the same account, as far as the organization's own hash of it tells; those of two organizations never meet.
package struct SelectAccountLimitKey: PostgresStatement {
    package static let sql =
        "SELECT \(key(of: "c")) FROM connections AS c WHERE org_id = $1 AND id = $2"

    /// The key of a connection.
    /// - Parameter table: as the statement calls it.
    static func key(of table: String) -> String {
        """
        CASE WHEN \(table).account_id IS NOT NULL AND NOT \(table).account_is_former
                THEN \(key(ofProvider: "\(table).provider", account: "\(table).account_id"))
            WHEN \(table).key_index IS NOT NULL THEN 'key/' || encode(\(table).key_index, 'hex')
            ELSE \(table).id::text END
        """
    }

    package let organizationID: OrganizationID
    package let connectionID: ConnectionID

    package init(organizationID: OrganizationID, connectionID: ConnectionID) {
        self.organizationID = organizationID
        self.connectionID = connectionID
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }

    package static func decode(_ row: PostgresRow) throws -> String { try row.string(0) }

    /// The key of an account that is known.
    fileprivate static func key(ofProvider provider: String, account: String) -> String {
        "'account/' || encode(sha256(convert_to(\(provider) || '/' || \(account), 'UTF8')), 'hex')"
    }
}

/// What pulls of an account share whose id is known.
private struct KeyOfAccount: PostgresStatement {
    static let sql =
        "SELECT \(SelectAccountLimitKey.key(ofProvider: "$1::text", account: "$2::text"))"

    let provider: ConnectedProvider
    let account: ProviderAccount

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(provider.rawValue)
        bindings.append(account.id)
    }

    static func decode(_ row: PostgresRow) throws -> String { try row.string(0) }
}

extension PullConnection {
    /// Lets pulls of a connection, and its back-fills, be limited together with all others of its account.
    /// Call it where jobs were added, or the account may be another than before; jobs are locked, so before other
    /// rows.
    package static func shareLimit(
        of connectionID: ConnectionID, for organizationID: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws {
        let select = SelectAccountLimitKey(
            organizationID: organizationID, connectionID: connectionID)
        guard let key = try await transaction.first(select) else { return }
        try await JobQueue.share(
            key, amongJobsWhose: "connection", is: connectionID.text, for: organizationID,
            in: transaction)
    }
}

/// Stores whose account a connection reads, which was not known, or known of a key before; nothing where its key is
/// another one by now, or its account is known.
package struct LearnAccount: PostgresStatement {
    package static let sql = """
        UPDATE connections
        SET account_id = $4, account_name = '', sealed_account_name = $5, account_is_former = false
        WHERE org_id = $1 AND id = $2 AND key_index = $3 AND \(isOpen(of: "connections"))
        RETURNING id
        """

    /// Whether the account is not known, or was known of a key before already: what is remembered of those says so.
    static func isOpen(of table: String) -> String {
        """
        (\(table).account_id IS NULL
            OR 'account/' || \(table).account_id = ANY(\(table).former_identities))
        """
    }

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let provider: ConnectedProvider
    /// Of the key that the account was told for.
    let keyIndex: [UInt8]
    let account: ProviderAccount
    let sealedAccountName: [UInt8]

    /// - Parameter keys: the organization's, to seal with.
    package init(
        organizationID: OrganizationID, connectionID: ConnectionID, provider: ConnectedProvider,
        keyIndex: [UInt8], account: ProviderAccount, keys: OrganizationKeys
    ) throws {
        sealedAccountName = try keys.seal(
            accountName: account.name, connection: connectionID.text)
        self.organizationID = organizationID
        self.connectionID = connectionID
        self.provider = provider
        self.keyIndex = keyIndex
        self.account = account
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(keyIndex)
        bindings.append(account.id)
        bindings.append(sealedAccountName)
    }

    package static func decode(_ row: PostgresRow) throws -> ConnectionID {
        ConnectionID(try row.uuid(0))
    }

    /// Stores it, and lets the connection's pulls be limited together with all others of the account.
    package func store(in transaction: PostgresTransaction, now: Instant) async throws {
        guard
            let key = try await transaction.first(
                KeyOfAccount(provider: provider, account: account))
        else { return }
        // Jobs before the connection, as whoever changes it locks them.
        try await JobQueue.share(
            key, amongJobsWhose: "connection", is: connectionID.text, for: organizationID,
            in: transaction)
        guard try await transaction.first(self) == nil else {
            return try await RememberReading.of(
                connectionID, organizationID, in: transaction, now: now)
        }
        try await PullConnection.shareLimit(
            of: connectionID, for: organizationID, in: transaction)
    }
}
