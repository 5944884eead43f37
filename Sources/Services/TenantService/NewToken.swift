import API
import Core
import Encryption
import ServiceRuntime

/// A token about to be stored, with the secret that only its first answer shows.
struct NewToken: Sendable {
    let displayName: DisplayName
    let role: CallerRole
    let createTime: Instant
    /// Nil where it does not expire.
    let expireTime: Instant?
    let text: TokenText
    let keyedHash: [UInt8]

    init(
        displayName: DisplayName, role: CallerRole, createTime: Instant, expireTime: Instant? = nil,
        keyedHash: KeyedHash
    ) throws {
        self.displayName = displayName
        self.role = role
        self.createTime = createTime
        self.expireTime = expireTime
        text = try TokenText()
        self.keyedHash = try keyedHash.hash(text.hashed)
    }

    /// Without the secret.
    var message: Token {
        Token(
            id: text.id, displayName: displayName.text, role: Role(role),
            createTime: Timestamp(createTime), expireTime: expireTime.map { Timestamp($0) })
    }
}
