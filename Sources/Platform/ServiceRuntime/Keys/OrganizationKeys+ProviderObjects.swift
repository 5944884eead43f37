import Encryption
import FoundationEssentials

/// What a provider calls something, as it is kept: sealed whole, since it may be a person.
package struct ProviderObjectName: Codable, Hashable, Sendable {
    package let name: String
    /// Empty of what is no person.
    package let email: String

    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }
}

extension OrganizationKeys {
    /// - Parameters:
    ///   - connection: the account's, as text.
    ///   - kind: of what is named, as stored.
    package func seal(
        _ name: ProviderObjectName, connection: String, kind: String, id: String
    ) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try seal(
            String(decoding: try encoder.encode(name), as: UTF8.self),
            in: Self.place(connection, kind, id))
    }

    /// - Returns: Nil where the keys were destroyed, or cannot be had.
    package func providerObjectName(
        _ sealed: [UInt8], connection: String, kind: String, id: String
    ) throws -> ProviderObjectName? {
        guard !areDestroyed, !areAway else { return nil }
        let text = try text(sealed, in: Self.place(connection, kind, id))
        return try JSONDecoder().decode(ProviderObjectName.self, from: Data(text.utf8))
    }

    private static func place(_ connection: String, _ kind: String, _ id: String) -> Binding {
        Binding(purpose: "provider_objects.sealed_name", [connection, kind, id])
    }
}
