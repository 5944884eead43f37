package import Core
import Domain
package import Encryption
import Postgres

/// What opens and seals the secrets and personal fields of one organization.
///
/// Hold it as long as a call lasts, not longer: it stays good after the key was destroyed.
package struct OrganizationKeys: Sendable {
    enum State: Sendable {
        /// At least one, the newest first.
        case held([DataKey])
        case destroyed
        /// There never was one, or its database lost it.
        case missing
    }

    /// What stands in the place of a text whose key was destroyed.
    package static let destroyedText = "[destroyed]"

    let organization: PostgresUUID
    let state: State

    package var areDestroyed: Bool {
        if case .destroyed = state { true } else { false }
    }

    /// The stored form of a secret.
    /// - Parameter place: What it belongs to within the organization, such as
    ///   `Binding(purpose: "connection-key", [connectionID])`.
    /// - Throws: `DATA_KEY_DESTROYED`, `DATA_KEY_MISSING`.
    package func seal(_ secret: Secret<[UInt8]>, in place: Binding) throws -> [UInt8] {
        try keys()[0].seal(secret, boundTo: bound(place))
    }

    /// The secret of a stored form.
    /// - Throws: `DATA_KEY_DESTROYED`, `DATA_KEY_MISSING`, `SEALED_TEXT_UNREADABLE`.
    package func open(_ sealed: [UInt8], in place: Binding) throws -> Secret<[UInt8]> {
        let keys = try keys()
        do {
            let key = keys.first { $0.hasSealed(sealed) } ?? keys[0]
            return try key.open(sealed, boundTo: bound(place))
        } catch {
            throw ServiceError(
                .dataLoss, "SEALED_TEXT_UNREADABLE",
                "A stored text does not open: it was changed, or its key was lost. Whoever runs "
                    + "Tallystick restores the database, or that of the keys.", cause: error)
        }
    }

    /// The stored form of a personal field.
    package func seal(_ text: String, in place: Binding) throws -> [UInt8] {
        try seal(Secret(Array(text.utf8)), in: place)
    }

    /// A personal field; `destroyedText` where its key was destroyed.
    package func text(_ sealed: [UInt8], in place: Binding) throws -> String {
        if areDestroyed { return Self.destroyedText }
        return String(decoding: try open(sealed, in: place).reveal(), as: UTF8.self)
    }

    /// What a personal field is found by: equal for equal texts in the same column, and nothing
    /// else is told by it.
    /// - Parameter column: Such as `Binding(purpose: "members.email", [])`.
    package func blindIndex(of text: String, in column: Binding) throws -> [UInt8] {
        try keys()[0].blindIndex(of: text, boundTo: bound(column))
    }

    func mustNotBeDestroyed() throws(ServiceError) {
        if areDestroyed { throw Self.destroyed }
    }

    private func keys() throws(ServiceError) -> [DataKey] {
        switch state {
        case .held(let keys): return keys
        case .destroyed: throw Self.destroyed
        case .missing:
            throw ServiceError(
                .failedPrecondition, "DATA_KEY_MISSING",
                "The organization has no data key. Whoever runs Tallystick restores the database "
                    + "of the keys.")
        }
    }

    private func bound(_ place: Binding) -> Binding {
        Binding(
            purpose: place.purpose, [OrganizationID(organization).text] + place.parts)
    }

    private static var destroyed: ServiceError {
        ServiceError(
            .failedPrecondition, "DATA_KEY_DESTROYED",
            "The organization's data key was destroyed with it, and what it sealed cannot be read "
                + "any more, by anybody.")
    }
}
