import Core
import Domain
import Postgres
import ServiceRuntime

/// Makes a token known to the authentication, by the keyed hash of its secret.
struct InsertDirectoryToken: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO token_directory
            (id, org_id, keyed_hash, roles, unit_codes, source_networks, created_at, expires_at,
             calls_per_second_max, events_per_day_max, handed_on, display_name)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """

    /// Nil for an operator's.
    let organization: OrganizationID?
    let token: NewToken

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(token.text.id)
        bindings.append(organization?.postgresUUID)
        bindings.append(token.keyedHash)
        bindings.append(token.rights.grant.roles.stored)
        bindings.append(token.rights.grant.units.codes)
        bindings.append(token.rights.sourceNetworks.map(\.text))
        bindings.append(token.createTime)
        bindings.append(token.expireTime)
        bindings.append(token.rights.callsPerSecondMax)
        bindings.append(token.rights.eventsPerDayMax)
        bindings.append(token.handedOn.rawValue)
        // Names of others are their organizations', and stand with `tokens`.
        bindings.append(organization == nil ? token.displayName : nil)
    }
}

/// Sets when a token ends, by expiry or revoked.
struct EndDirectoryToken: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE token_directory SET expires_at = $3, revoked_at = $4
        WHERE id = $2 AND org_id = $1 AND revoked_at IS NULL
        """

    let organization: OrganizationID
    let token: StoredToken

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(token.id)
        bindings.append(token.expireTime)
        bindings.append(token.revokeTime)
    }
}

/// Some operator's token, revoked or not, if one was ever made.
struct SelectSomeOperatorToken: PostgresStatement {
    static let sql = "SELECT id FROM token_directory WHERE org_id IS NULL LIMIT 1"

    static func decode(_ row: PostgresRow) throws -> String { try row.string(0) }
}

/// Operators' tokens, newest first.
struct SelectOperatorTokens: PostgresStatement {
    static let sql = """
        SELECT id, coalesce(display_name, ''), created_at, expires_at, revoked_at, last_used_at
        FROM token_directory
        WHERE org_id IS NULL
        ORDER BY revoked_at IS NOT NULL, created_at DESC, id COLLATE "C"
        LIMIT 1000
        """

    static func decode(_ row: PostgresRow) throws -> StoredToken {
        try StoredToken(operatorRow: row)
    }
}

struct SelectOperatorToken: PostgresStatement {
    static let sql = """
        SELECT id, coalesce(display_name, ''), created_at, expires_at, revoked_at, last_used_at
        FROM token_directory
        WHERE org_id IS NULL AND id = $1
        """

    let id: String

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id)
    }

    static func decode(_ row: PostgresRow) throws -> StoredToken {
        try StoredToken(operatorRow: row)
    }
}

/// An operator's token beside `id` that is valid at `now`, if there is any.
struct SelectOtherOperatorToken: PostgresStatement {
    static let sql = """
        SELECT id FROM token_directory
        WHERE org_id IS NULL AND id <> $1 AND revoked_at IS NULL
            AND (expires_at IS NULL OR expires_at > $2)
        LIMIT 1
        """

    let id: String
    let now: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id)
        bindings.append(now)
    }

    static func decode(_ row: PostgresRow) throws -> String { try row.string(0) }
}

struct RevokeOperatorToken: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE token_directory SET revoked_at = $2
        WHERE org_id IS NULL AND id = $1 AND revoked_at IS NULL
        """

    let id: String
    let time: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id)
        bindings.append(time)
    }
}

extension StoredToken {
    fileprivate init(operatorRow row: PostgresRow) throws {
        self.init(
            id: try row.string(0), displayName: try row.string(1), rights: .operator,
            createTime: try row.instant(2), expireTime: try row.optionalInstant(3),
            revokeTime: try row.optionalInstant(4), lastUseTime: try row.optionalInstant(5))
    }
}

/// The beginning of the platform's audit log, which the first operator's token begins.
struct SelectPlatformLog: PostgresStatement {
    static let sql = """
        SELECT org_id FROM audit_chains WHERE org_id = '00000000-0000-0000-0000-000000000000'
        """

    static func decode(_ row: PostgresRow) throws -> PostgresUUID { try row.uuid(0) }
}

/// Lets one process at a time look at the operators' tokens and change them.
struct LockOperatorTokens: PostgresStatement {
    typealias Row = Void

    // Any number will do, as long as nobody else uses it and it never changes.
    static let sql = "SELECT pg_advisory_xact_lock(4301982277)"
}
