import Core
import Domain
import Postgres

/// A row of the audit log.
struct InsertAuditRow: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO audit_log
            (org_id, sequence, id, recorded_at, token_id, roles, on_behalf_of, method, object_type,
                object_id, object_before, object_after, peer_address, peer_subject, trace_id,
                previous_hash, hash)
        VALUES ($1, $2, $3::text::uuid, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
            $17)
        """

    let organization: PostgresUUID
    let record: AuditRecord
    let hash: [UInt8]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(record.sequence)
        bindings.append(record.id)
        bindings.append(record.recordedAt)
        bindings.append(record.tokenID)
        bindings.append(record.roles)
        bindings.append(record.onBehalfOf)
        bindings.append(record.method)
        bindings.append(record.objectType)
        bindings.append(record.objectID)
        bindings.append(record.before)
        bindings.append(record.after)
        bindings.append(record.peerAddress)
        bindings.append(record.peerSubject)
        bindings.append(record.traceID)
        bindings.append(record.previousHash)
        bindings.append(hash)
    }
}

/// The end of a chain with its seal, locked until the transaction ends; a new chain begins with
/// `head`.
struct LockAuditChain: PostgresStatement {
    static let sql = """
        INSERT INTO audit_chains AS c
            (org_id, last_sequence, last_hash, last_recorded_at, seal)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (org_id) DO UPDATE SET last_sequence = c.last_sequence
        RETURNING org_id, last_sequence, last_hash, last_recorded_at, seal
        """

    let head: AuditChainHead
    let seal: [UInt8]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(head.organization)
        bindings.append(head.sequence)
        bindings.append(head.hash)
        bindings.append(head.recordedAt)
        bindings.append(seal)
    }

    static func decode(_ row: PostgresRow) throws -> (AuditChainHead, [UInt8]) {
        try AuditChainHead.sealed(row)
    }
}

/// The end of a chain with its seal.
struct SelectAuditChain: PostgresStatement {
    static let sql = """
        SELECT org_id, last_sequence, last_hash, last_recorded_at, seal
        FROM audit_chains WHERE org_id = $1
        """

    let organization: PostgresUUID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> (AuditChainHead, [UInt8]) {
        try AuditChainHead.sealed(row)
    }
}

struct UpdateAuditChain: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE audit_chains
        SET last_sequence = $2, last_hash = $3, last_recorded_at = $4, seal = $5
        WHERE org_id = $1
        """

    let head: AuditChainHead
    let seal: [UInt8]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(head.organization)
        bindings.append(head.sequence)
        bindings.append(head.hash)
        bindings.append(head.recordedAt)
        bindings.append(seal)
    }
}

extension AuditChainHead {
    fileprivate static func sealed(_ row: PostgresRow) throws -> (AuditChainHead, [UInt8]) {
        let head = AuditChainHead(
            organization: try row.uuid(0), sequence: try row.int64(1), hash: try row.bytes(2),
            recordedAt: try row.instant(3))
        return (head, try row.bytes(4))
    }
}
