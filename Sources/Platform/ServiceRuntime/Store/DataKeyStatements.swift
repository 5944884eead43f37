import Core
import Domain
import Postgres

/// A data key as its database keeps it.
package struct StoredDataKey: Sendable {
    let organization: PostgresUUID
    let version: Int32
    /// Encrypted with a master key; empty where it was destroyed.
    let wrapped: [UInt8]
    let destroyedAt: Instant?
}

/// All data keys of one organization, the newest first.
struct SelectDataKeys: PostgresStatement {
    static let sql = """
        SELECT org_id, version, wrapped_key, destroyed_at FROM data_keys
        WHERE org_id = $1 ORDER BY version DESC
        """

    let organization: PostgresUUID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> StoredDataKey {
        StoredDataKey(
            organization: try row.uuid(0), version: try row.int32(1), wrapped: try row.bytes(2),
            destroyedAt: try row.optionalInstant(3))
    }
}

/// The first key of an organization, where it has none and never had one.
struct InsertFirstDataKey: PostgresStatement {
    typealias Row = Void

    static let version: Int32 = 1
    static let sql = """
        INSERT INTO data_keys (org_id, version, wrapped_key) VALUES ($1, 1, $2)
        ON CONFLICT (org_id, version) DO NOTHING
        """

    let organization: PostgresUUID
    let wrapped: [UInt8]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(wrapped)
    }
}

/// Says of an organization without a key that it is never to have one.
struct InsertDestroyedDataKey: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO data_keys (org_id, version, wrapped_key, destroyed_at)
        VALUES ($1, 1, '', now())
        ON CONFLICT (org_id, version) DO NOTHING
        """

    let organization: PostgresUUID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }
}

/// Overwrites all keys of an organization with nothing.
struct DestroyDataKeys: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE data_keys SET wrapped_key = '', destroyed_at = now()
        WHERE org_id = $1 AND destroyed_at IS NULL
        """

    let organization: PostgresUUID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }
}

/// Keys of all organizations that were not destroyed, after one of them. For whoever migrates.
struct SelectWrappedKeys: PostgresStatement {
    static let sql = """
        SELECT org_id, version, wrapped_key, destroyed_at FROM data_keys
        WHERE destroyed_at IS NULL AND (org_id, version) > ($1, $2)
        ORDER BY org_id, version LIMIT $3
        """

    let after: PostgresUUID
    let afterVersion: Int32
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(after)
        bindings.append(afterVersion)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> StoredDataKey {
        try SelectDataKeys.decode(row)
    }
}

/// Replaces a wrapped key, unless somebody destroyed or replaced it in the meantime.
struct UpdateWrappedKey: PostgresStatement {
    static let sql = """
        UPDATE data_keys SET wrapped_key = $4
        WHERE org_id = $1 AND version = $2 AND wrapped_key = $3
        RETURNING version
        """

    let key: StoredDataKey
    let wrapped: [UInt8]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(key.organization)
        bindings.append(key.version)
        bindings.append(key.wrapped)
        bindings.append(wrapped)
    }

    static func decode(_ row: PostgresRow) throws -> Int32 { try row.int32(0) }
}
