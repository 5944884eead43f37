import Core
package import Domain
package import Postgres
import ServiceRuntime

struct InsertConnection: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO connections (org_id, id, provider, display_name, key_hint, sealed_key,
            backfill_from, created_at, labels, record_of, key_index, account_id,
            sealed_account_name, paused_at, sealed_key_version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, $14, $15)
        """

    let organizationID: OrganizationID
    let connection: NewConnection

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connection.id.postgresUUID)
        bindings.append(connection.draft.provider.rawValue)
        bindings.append(connection.draft.displayName)
        bindings.append(connection.draft.key.hint)
        bindings.append(connection.sealedKey.bytes)
        bindings.append(connection.backfillFrom)
        bindings.append(connection.createdAt)
        bindings.append(connection.labels)
        bindings.append(Int(connection.draft.recordOf.rawValue))
        bindings.append(connection.keyIndex)
        bindings.append(connection.account?.id)
        bindings.append(connection.sealedAccountName)
        bindings.append(connection.pausedAt)
        bindings.append(connection.sealedKey.version)
    }
}

/// Stores another key of a connection, and whose account it is of: as before for figures, unless the provider has told
/// it of the new one. A worker asks again then; its pulls have a limit of their own until they know.
struct UpdateConnectionKey: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connections
        SET sealed_key = $3, key_hint = $4, revision = revision + 1, key_index = $5,
            account_id = coalesce($6, account_id),
            account_is_former = $6 IS NULL AND account_id IS NOT NULL,
            account_name = CASE WHEN $6 IS NULL THEN account_name ELSE '' END,
            sealed_account_name = CASE WHEN $6 IS NULL THEN sealed_account_name ELSE $7 END,
            sealed_key_version = $8
        WHERE org_id = $1 AND id = $2
        """

    let organizationID: OrganizationID
    let id: ConnectionID
    let key: NewKey
    let sealed: SealedKey
    let sealedAccountName: [UInt8]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(id.postgresUUID)
        bindings.append(sealed.bytes)
        bindings.append(key.hint)
        bindings.append(key.index)
        bindings.append(key.account?.id)
        bindings.append(sealedAccountName)
        bindings.append(sealed.version)
    }
}

/// Columns of a connection and how far its reports were read, shared by the statements that read one.
///
/// Usage was read as far as the usage report that was read least; so was the bill.
private enum ConnectionColumns {
    /// How many they are.
    static let count = 21

    static let select = """
        SELECT c.id, c.provider, c.display_name, c.key_hint, c.backfill_from, c.created_at,
            c.health, c.last_success_at, c.last_error, c.pages_read,
            \(through(kind: "usage")), \(through(kind: "costs")),
            c.revision, c.labels, c.record_of, c.paused_at, c.deleted_at, c.account_id,
            c.account_name, ARRAY(
                SELECT o.id::text FROM connections AS o
                WHERE o.org_id = c.org_id AND o.provider = c.provider AND o.id <> c.id
                    AND o.deleted_at IS NULL AND c.deleted_at IS NULL
                    AND (o.account_id = c.account_id OR o.key_index = c.key_index)
                    AND o.record_of & c.record_of <> 0
                ORDER BY o.id LIMIT 100) AS overlaps,
            c.sealed_account_name
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
            pausedAt: try row.optionalInstant(15), deletedAt: try row.optionalInstant(16),
            account: try row.optionalString(17).map {
                ProviderAccount(id: $0, name: try row.string(18))
            }, overlaps: try row.strings(19), sealedAccountName: try row.bytes(20))
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

/// Connections that a selection shows, behind a position of its order.
///
/// The order is that of a text whose bytes are ordered as what it stands for, then of the ids, so that
/// whatever has the same text has its place, too. An organization has few enough to sort them anew for
/// every page.
struct SelectConnections: PostgresStatement {
    struct Row: Sendable {
        let connection: ConnectionRecord
        let sortKey: String
    }

    static let sql = """
        SELECT * FROM (
            SELECT f.*, (CASE $10::text
                WHEN 'provider' THEN f.provider
                WHEN 'health' THEN h.shown_health::text
                WHEN 'create_time' THEN
                    to_char(f.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
                WHEN 'last_success_time' THEN coalesce(
                    to_char(f.last_success_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '')
                ELSE f.display_name END) COLLATE "C" AS sort_key
            FROM (
                \(ConnectionColumns.select)
                WHERE c.org_id = $1) AS f
            \(ConnectionPasses.sql)) AS s
        WHERE $13::uuid IS NULL
            OR CASE WHEN $11::bool THEN s.sort_key < $12::text ELSE s.sort_key > $12 END
            OR (s.sort_key = $12 AND s.id > $13)
        ORDER BY CASE WHEN NOT $11 THEN s.sort_key END, CASE WHEN $11 THEN s.sort_key END DESC,
            s.id
        LIMIT $14
        """

    private let passes: ConnectionPasses
    private let selection: ConnectionSelection
    private let after: ConnectionPosition?
    private let limit: Int

    init(
        organizationID: OrganizationID, selection: ConnectionSelection,
        after: ConnectionPosition?, limit: Int, now: Instant
    ) throws {
        passes = try ConnectionPasses(
            organizationID: organizationID, selection: selection, now: now)
        self.selection = selection
        self.after = after
        self.limit = limit
    }

    func bind(into bindings: inout PostgresBindings) {
        passes.bind(into: &bindings)
        bindings.append(selection.order.rawValue)
        bindings.append(selection.isDescending)
        bindings.append(after?.sortKey)
        bindings.append(after?.id.postgresUUID)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            connection: try ConnectionColumns.decode(row),
            sortKey: try row.string(ConnectionColumns.count))
    }
}

/// Connections that are not deleted, by their names, with the keyed hashes of their keys.
struct SelectConnectionsOfNames: PostgresStatement {
    struct Row: Sendable {
        let connection: ConnectionRecord
        /// Nil where it is not known.
        let keyIndex: [UInt8]?
    }

    static let sql = """
        SELECT f.*, x.key_index
        FROM (
            \(ConnectionColumns.select)
            WHERE c.org_id = $1 AND c.deleted_at IS NULL AND c.display_name = ANY($2::text[])) AS f
        JOIN connections AS x ON x.org_id = $1 AND x.id = f.id
        """

    let organizationID: OrganizationID
    let names: [String]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(names)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            connection: try ConnectionColumns.decode(row),
            keyIndex: try row.optionalBytes(ConnectionColumns.count))
    }
}

/// Connections that are not deleted, by the keyed hashes of their keys.
struct SelectConnectionsOfKeys: PostgresStatement {
    struct Row: Sendable {
        let provider: String
        let displayName: String
        let keyIndex: [UInt8]
    }

    static let sql = """
        SELECT provider, display_name, key_index FROM connections
        WHERE org_id = $1 AND deleted_at IS NULL AND key_index = ANY($2::bytea[])
        """

    let organizationID: OrganizationID
    let keyIndexes: [[UInt8]]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(keyIndexes)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            provider: try row.string(0), displayName: try row.string(1),
            keyIndex: try row.bytes(2))
    }
}
