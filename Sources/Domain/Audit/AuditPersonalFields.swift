/// What a row of the audit log says of people: sealed where it is kept, and gone once the
/// organization's data key is destroyed. The row's hash covers their hash alone, so that the chain can
/// be verified with them and without.
package struct AuditPersonalFields: Sendable, Hashable {
    /// Random, so that nobody finds the fields out by trying who has the hash and not the key.
    package var salt: [UInt8]
    /// The person whom the caller acted for, as it named them; empty where it named none.
    package var onBehalfOf: String
    /// The object before the change, as JSON of the contract's message; empty where there was none.
    package var before: String
    /// The object after the change; empty where there is none any more.
    package var after: String
    /// IP address, or `unix`.
    package var peerAddress: String
    /// Subject of the caller's certificate; empty without one.
    package var peerSubject: String

    package init(
        salt: [UInt8], onBehalfOf: String = "", before: String = "", after: String = "",
        peerAddress: String, peerSubject: String = ""
    ) {
        self.salt = salt
        self.onBehalfOf = onBehalfOf
        self.before = before
        self.after = after
        self.peerAddress = peerAddress
        self.peerSubject = peerSubject
    }

    /// Bytes of a salt.
    package static let saltByteCount = 16
    private static let version = "tally audit personal 1"
    /// What is hashed in the place of fields that were not kept.
    package static let notKept = Array("tally audit personal none".utf8)

    /// What is sealed and hashed, as `AuditParts`: the version, then the fields in the order of this
    /// type.
    package var bytes: [UInt8] {
        let fields = [onBehalfOf, before, after, peerAddress, peerSubject]
        return AuditParts.joined(
            [Array(Self.version.utf8), salt] + fields.map { Array($0.utf8) })
    }

    /// The fields of what `bytes` made; nil for anything else.
    package init?(bytes: [UInt8]) {
        guard let parts = AuditParts.split(bytes), parts.count == 7,
            parts[0] == Array(Self.version.utf8)
        else { return nil }
        let fields = parts[2...].map { String(decoding: $0, as: UTF8.self) }
        self.init(
            salt: parts[1], onBehalfOf: fields[0], before: fields[1], after: fields[2],
            peerAddress: fields[3], peerSubject: fields[4])
    }
}
