package import Core
import Domain
import Encryption
package import Postgres

/// Where an organization's audit log ends.
package struct AuditChainHead: Sendable, Hashable {
    package let organization: PostgresUUID
    /// Of the last row; 0 where there is none.
    package private(set) var sequence: Int64
    /// Of the last row; 32 zeros where there is none.
    package private(set) var hash: [UInt8]
    /// Of the last row.
    package private(set) var recordedAt: Instant

    /// Whose log holds what operators change of no organization.
    package static let platform = PostgresUUID(high: 0, low: 0)
    /// Stands where a seal was found broken; no keyed hash is all zeros.
    static let brokenSeal = [UInt8](repeating: 0, count: AuditRecord.hashByteCount)

    init(
        organization: PostgresUUID, sequence: Int64 = 0,
        hash: [UInt8] = AuditRecord.firstPreviousHash, recordedAt: Instant = Instant(seconds: 0)
    ) {
        self.organization = organization
        self.sequence = sequence
        self.hash = hash
        self.recordedAt = recordedAt
    }

    mutating func append(_ record: AuditRecord, hash: [UInt8]) {
        sequence = record.sequence
        recordedAt = record.recordedAt
        self.hash = hash
    }

    /// What no one without the key can make for another end.
    func seal(_ key: KeyedHash) throws(EncryptionError) -> [UInt8] {
        try key.hash(sealedBytes)
    }

    func isSealed(by seal: [UInt8], _ key: KeyedHash) throws(EncryptionError) -> Bool {
        try key.matches(seal, sealedBytes)
    }

    /// Begins unlike anything else that is hashed under the key.
    private var sealedBytes: [UInt8] {
        Array("tally audit head 1 \(OrganizationID(organization).text) \(sequence) ".utf8) + hash
    }
}
