import API
import Core
import Domain
import Encryption
import Postgres
import ServiceRuntime

/// A row of an audit log, and how many were found with it, those too many for one answer included.
struct FoundAuditRecord: Sendable {
    let record: Domain.AuditRecord
    let hash: [UInt8]
    /// The personal fields.
    let sealed: [UInt8]
    let foundCount: Int

    /// What may stand in an answer beside its first row.
    static let byteCountMax = 1 << 20

    /// Rows of one organization between two sequences.
    static func sql(order: String) -> String {
        """
        SELECT org_id, sequence, id, recorded_at, token_id, roles, method, object_type, object_id,
            trace_id, personal_hash, previous_hash, hash, sealed, found_count, chain_version,
            on_behalf_of_key
        FROM (
            SELECT found.*, count(*) OVER () AS found_count,
                sum(size) OVER (ORDER BY \(order) ROWS UNBOUNDED PRECEDING) - size AS size_before
            FROM (
                SELECT a.*, octet_length(sealed) AS size
                FROM audit_log AS a
                WHERE org_id = $1 AND sequence > $2 AND sequence < $3
                    AND ($4::timestamptz IS NULL OR recorded_at >= $4)
                    AND ($5::timestamptz IS NULL OR recorded_at < $5)
                    AND ($6::text IS NULL OR token_id = $6)
                    AND ($7::bytea IS NULL OR on_behalf_of_key = $7)
                    AND ($8::text IS NULL OR method = $8)
                    AND ($9::text IS NULL OR object_type = $9)
                    AND ($10::text IS NULL OR object_id = $10)
                ORDER BY \(order)
                LIMIT $11
            ) AS found
        ) AS sized
        WHERE size_before <= $12
        ORDER BY \(order)
        """
    }

    static func decode(_ row: PostgresRow) throws -> FoundAuditRecord {
        FoundAuditRecord(
            record: Domain.AuditRecord(
                organizationID: OrganizationID(try row.uuid(0)).text, sequence: try row.int64(1),
                id: AuditRecordID(try row.uuid(2)).text, recordedAt: try row.instant(3),
                tokenID: try row.string(4), roles: try row.string(5), method: try row.string(6),
                objectType: try row.string(7), objectID: try row.string(8),
                traceID: try row.string(9), personalHash: try row.bytes(10),
                previousHash: try row.bytes(11), version: try row.int(15),
                onBehalfOfKey: try row.bytes(16)),
            hash: try row.bytes(12), sealed: try row.bytes(13), foundCount: try row.int(14))
    }

    /// The row as callers see it.
    /// - Throws: `DATA_KEY_MISSING`.
    func message(_ keys: OrganizationKeys) throws -> API.AuditRecord {
        var message = API.AuditRecord(
            organizationID: record.organizationID, sequence: record.sequence, id: record.id,
            recordTime: Timestamp(record.recordedAt), tokenID: record.tokenID,
            roles: record.roles, method: record.method, objectType: record.objectType,
            objectID: record.objectID, traceID: record.traceID,
            previousHash: record.previousHash, hash: hash, personalHash: record.personalHash,
            chainVersion: Int32(record.version), onBehalfOfKey: record.onBehalfOfKey)
        switch try keys.auditFields(sealed, ofRow: record.sequence) {
        case .readable(let fields):
            message.personalFields = .readable
            message.personalSalt = fields.salt
            message.onBehalfOf = fields.onBehalfOf
            message.beforeJson = fields.before
            message.afterJson = fields.after
            message.peerAddress = fields.peerAddress
            message.peerSubject = fields.peerSubject
        case .destroyed: message.personalFields = .destroyed
        case .notKept:
            // The row's hash covers that they were not.
            let isSo = try record.personalHash == SHA256.digest(AuditPersonalFields.notKept)
            message.personalFields = isSo ? .notKept : .unreadable
        case .unreadable: message.personalFields = .unreadable
        }
        return message
    }
}

/// Rows between two sequences, neither of which is one of them, no more than an answer can hold.
protocol AuditRecordStatement: PostgresStatement where Row == FoundAuditRecord {
    var organization: PostgresUUID { get }
    var selection: AuditSelection { get }
    /// As of the selection.
    var onBehalfOfKey: [UInt8]? { get }
    var after: Int64 { get }
    var before: Int64 { get }
    var limit: Int { get }
}

extension AuditRecordStatement {
    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(after)
        bindings.append(before)
        bindings.append(selection.start)
        bindings.append(selection.end)
        bindings.append(selection.tokenID)
        bindings.append(onBehalfOfKey)
        bindings.append(selection.method)
        bindings.append(selection.objectType)
        bindings.append(selection.objectID)
        bindings.append(limit)
        bindings.append(FoundAuditRecord.byteCountMax)
    }

    static func decode(_ row: PostgresRow) throws -> FoundAuditRecord {
        try FoundAuditRecord.decode(row)
    }
}

struct SelectNewestAuditRecords: AuditRecordStatement {
    static let sql = FoundAuditRecord.sql(order: "sequence DESC")

    let organization: PostgresUUID
    let selection: AuditSelection
    let onBehalfOfKey: [UInt8]?
    let after: Int64 = 0
    let before: Int64
    let limit: Int
}

struct SelectOldestAuditRecords: AuditRecordStatement {
    static let sql = FoundAuditRecord.sql(order: "sequence")

    let organization: PostgresUUID
    let selection: AuditSelection
    let onBehalfOfKey: [UInt8]?
    let after: Int64
    let before: Int64
    let limit: Int
}
