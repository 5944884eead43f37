package import Core
package import Domain
package import Encryption
import Postgres

/// What opens and seals the secrets and personal fields of one organization.
///
/// Hold it as long as a call lasts, not longer: it stays good after the key was destroyed.
package struct OrganizationKeys: PersonalFieldKeys {
    enum State: Sendable {
        /// At least one, the newest first.
        case held([DataKey])
        case destroyed
        /// There never was one, or its database lost it.
        case missing
        /// It cannot be had at the moment, and the call goes on without it.
        case away(because: String)
    }

    /// What stands in the place of a text whose key was destroyed.
    package static let destroyedText = "[destroyed]"
    /// What stands in the place of a text while the key cannot be had.
    package static let awayText = "[unavailable]"

    let organization: PostgresUUID
    let state: State

    package var areDestroyed: Bool {
        if case .destroyed = state { true } else { false }
    }

    /// Whether they cannot be had, and the call goes on without them.
    package var areAway: Bool { whyAway != nil }

    /// The reason for which they cannot be had, where the call goes on without them.
    var whyAway: String? {
        if case .away(let reason) = state { reason } else { nil }
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

    /// A personal field; `destroyedText` where its key was destroyed, `awayText` where the call goes on
    /// without the keys.
    package func text(_ sealed: [UInt8], in place: Binding) throws -> String {
        if areDestroyed { return Self.destroyedText }
        if areAway { return Self.awayText }
        return String(decoding: try open(sealed, in: place).reveal(), as: UTF8.self)
    }

    /// What a personal field is found by: equal for equal texts in the same column, and nothing
    /// else is told by it.
    /// - Parameter column: Such as `Binding(purpose: "members.email", [])`.
    package func blindIndex(of text: String, in column: Binding) throws -> [UInt8] {
        try keyedHash(of: Array(text.utf8), in: column)
    }

    /// 32 bytes that tell texts of the same place apart, and nothing of them to who lacks the key.
    /// They are of the first key for ever, so that a text is found that was kept under it.
    func keyedHash(of text: [UInt8], in place: Binding) throws -> [UInt8] {
        let keys = try keys()
        return try keys[keys.count - 1].keyedHash(of: text, boundTo: bound(place))
    }

    /// For who has nothing to seal or to open.
    package static func notAskedFor(of organization: OrganizationID) -> OrganizationKeys {
        OrganizationKeys(
            organization: organization.postgresUUID, state: .away(because: "KEYS_NOT_ASKED_FOR"))
    }

    func mustBeHeld() throws(ServiceError) {
        _ = try keys()
    }

    package func mustNotBeAway() throws(ServiceError) {
        if areAway { throw DataKeyStore.unavailable(nil) }
    }

    private func keys() throws(ServiceError) -> [DataKey] {
        switch state {
        case .held(let keys): return keys
        case .destroyed: throw Self.destroyed
        case .away: throw DataKeyStore.unavailable(nil)
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
