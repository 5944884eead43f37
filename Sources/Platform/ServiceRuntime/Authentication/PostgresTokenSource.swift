import Domain
import Postgres

/// The database's directory of tokens and slugs, which is read before the organization is known.
struct PostgresTokenSource: TokenSource {
    private static let options = TransactionOptions(role: "tally_directory", isReadOnly: true)

    let pool: PostgresPool

    func token(id: String) async throws -> TokenRecord? {
        try await pool.transaction(Self.options) { transaction in
            try await transaction.first(FindToken(id: id))
        }
    }

    func organization(slug: String) async throws -> OrganizationID? {
        try await pool.transaction(Self.options) { transaction in
            try await transaction.first(FindSlug(slug: slug))
        }
    }
}

/// The organization of a slug.
struct FindSlug: PostgresStatement {
    let slug: String

    static let sql = "SELECT org_id FROM organization_slugs WHERE slug = $1"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(slug)
    }

    static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}

/// One token of the directory, by its public part.
struct FindToken: PostgresStatement {
    let id: String

    static let sql = """
        SELECT id, org_id, keyed_hash, role, expires_at, revoked_at
        FROM token_directory WHERE id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id)
    }

    static func decode(_ row: PostgresRow) throws -> TokenRecord {
        let number = Int16(truncatingIfNeeded: try row.int64(3))
        guard let role = CallerRole(rawValue: number) else {
            throw PostgresError(.unexpectedValue, message: "no role has the number \(number)")
        }
        return TokenRecord(
            id: try row.string(0), organizationID: try row.optionalUUID(1).map { .init($0) },
            keyedHash: try row.bytes(2), role: role, expiresAt: try row.optionalInstant(4),
            revokedAt: try row.optionalInstant(5))
    }
}
