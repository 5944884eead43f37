import Postgres

/// The number of the installation that a database belongs to; both databases have this table.
struct SelectInstallation: PostgresStatement {
    static let sql = "SELECT id FROM installation"

    static func decode(_ row: PostgresRow) throws -> PostgresUUID { try row.uuid(0) }
}

/// Gives a database the number, where it has none.
struct InsertInstallation: PostgresStatement {
    typealias Row = Void

    static let sql = "INSERT INTO installation (id) VALUES ($1) ON CONFLICT (is_only) DO NOTHING"

    let id: PostgresUUID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id)
    }
}

/// The check value of the key of the token hashes, once there is one. The main database alone has it.
struct SelectTokenHashCheck: PostgresStatement {
    static let sql = """
        SELECT token_hash_check FROM installation WHERE token_hash_check IS NOT NULL
        """

    static func decode(_ row: PostgresRow) throws -> [UInt8] { try row.bytes(0) }
}

/// Keeps that value where there is none, or in the place of another.
struct KeepTokenHashCheck: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE installation SET token_hash_check = $1 WHERE token_hash_check IS NULL OR $2
        """

    let check: [UInt8]
    /// Whether another one makes way.
    let replaces: Bool

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(check)
        bindings.append(replaces)
    }
}

/// Whether something of the main database may be sealed: an organization, or the platform's log.
struct SelectWhetherKeysAreNeeded: PostgresStatement {
    static let sql = """
        SELECT EXISTS (SELECT FROM organizations)
            OR EXISTS (
                SELECT FROM audit_chains WHERE org_id = '00000000-0000-0000-0000-000000000000')
        """

    static func decode(_ row: PostgresRow) throws -> Bool { try row.bool(0) }
}

/// Whether the keys' database has the platform's key, and whether it has any.
struct SelectWhetherKeysAreThere: PostgresStatement {
    static let sql = """
        SELECT EXISTS (
                SELECT FROM data_keys WHERE org_id = '00000000-0000-0000-0000-000000000000'),
            EXISTS (SELECT FROM data_keys)
        """

    static func decode(_ row: PostgresRow) throws -> (ofThePlatform: Bool, any: Bool) {
        (try row.bool(0), try row.bool(1))
    }
}

/// The last row of the platform's audit log that has something sealed. For operators.
struct SelectSealedPlatformRow: PostgresStatement {
    static let sql = """
        SELECT sequence, sealed FROM audit_log
        WHERE org_id = '00000000-0000-0000-0000-000000000000' AND octet_length(sealed) > 0
        ORDER BY sequence DESC LIMIT 1
        """

    static func decode(_ row: PostgresRow) throws -> (sequence: Int64, sealed: [UInt8]) {
        (try row.int64(0), try row.bytes(1))
    }
}

/// Takes a lock of a database until the transaction ends, where nobody has it.
struct TryLock: PostgresStatement {
    static let sql = "SELECT pg_try_advisory_xact_lock($1)"

    let number: Int64

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(number)
    }

    static func decode(_ row: PostgresRow) throws -> Bool { try row.bool(0) }
}

/// Whether a database has a table of that name.
struct SelectWhetherTableIsThere: PostgresStatement {
    static let sql = "SELECT to_regclass('public.' || $1) IS NOT NULL"

    let name: String

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(name)
    }

    static func decode(_ row: PostgresRow) throws -> Bool { try row.bool(0) }
}
