import API
import Core
import Domain
import Postgres
import ServiceRuntime

struct InsertToken: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO tokens
            (org_id, id, display_name, roles, unit_codes, source_networks, created_at, expires_at,
             calls_per_second_max, events_per_day_max, counted_as, handed_on)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """

    let organization: OrganizationID
    let token: NewToken

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(token.text.id)
        bindings.append(token.displayName)
        bindings.append(token.rights.grant.roles.stored)
        bindings.append(token.rights.grant.units.codes)
        bindings.append(token.rights.sourceNetworks.map(\.text))
        bindings.append(token.createTime)
        bindings.append(token.expireTime)
        bindings.append(token.rights.callsPerSecondMax)
        bindings.append(token.rights.eventsPerDayMax)
        bindings.append(token.countedAs)
        bindings.append(token.handedOn.rawValue)
    }
}

struct SelectToken: PostgresStatement {
    static let sql = """
        SELECT id, display_name, roles, unit_codes, source_networks, created_at, expires_at,
            revoked_at, last_used_at, successor_id, calls_per_second_max,
            events_per_day_max, counted_as, handed_on
        FROM tokens
        WHERE org_id = $1 AND id = $2
        """

    let organization: OrganizationID
    let id: String

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(id)
    }

    static func decode(_ row: PostgresRow) throws -> StoredToken {
        try StoredToken(row: row)
    }
}

/// A token, locked until the transaction ends.
struct LockToken: PostgresStatement {
    static let sql = """
        SELECT id, display_name, roles, unit_codes, source_networks, created_at, expires_at,
            revoked_at, last_used_at, successor_id, calls_per_second_max,
            events_per_day_max, counted_as, handed_on
        FROM tokens
        WHERE org_id = $1 AND id = $2
        FOR UPDATE
        """

    let organization: OrganizationID
    let id: String

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(id)
    }

    static func decode(_ row: PostgresRow) throws -> StoredToken {
        try StoredToken(row: row)
    }
}

/// Sets when a token ends, by expiry or revoked, and what came in its place.
struct EndToken: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE tokens SET expires_at = $3, revoked_at = $4, successor_id = $5
        WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL
        """

    let organization: OrganizationID
    let token: StoredToken

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(token.id)
        bindings.append(token.expireTime)
        bindings.append(token.revokeTime)
        bindings.append(token.successorID)
    }
}

/// A page of the organization's tokens, newest first.
struct SelectTokens: PostgresStatement {
    static let sql = """
        SELECT id, display_name, roles, unit_codes, source_networks, created_at, expires_at,
            revoked_at, last_used_at, successor_id, calls_per_second_max,
            events_per_day_max, counted_as, handed_on
        FROM tokens
        WHERE org_id = $1
            AND ($2::timestamptz IS NULL OR created_at < $2
                OR (created_at = $2 AND id COLLATE "C" > $3))
        ORDER BY created_at DESC, id COLLATE "C"
        LIMIT $4
        """

    let organization: OrganizationID
    /// The last token known; nil for the first page.
    let after: TokenPosition?
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(after?.createTime)
        bindings.append(after?.id)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> StoredToken {
        try StoredToken(row: row)
    }
}

extension StoredToken {
    init(row: PostgresRow) throws {
        let rights = TokenRights(
            grant: Grant(stored: try row.callerRoles(2), try row.unitScope(3)),
            sourceNetworks: try row.strings(4).map { try SourceNetwork($0) },
            callsPerSecondMax: try row.optionalInt(10),
            eventsPerDayMax: try row.optionalInt64(11))
        self.init(
            id: try row.string(0), displayName: try row.string(1), rights: rights,
            createTime: try row.instant(5), expireTime: try row.optionalInstant(6),
            revokeTime: try row.optionalInstant(7), lastUseTime: try row.optionalInstant(8),
            successorID: try row.optionalString(9), countedAs: try row.optionalString(12),
            handedOn: TokenLimits.Kinds(rawValue: try row.int(13)))
    }
}
