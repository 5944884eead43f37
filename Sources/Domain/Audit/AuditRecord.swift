package import Core

/// One row of an organization's audit log: who changed what, when and from where, chained to the row
/// before it by a hash.
///
/// The hash of a row is SHA-256 of `chainBytes`, which hold the hash of the row before, so that one
/// who has all rows can recompute the chain without trusting who gave them.
package struct AuditRecord: Sendable, Hashable {
    /// Text of the organization's identifier; all zero for what operators change of the platform.
    package var organizationID: String
    /// 1, 2, 3, … within the organization, without a gap.
    package var sequence: Int64
    /// UUIDv7.
    package var id: String
    /// Never before that of the row before.
    package var recordedAt: Instant
    /// Public part of the token that called.
    package var tokenID: String
    /// Names of the roles that the caller had, by commas.
    package var roles: String
    /// The person whom the caller acted for, as it named them; empty where it named none.
    package var onBehalfOf: String
    /// As on the wire: `tally.v1.TenantService/CreateMember`.
    package var method: String
    /// What kind of object was changed, such as `member`; empty where nothing was.
    package var objectType: String
    /// Identifier of the object within the organization.
    package var objectID: String
    /// The object before the change, as JSON of the contract's message; empty where there was none.
    package var before: String
    /// The object after the change; empty where there is none any more.
    package var after: String
    /// IP address, or `unix`.
    package var peerAddress: String
    /// Subject of the caller's certificate; empty without one.
    package var peerSubject: String
    /// W3C trace id; empty without one.
    package var traceID: String
    /// Hash of the row before; 32 zeros for the first.
    package var previousHash: [UInt8]

    package init(
        organizationID: String, sequence: Int64, id: String, recordedAt: Instant, tokenID: String,
        roles: String, onBehalfOf: String = "", method: String, objectType: String = "",
        objectID: String = "", before: String = "", after: String = "", peerAddress: String,
        peerSubject: String = "", traceID: String = "", previousHash: [UInt8]
    ) {
        self.organizationID = organizationID
        self.sequence = sequence
        self.id = id
        self.recordedAt = recordedAt
        self.tokenID = tokenID
        self.roles = roles
        self.onBehalfOf = onBehalfOf
        self.method = method
        self.objectType = objectType
        self.objectID = objectID
        self.before = before
        self.after = after
        self.peerAddress = peerAddress
        self.peerSubject = peerSubject
        self.traceID = traceID
        self.previousHash = previousHash
    }

    /// Bytes of a hash.
    package static let hashByteCount = 32
    /// Stands for the hash before the first row.
    package static let firstPreviousHash = [UInt8](repeating: 0, count: hashByteCount)
    private static let version = "tally audit 1"

    /// What is hashed: each part as its length in four bytes, most significant first, and its bytes,
    /// so that no two rows have the same. The parts are the version, the previous hash, then the
    /// fields in the order of this type; numbers are decimal, the time is microseconds since 1970.
    package var chainBytes: [UInt8] {
        var bytes: [UInt8] = []
        func add(_ part: some Collection<UInt8>) {
            let count = UInt32(part.count)
            bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> ($0 as UInt32)) }
            bytes += part
        }
        add(Self.version.utf8)
        add(previousHash)
        let fields = [
            organizationID, "\(sequence)", id, "\(recordedAt.microseconds)", tokenID, roles,
            onBehalfOf, method, objectType, objectID, before, after, peerAddress, peerSubject,
            traceID,
        ]
        for field in fields {
            add(field.utf8)
        }
        return bytes
    }
}
