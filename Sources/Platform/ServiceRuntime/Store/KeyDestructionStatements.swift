import Core
import Postgres

/// What the main database remembers of a destroyed key; no row where the key was not destroyed.
struct SelectKeyDestruction: PostgresStatement {
    static let sql = "SELECT org_id, destroyed_at FROM destroyed_data_keys WHERE org_id = $1"

    let organization: PostgresUUID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> StoredDataKey {
        StoredDataKey(
            organization: try row.uuid(0), version: InsertFirstDataKey.version, wrapped: [],
            destroyedAt: try row.instant(1))
    }
}

/// Remembers that the key of an organization is destroyed from now on.
struct InsertKeyDestruction: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO destroyed_data_keys (org_id) VALUES ($1)
        ON CONFLICT (org_id) DO NOTHING
        """

    let organization: PostgresUUID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }
}

/// Remembers that the keys of organizations are destroyed; names those of which it was not known. For
/// whoever migrates.
struct InsertKeyDestructions: PostgresStatement {
    static let sql = """
        INSERT INTO destroyed_data_keys (org_id) SELECT unnest($1::uuid[])
        ON CONFLICT (org_id) DO NOTHING RETURNING org_id
        """

    let organizations: [PostgresUUID]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizations)
    }

    static func decode(_ row: PostgresRow) throws -> PostgresUUID { try row.uuid(0) }
}

/// Organizations that the keys' database has a destroyed key of, after one of them. For whoever
/// migrates.
struct SelectDestroyedDataKeys: PostgresStatement {
    static let sql = """
        SELECT DISTINCT org_id FROM data_keys
        WHERE destroyed_at IS NOT NULL AND org_id > $1 ORDER BY org_id LIMIT $2
        """

    let after: PostgresUUID
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(after)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> PostgresUUID { try row.uuid(0) }
}

/// Organizations whose keys were destroyed, after one of them. For whoever migrates.
struct SelectKeyDestructions: PostgresStatement {
    static let sql = """
        SELECT org_id FROM destroyed_data_keys WHERE org_id > $1 ORDER BY org_id LIMIT $2
        """

    let after: PostgresUUID
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(after)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> PostgresUUID { try row.uuid(0) }
}

/// Destroys keys that came back, and says of those that are not there that they never come. For
/// whoever migrates.
struct DestroyDataKeysAgain: PostgresStatement {
    static let sql = """
        INSERT INTO data_keys AS k (org_id, version, wrapped_key, destroyed_at)
        SELECT g.org_id, coalesce(h.version, 1), '', now()
        FROM unnest($1::uuid[]) AS g (org_id)
        LEFT JOIN data_keys AS h ON h.org_id = g.org_id
        WHERE h.destroyed_at IS NULL
        ON CONFLICT (org_id, version) DO UPDATE SET wrapped_key = '', destroyed_at = now()
        RETURNING k.org_id, k.created_at < now()
        """

    struct Row: Sendable {
        let organization: PostgresUUID
        /// Whether there was a key.
        let cameBack: Bool
    }

    let organizations: [PostgresUUID]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizations)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(organization: try row.uuid(0), cameBack: try row.bool(1))
    }
}
