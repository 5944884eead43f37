package import Core
package import Domain
package import Encryption
import Postgres

/// Provider keys at rest: sealed by the organization's data key, which the master key wraps, and
/// bound to the organization and the connection, so that a row moved elsewhere does not open.
package struct KeyVault: Sendable {
    private let cipher: EnvelopeCipher

    package init(cipher: EnvelopeCipher) {
        self.cipher = cipher
    }

    /// A provider's key as the database keeps it.
    package struct SealedKey: Sendable {
        package let sealed: [UInt8]
        /// Which of the organization's data keys sealed it.
        package let dataKeyVersion: Int32
        package let wrappedDataKey: [UInt8]
    }

    /// Seals a provider's key; makes the organization's data key where it has none yet.
    func seal(
        _ key: Secret<String>, organization: OrganizationID, connection: ConnectionID,
        in transaction: PostgresTransaction
    ) async throws -> (sealed: [UInt8], dataKeyVersion: Int32) {
        let stored = try await storedDataKey(organization, in: transaction)
        let dataKey = try cipher.unwrapDataKey(
            stored.wrapped, boundTo: Self.dataKeyBinding(organization, stored.version))
        let sealed = try dataKey.seal(
            Secret(Array(key.reveal().utf8)),
            boundTo: Self.connectionKeyBinding(organization, connection))
        return (sealed, stored.version)
    }

    /// The provider's key of a connection.
    package func open(
        _ key: SealedKey, organization: OrganizationID, connection: ConnectionID
    ) throws -> Secret<String> {
        let dataKey = try cipher.unwrapDataKey(
            key.wrappedDataKey, boundTo: Self.dataKeyBinding(organization, key.dataKeyVersion))
        let bytes = try dataKey.open(
            key.sealed, boundTo: Self.connectionKeyBinding(organization, connection))
        return Secret(String(decoding: bytes.reveal(), as: UTF8.self))
    }

    /// The newest data key. Two first connections at once: one insert wins, both read it.
    private func storedDataKey(
        _ organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws -> SelectDataKey.StoredKey {
        let select = SelectDataKey(organizationID: organization)
        if let stored = try await transaction.first(select) { return stored }
        let version: Int32 = 1
        let made = try cipher.makeDataKey(boundTo: Self.dataKeyBinding(organization, version))
        try await transaction.execute(
            InsertDataKey(organizationID: organization, version: version, wrapped: made.wrapped))
        guard let stored = try await transaction.first(select) else {
            throw ServiceError(
                .internal, "DATA_KEY_MISSING", "the organization's data key was not stored")
        }
        return stored
    }

    private static func dataKeyBinding(_ organization: OrganizationID, _ version: Int32) -> Binding
    {
        Binding(purpose: "organization-data-key", [organization.text, String(version)])
    }

    private static func connectionKeyBinding(
        _ organization: OrganizationID, _ connection: ConnectionID
    ) -> Binding {
        Binding(purpose: "connection-key", [organization.text, connection.text])
    }
}
