import API
import Core
import Encryption
import ServiceRuntime

/// A token about to be stored, with the secret that only its first answer shows.
struct NewToken: Sendable {
    /// A name that was checked.
    let displayName: String
    let rights: TokenRights
    let createTime: Instant
    /// Nil where it does not expire.
    let expireTime: Instant?
    let text: TokenText
    let keyedHash: [UInt8]
    /// Public part of the token whose count of events it goes on with; nil where it has its own.
    let countedAs: String?
    /// What it hands on of its limits where it is a frontend's: what its maker was limited in.
    let handedOn: TokenLimits.Kinds

    init(
        displayName: String, rights: TokenRights, createTime: Instant, expireTime: Instant? = nil,
        countedAs: String? = nil, handedOn: TokenLimits.Kinds = [], keyedHash: KeyedHash
    ) throws {
        self.displayName = displayName
        self.rights = rights
        self.createTime = createTime
        self.expireTime = expireTime
        self.countedAs = countedAs
        self.handedOn = handedOn
        text = try TokenText()
        self.keyedHash = try keyedHash.hash(text.hashed)
    }

    /// Without the secret.
    var message: Token {
        StoredToken(
            id: text.id, displayName: displayName, rights: rights, createTime: createTime,
            expireTime: expireTime, countedAs: countedAs, handedOn: handedOn
        ).message
    }
}
