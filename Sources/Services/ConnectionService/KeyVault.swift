package import Core
package import Domain
import Encryption
package import ServiceRuntime

/// Provider keys at rest: sealed by the organization's data key and bound to the organization, the connection
/// and their number among its keys, so that neither a row moved elsewhere nor an old key put back opens.
///
/// What is sealed knows nothing of what came after it: an old key that is put back together with its old number
/// opens. The database's guard takes no number back; who writes past its triggers, as a superuser may, is
/// stopped by nothing here. Revoke a key at its provider that somebody else may have.
package enum KeyVault {
    /// The version of a connection's first key; each other one has the next.
    package static let firstVersion: Int64 = 1

    /// The stored form of a provider's key.
    static func seal(
        _ key: Secret<String>, of connection: ConnectionID, version: Int64,
        with keys: OrganizationKeys
    ) throws -> SealedKey {
        SealedKey(
            bytes: try keys.seal(
                Secret(Array(key.reveal().utf8)), in: place(connection, version)),
            version: version)
    }

    /// The same key in the stored form of now; nil where it has that, or was deleted.
    package static func sealedAnew(
        _ sealed: SealedKey, of connection: ConnectionID, with keys: OrganizationKeys
    ) throws -> SealedKey? {
        guard sealed.version < firstVersion, !sealed.bytes.isEmpty else { return nil }
        return try seal(
            open(sealed, of: connection, with: keys), of: connection, version: firstVersion,
            with: keys)
    }

    /// The provider's key of a stored form.
    /// - Throws: as `OrganizationKeys.open`.
    package static func open(
        _ sealed: SealedKey, of connection: ConnectionID, with keys: OrganizationKeys
    ) throws -> Secret<String> {
        let bytes = try keys.open(sealed.bytes, in: place(connection, sealed.version))
        return Secret(String(decoding: bytes.reveal(), as: UTF8.self))
    }

    /// Tells keys of the organization apart, and nothing of them to who lacks its own key.
    package static func index(of key: Secret<String>, with keys: OrganizationKeys) throws -> [UInt8]
    {
        try keys.blindIndex(of: key.reveal(), in: Binding(purpose: "connections.key", []))
    }

    /// Keys from before versions were bound have none.
    private static func place(_ connection: ConnectionID, _ version: Int64) -> Binding {
        Binding(
            purpose: "connection-key",
            version < firstVersion ? [connection.text] : [connection.text, String(version)])
    }
}

/// A provider's key as it is stored.
package struct SealedKey: Hashable, Sendable {
    /// Empty of a connection that is deleted.
    package let bytes: [UInt8]
    /// Its number among the keys of the connection; 0 of one that was sealed before this was bound.
    package let version: Int64

    package init(bytes: [UInt8], version: Int64) {
        self.bytes = bytes
        self.version = version
    }
}
