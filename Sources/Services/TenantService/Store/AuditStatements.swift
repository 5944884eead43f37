import API
import Core
import Domain
import Postgres
import ServiceRuntime

/// A row of an audit log, and how many were found with it, those too many for one answer included.
struct FoundAuditRecord: Sendable {
    let record: API.AuditRecord
    let foundCount: Int

    /// What may stand in an answer beside its first row.
    static let byteCountMax = 1 << 20

    /// Rows of one organization between two sequences.
    static func sql(order: String) -> String {
        """
        SELECT org_id, sequence, id, recorded_at, token_id, roles, on_behalf_of, method,
            object_type, object_id, object_before, object_after, peer_address, peer_subject,
            trace_id, previous_hash, hash, found_count
        FROM (
            SELECT found.*, count(*) OVER () AS found_count,
                sum(size) OVER (ORDER BY \(order) ROWS UNBOUNDED PRECEDING) - size AS size_before
            FROM (
                SELECT a.*, octet_length(object_before) + octet_length(object_after) AS size
                FROM audit_log AS a
                WHERE org_id = $1 AND sequence > $2 AND sequence < $3
                    AND ($4::timestamptz IS NULL OR recorded_at >= $4)
                    AND ($5::timestamptz IS NULL OR recorded_at < $5)
                    AND ($6::text IS NULL OR token_id = $6)
                    AND ($7::text IS NULL OR on_behalf_of = $7)
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
            record: API.AuditRecord(
                organizationID: OrganizationID(try row.uuid(0)).text, sequence: try row.int64(1),
                id: AuditRecordID(try row.uuid(2)).text,
                recordTime: Timestamp(try row.instant(3)), tokenID: try row.string(4),
                roles: try row.string(5), onBehalfOf: try row.string(6),
                method: try row.string(7), objectType: try row.string(8),
                objectID: try row.string(9), beforeJson: try row.string(10),
                afterJson: try row.string(11), peerAddress: try row.string(12),
                peerSubject: try row.string(13), traceID: try row.string(14),
                previousHash: try row.bytes(15), hash: try row.bytes(16)),
            foundCount: try row.int(17))
    }
}

/// Rows between two sequences, neither of which is one of them, no more than an answer can hold.
protocol AuditRecordStatement: PostgresStatement where Row == FoundAuditRecord {
    var organization: PostgresUUID { get }
    var selection: AuditSelection { get }
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
        bindings.append(selection.onBehalfOf)
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
    let after: Int64 = 0
    let before: Int64
    let limit: Int
}

struct SelectOldestAuditRecords: AuditRecordStatement {
    static let sql = FoundAuditRecord.sql(order: "sequence")

    let organization: PostgresUUID
    let selection: AuditSelection
    let after: Int64
    let before: Int64
    let limit: Int
}
