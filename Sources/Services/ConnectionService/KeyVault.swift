package import Core
package import Domain
import Encryption
package import ServiceRuntime

/// Provider keys at rest: sealed by the organization's data key and bound to the organization and the
/// connection, so that a row moved elsewhere does not open.
package enum KeyVault {
    /// The stored form of a provider's key.
    static func seal(
        _ key: Secret<String>, of connection: ConnectionID, with keys: OrganizationKeys
    ) throws -> [UInt8] {
        try keys.seal(Secret(Array(key.reveal().utf8)), in: place(connection))
    }

    /// The provider's key of a stored form.
    /// - Throws: as `OrganizationKeys.open`.
    package static func open(
        _ sealed: [UInt8], of connection: ConnectionID, with keys: OrganizationKeys
    ) throws -> Secret<String> {
        let bytes = try keys.open(sealed, in: place(connection))
        return Secret(String(decoding: bytes.reveal(), as: UTF8.self))
    }

    /// Tells keys of the organization apart, and nothing of them to who lacks its own key.
    package static func index(of key: Secret<String>, with keys: OrganizationKeys) throws -> [UInt8]
    {
        try keys.blindIndex(of: key.reveal(), in: Binding(purpose: "connections.key", []))
    }

    private static func place(_ connection: ConnectionID) -> Binding {
        Binding(purpose: "connection-key", [connection.text])
    }
}
