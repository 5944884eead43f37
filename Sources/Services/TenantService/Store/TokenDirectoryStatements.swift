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
             calls_per_second_max, events_per_day_max, handed_on)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
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

/// An operator's token that was not revoked, if there is any.
struct SelectOperatorToken: PostgresStatement {
    static let sql = """
        SELECT id FROM token_directory
        WHERE org_id IS NULL AND roles = $1 AND revoked_at IS NULL
        LIMIT 1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(CallerRoles.operator.stored)
    }

    static func decode(_ row: PostgresRow) throws -> String {
        try row.string(0)
    }
}

/// The beginning of the platform's audit log, which the first operator's token begins.
struct SelectPlatformLog: PostgresStatement {
    static let sql = """
        SELECT org_id FROM audit_chains WHERE org_id = '00000000-0000-0000-0000-000000000000'
        """

    static func decode(_ row: PostgresRow) throws -> PostgresUUID { try row.uuid(0) }
}

/// Lets one process at a time look for an operator's token and make it.
struct LockOperatorBootstrap: PostgresStatement {
    typealias Row = Void

    // Any number will do, as long as nobody else uses it and it never changes.
    static let sql = "SELECT pg_advisory_xact_lock(4301982277)"
}
