package import Core

/// One row of an organization's audit log: who changed what, when and from where, chained to the row
/// before it by a hash.
///
/// The hash of a row is SHA-256 of `chainBytes`, which hold the hash of the row before, so that one
/// who has all rows can recompute the chain without trusting who gave them. Who did it for whom and
/// from where, and the object itself, are `AuditPersonalFields`, of which the row has the hash.
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
    /// As on the wire: `tally.v1.TenantService/CreateMember`.
    package var method: String
    /// What kind of object was changed, such as `member`; empty where nothing was.
    package var objectType: String
    /// Identifier of the object within the organization.
    package var objectID: String
    /// W3C trace id; empty without one.
    package var traceID: String
    /// SHA-256 of `AuditPersonalFields.bytes`: the chain holds when those fields can be read no more.
    package var personalHash: [UInt8]
    /// Hash of the row before; 32 zeros for the first.
    package var previousHash: [UInt8]
    /// Of `chainBytes`: 3, or 2, which leaves `onBehalfOfKey` out.
    package var version: Int
    /// What rows for the person are found by; empty for nobody.
    package var onBehalfOfKey: [UInt8]

    package init(
        organizationID: String, sequence: Int64, id: String, recordedAt: Instant, tokenID: String,
        roles: String, method: String, objectType: String = "", objectID: String = "",
        traceID: String = "", personalHash: [UInt8], previousHash: [UInt8],
        version: Int = Self.currentVersion, onBehalfOfKey: [UInt8] = []
    ) {
        self.organizationID = organizationID
        self.sequence = sequence
        self.id = id
        self.recordedAt = recordedAt
        self.tokenID = tokenID
        self.roles = roles
        self.method = method
        self.objectType = objectType
        self.objectID = objectID
        self.traceID = traceID
        self.personalHash = personalHash
        self.previousHash = previousHash
        self.version = version
        self.onBehalfOfKey = onBehalfOfKey
    }

    /// Bytes of a hash.
    package static let hashByteCount = 32
    /// Stands for the hash before the first row.
    package static let firstPreviousHash = [UInt8](repeating: 0, count: hashByteCount)
    /// Of rows that are written from now on.
    package static let currentVersion = 3
    /// Of rows that do not say theirs.
    package static let firstVersion = 2

    /// What is hashed, as `AuditParts`: the version, the previous hash, the fields in the order of this
    /// type up to the trace, the hash of the personal fields, what the person is found by. Numbers are
    /// decimal, the time is microseconds since 1970.
    package var chainBytes: [UInt8] {
        let fields = [
            organizationID, "\(sequence)", id, "\(recordedAt.microseconds)", tokenID, roles,
            method, objectType, objectID, traceID,
        ]
        return AuditParts.joined(
            [Array("tally audit \(version)".utf8), previousHash] + fields.map { Array($0.utf8) }
                + [personalHash] + (version == Self.firstVersion ? [] : [onBehalfOfKey]))
    }
}
