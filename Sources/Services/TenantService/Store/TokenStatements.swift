import API
import Core
import Domain
import Postgres
import ServiceRuntime

struct InsertToken: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO tokens (org_id, id, display_name, role, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """

    let organization: OrganizationID
    let token: NewToken

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(token.text.id)
        bindings.append(token.displayName.text)
        bindings.append(Int32(token.role.rawValue))
        bindings.append(token.createTime)
        bindings.append(token.expireTime)
    }
}

/// A token, locked until the transaction ends.
struct LockToken: PostgresStatement {
    static let sql = """
        SELECT id, display_name, role, created_at, expires_at, revoked_at
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

struct RevokeTokenRow: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE tokens SET revoked_at = $3 WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL
        """

    let organization: OrganizationID
    let id: String
    let time: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(id)
        bindings.append(time)
    }
}

/// A page of the organization's tokens, newest first.
struct SelectTokens: PostgresStatement {
    static let sql = """
        SELECT id, display_name, role, created_at, expires_at, revoked_at
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
        let number = try row.int32(2)
        guard let role = Int16(exactly: number).flatMap({ CallerRole(rawValue: $0) }) else {
            throw PostgresError(.unexpectedValue, message: "no role has the number \(number)")
        }
        self.init(
            id: try row.string(0), displayName: try row.string(1), role: role,
            createTime: try row.instant(3), expireTime: try row.optionalInstant(4),
            revokeTime: try row.optionalInstant(5))
    }
}
