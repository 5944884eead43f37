import Core
import Domain
import Postgres

/// Rows of the audit log that one call writes.
struct InsertAuditRows: PostgresStatement {
    typealias Row = Void

    struct Hashed: Sendable {
        let record: AuditRecord
        let hash: [UInt8]
        /// The personal fields.
        let sealed: [UInt8]
    }

    static let sql = """
        INSERT INTO audit_log
            (org_id, sequence, id, recorded_at, token_id, roles, on_behalf_of_key, method,
                object_type, object_id, trace_id, sealed, personal_hash, previous_hash, hash,
                chain_version)
        SELECT $1::uuid, sequence, id::uuid, $2::timestamptz, $3::text, $4::text, $5::bytea,
            $6::text, object_type, object_id, $7::text, sealed, personal_hash, previous_hash, hash,
            $16::smallint
        FROM unnest($8::bigint[], $9::text[], $10::text[], $11::text[], $12::bytea[],
                $13::bytea[], $14::bytea[], $15::bytea[])
            AS given (sequence, id, object_type, object_id, sealed, personal_hash, previous_hash,
                hash)
        """

    let organization: PostgresUUID
    /// At least one; all of one call at one instant.
    let rows: [Hashed]

    func bind(into bindings: inout PostgresBindings) {
        let call = rows[0].record
        bindings.append(organization)
        bindings.append(call.recordedAt)
        bindings.append(call.tokenID)
        bindings.append(call.roles)
        bindings.append(call.onBehalfOfKey)
        bindings.append(call.method)
        bindings.append(call.traceID)
        bindings.append(rows.map(\.record.sequence))
        bindings.append(rows.map(\.record.id))
        bindings.append(rows.map(\.record.objectType))
        bindings.append(rows.map(\.record.objectID))
        bindings.append(rows.map(\.sealed))
        bindings.append(rows.map(\.record.personalHash))
        bindings.append(rows.map(\.record.previousHash))
        bindings.append(rows.map(\.hash))
        bindings.append(call.version)
    }
}

/// The beginning of a chain, where there is none.
struct InsertAuditChain: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO audit_chains (org_id, last_sequence, last_hash, last_recorded_at, seal)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (org_id) DO NOTHING
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

/// The end of a chain with its seal, locked until the transaction ends.
struct LockAuditChain: PostgresStatement {
    static let sql = """
        SELECT org_id, last_sequence, last_hash, last_recorded_at, seal
        FROM audit_chains WHERE org_id = $1
        FOR UPDATE
        """

    let organization: PostgresUUID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> (AuditChainHead, [UInt8]) {
        try AuditChainHead.sealed(row)
    }
}

/// The last row of a log, wherever its chain is said to end.
struct SelectLastAuditRow: PostgresStatement {
    static let sql = """
        SELECT org_id, sequence, hash, recorded_at FROM audit_log WHERE org_id = $1
        ORDER BY sequence DESC LIMIT 1
        """

    let organization: PostgresUUID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> AuditChainHead {
        try AuditChainHead(row)
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
        (try AuditChainHead(row), try row.bytes(4))
    }

    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            organization: try row.uuid(0), sequence: try row.int64(1), hash: try row.bytes(2),
            recordedAt: try row.instant(3))
    }
}
