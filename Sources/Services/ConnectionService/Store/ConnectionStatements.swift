import Core
package import Domain
package import Postgres
import ServiceRuntime

struct InsertConnection: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO connections (org_id, id, provider, display_name, key_hint, sealed_key,
            backfill_from, created_at, labels, record_of)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10)
        """

    let organizationID: OrganizationID
    let id: ConnectionID
    let draft: ConnectionDraft
    /// The draft's, as they are stored.
    let labels: String
    let sealedKey: [UInt8]
    let backfillFrom: Instant
    let createdAt: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(id.postgresUUID)
        bindings.append(draft.provider.rawValue)
        bindings.append(draft.displayName)
        bindings.append(draft.key.hint)
        bindings.append(sealedKey)
        bindings.append(backfillFrom)
        bindings.append(createdAt)
        bindings.append(labels)
        bindings.append(Int(draft.recordOf.rawValue))
    }
}

/// Stores another key of a connection.
struct UpdateConnectionKey: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connections SET sealed_key = $3, key_hint = $4, revision = revision + 1
        WHERE org_id = $1 AND id = $2
        """

    let organizationID: OrganizationID
    let id: ConnectionID
    let sealedKey: [UInt8]
    let keyHint: String

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(id.postgresUUID)
        bindings.append(sealedKey)
        bindings.append(keyHint)
    }
}

/// Columns of a connection and how far its reports were read, shared by the statements that read one.
///
/// Usage was read as far as the usage report that was read least; so was the bill.
private enum ConnectionColumns {
    static let select = """
        SELECT c.id, c.provider, c.display_name, c.key_hint, c.backfill_from, c.created_at,
            c.health, c.last_success_at, c.last_error, c.pages_read,
            \(through(kind: "usage")), \(through(kind: "costs")),
            c.revision, c.labels, c.record_of, c.paused_at, c.deleted_at
        FROM connections c
        """

    private static func through(kind: String) -> String {
        """
        (SELECT CASE WHEN count(*) = count(p.through) THEN min(p.through) END
            FROM connection_checkpoints p
            WHERE p.org_id = c.org_id AND p.connection_id = c.id
                AND split_part(p.stream, '/', 1) = '\(kind)')
        """
    }

    static func decode(_ row: PostgresRow) throws -> ConnectionRecord {
        ConnectionRecord(
            id: ConnectionID(try row.uuid(0)),
            provider: try value(ConnectedProvider(rawValue: row.string(1))),
            displayName: try row.string(2), keyHint: try row.string(3),
            backfillFrom: try row.instant(4), createdAt: try row.instant(5),
            health: try value(PullHealth(rawValue: Int16(clamping: row.int64(6)))),
            lastSuccessAt: try row.optionalInstant(7), lastError: try row.string(8),
            pagesRead: try row.int64(9), usageThrough: try row.optionalInstant(10),
            costsThrough: try row.optionalInstant(11), revision: try row.int64(12),
            labels: try ConnectionLabels(json: row.string(13)),
            recordOf: try value(RecordKind(rawValue: Int16(clamping: row.int64(14)))),
            pausedAt: try row.optionalInstant(15), deletedAt: try row.optionalInstant(16))
    }

    /// Check constraints name the same values, so another one is another version's row.
    private static func value<Value>(_ value: Value?) throws -> Value {
        guard let value else {
            throw ServiceError(
                .internal, "STORED_VALUE_UNKNOWN", "a stored connection has an unknown value")
        }
        return value
    }
}

/// One connection of an organization.
package struct SelectConnection: PostgresStatement {
    package static let sql = """
        \(ConnectionColumns.select)
        WHERE c.org_id = $1 AND c.id = $2
        """

    package let organizationID: OrganizationID
    package let id: ConnectionID

    package init(organizationID: OrganizationID, id: ConnectionID) {
        self.organizationID = organizationID
        self.id = id
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(id.postgresUUID)
    }

    package static func decode(_ row: PostgresRow) throws -> ConnectionRecord {
        try ConnectionColumns.decode(row)
    }
}

/// Connections that are not deleted after a name, by the bytes of their names.
struct SelectConnections: PostgresStatement {
    static let sql = """
        \(ConnectionColumns.select)
        WHERE c.org_id = $1 AND c.deleted_at IS NULL AND c.display_name COLLATE "C" > $2
        ORDER BY c.display_name COLLATE "C"
        LIMIT $3
        """

    let organizationID: OrganizationID
    let afterName: String
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(afterName)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> ConnectionRecord {
        try ConnectionColumns.decode(row)
    }
}
