package import Postgres

/// Claims a key for the transaction's call. No row: another call has it, and holds it for 24 hours.
///
/// Waits for a transaction that has just claimed the key. A key whose time is over is claimed
/// anew. Time is the database's, so that servers agree on it. What the request was is recorded with
/// its answer, which says under whose key; nobody sees a row without them.
struct ClaimCall: PostgresStatement {
    static let sql = """
        INSERT INTO recorded_calls AS r (org_id, key, request_hash, recorded_at, expires_at)
        VALUES ($1, $2, decode(repeat('00', 32), 'hex'), now(), now() + interval '24 hours')
        ON CONFLICT (org_id, key) DO UPDATE
        SET request_hash = excluded.request_hash, recorded_at = excluded.recorded_at,
            expires_at = excluded.expires_at, sealed_answer = NULL, sealed_for = NULL
        WHERE r.expires_at <= excluded.recorded_at
        RETURNING r.key
        """

    let call: RecordedCall

    init(_ call: RecordedCall) {
        self.call = call
    }

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(call.owner)
        bindings.append(call.key.text)
    }

    static func decode(_ row: PostgresRow) throws -> String { try row.string(0) }
}

/// Fills in what a claimed call came to.
struct RecordAnswer: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE recorded_calls SET request_hash = $3, sealed_answer = $4, sealed_for = $5
        WHERE org_id = $1 AND key = $2
        """

    let call: RecordedCall
    let requestHash: [UInt8]
    let answer: [UInt8]
    let sealedFor: PostgresUUID

    init(
        _ call: RecordedCall, requestHash: [UInt8], answer: [UInt8], sealedFor: PostgresUUID
    ) {
        self.call = call
        self.requestHash = requestHash
        self.answer = answer
        self.sealedFor = sealedFor
    }

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(call.owner)
        bindings.append(call.key.text)
        bindings.append(requestHash)
        bindings.append(answer)
        bindings.append(sealedFor)
    }
}

/// What a key was used for, and what it came to.
struct SelectAnswer: PostgresStatement {
    struct Row: Sendable {
        let requestHash: [UInt8]
        let answer: [UInt8]
        /// Whose key sealed the answer, and hashed the request; nil: the owner's.
        let sealedFor: PostgresUUID?
    }

    static let sql = """
        SELECT request_hash, sealed_answer, sealed_for FROM recorded_calls
        WHERE org_id = $1 AND key = $2
        """

    let call: RecordedCall

    init(_ call: RecordedCall) {
        self.call = call
    }

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(call.owner)
        bindings.append(call.key.text)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            requestHash: try row.bytes(0), answer: try row.bytes(1),
            sealedFor: try row.optionalUUID(2))
    }
}

/// Deletes recorded calls whose time is over, of all organizations, so many at a time. For workers.
package struct DeleteExpiredCallRows: PostgresStatement {
    package static let sql = """
        DELETE FROM recorded_calls WHERE (org_id, key) IN (
            SELECT org_id, key FROM recorded_calls
            WHERE expires_at <= now() ORDER BY expires_at LIMIT $1)
        AND expires_at <= now()
        """
    package typealias Row = Void

    private let limit: Int

    package init(limit: Int) {
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(limit)
    }
}
