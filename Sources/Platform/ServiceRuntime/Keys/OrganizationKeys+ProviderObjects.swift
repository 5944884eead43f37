import Core
import Encryption
import FoundationEssentials

/// What a provider calls something, as it is kept: sealed whole, since it may be a person.
package struct ProviderObjectName: Codable, Hashable, Sendable {
    package let name: String
    /// Empty of what is no person.
    package let email: String
    /// The provider's id of a user; nil of what is no person, whose id stands in clear, and of what was
    /// stored before ids were sealed.
    package let userID: String?

    package init(name: String, email: String, userID: String? = nil) {
        self.name = name
        self.email = email
        self.userID = userID
    }
}

extension OrganizationKeys {
    /// - Parameters:
    ///   - connection: the account's, as text.
    ///   - kind: of what is named, as stored.
    ///   - id: as stored.
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

    /// What stands where the id of a provider's user would, whichever connection tells of it: 64 hexadecimal
    /// digits.
    package func providerUserKey(of id: String) throws -> String {
        try blindIndex(of: id, in: Binding(purpose: "provider_objects.user", [])).hexDigits
    }

    /// The place that a list of a provider's users has reached, as it is kept: it is the id of one of them.
    package func seal(
        listCursor: String, connection: String, list: String
    ) throws -> String {
        let sealed = try seal(listCursor, in: Self.cursorPlace(connection, list))
        return Self.sealedCursorPrefix + Data(sealed).base64EncodedString()
    }

    /// What was kept; as it is where a worker of before kept it.
    /// - Returns: Nil where it does not open: the list is then read from its beginning.
    package func listCursor(
        _ kept: String, connection: String, list: String
    ) throws -> String? {
        guard kept.hasPrefix(Self.sealedCursorPrefix) else { return kept }
        guard
            let sealed = Data(base64Encoded: String(kept.dropFirst(Self.sealedCursorPrefix.count)))
        else { return nil }
        do {
            let place = Self.cursorPlace(connection, list)
            return String(decoding: try open(Array(sealed), in: place).reveal(), as: UTF8.self)
        } catch let error as ServiceError where error.code == .dataLoss {
            return nil
        }
    }

    private static let sealedCursorPrefix = "sealed:"

    private static func cursorPlace(_ connection: String, _ list: String) -> Binding {
        Binding(purpose: "connection_checkpoints.cursor", [connection, list])
    }

    private static func place(_ connection: String, _ kind: String, _ id: String) -> Binding {
        Binding(purpose: "provider_objects.sealed_name", [connection, kind, id])
    }
}
