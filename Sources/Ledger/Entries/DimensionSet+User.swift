import Core
import Domain
import Encryption

/// The user of a dimension set as it is kept: a person, and so sealed under the organization's data key.
struct SealedUser: Sendable {
    /// Equal for equal users of the organization; empty where there is none.
    let key: [UInt8]
    /// The user, and what was sent in its place where a rule derived it; empty where there is none.
    let sealed: [UInt8]

    /// No text of a database has it.
    private static let separator: UInt8 = 0

    /// - Parameter id: of the set.
    init(of set: DimensionSet, id: Int64, under keys: any PersonalFieldKeys) throws {
        guard !set.user.isEmpty else {
            key = []
            sealed = []
            return
        }
        key = try set.userKey(under: keys)
        let sent = set.sentUser.map { [Self.separator] + Array($0.utf8) } ?? []
        sealed = try keys.seal(
            String(decoding: Array(set.user.utf8) + sent, as: UTF8.self), in: Self.place(of: id))
    }

    /// Puts what is sealed in its place; words that say why not, where the key is away or was destroyed and
    /// the set is only shown.
    /// - Parameter mustOpen: for sets that are stored again.
    static func open(
        _ sealed: [UInt8], into set: inout DimensionSet, id: Int64,
        under keys: any PersonalFieldKeys, mustOpen: Bool
    ) throws {
        guard !sealed.isEmpty else { return }
        let place = place(of: id)
        let text =
            mustOpen
            ? try keys.open(sealed, in: place).reveal()
            : Array(try keys.text(sealed, in: place).utf8)
        let parts = text.split(
            separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        set.user = String(decoding: parts[0], as: UTF8.self)
        if parts.count > 1 { set.setSentUser(String(decoding: parts[1], as: UTF8.self)) }
    }

    private static func place(of id: Int64) -> Binding {
        Binding(purpose: "dimension_sets.sealed_user", ["\(id)"])
    }
}

extension DimensionSet {
    /// What was sent as the user, where a rule replaced it.
    fileprivate var sentUser: String? {
        attribution?.derived.first { $0.target == .named(.user) }?.sent?.text
    }

    fileprivate mutating func setSentUser(_ text: String) {
        guard let before = attribution else { return }
        attribution = Attribution(
            ruleSetVersion: before.ruleSetVersion,
            derived: before.derived.map { derived in
                guard derived.target == .named(.user) else { return derived }
                return Attribution.Derived(
                    target: derived.target, rule: derived.rule, sent: ExactText(text))
            })
    }

    fileprivate func userKey(under keys: any PersonalFieldKeys) throws -> [UInt8] {
        try Self.key(ofUser: user, under: keys)
    }

    private static func key(
        ofUser user: String, under keys: any PersonalFieldKeys
    ) throws -> [UInt8] {
        try keys.blindIndex(of: user, in: Binding(purpose: "dimension_sets.user", []))
    }

    /// What the set is found by: SHA-256 of its canonical text. Of a set with a user it has keyed hashes in
    /// the place of people, so that nobody without the organization's key finds out whether it is somebody's.
    func hash(under keys: any PersonalFieldKeys) throws -> [UInt8] {
        guard !user.isEmpty else { return try unkeyedHash() }
        var set = self
        set.user = try Self.text(of: userKey(under: keys))
        if let sentUser {
            set.setSentUser(try Self.text(of: Self.key(ofUser: sentUser, under: keys)))
        }
        // No canonical text begins so: a user whose name is such a hash is told from whose hash it is.
        return try SHA256.digest(Array("user 1;".utf8) + Array(set.canonicalText.utf8))
    }

    /// The same without keys, as all sets had it before.
    func unkeyedHash() throws(EncryptionError) -> [UInt8] {
        try SHA256.digest(Array(canonicalText.utf8))
    }

    private static func text(of key: [UInt8]) -> String {
        key.hexDigits
    }
}
