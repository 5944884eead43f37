import Core
import Domain
package import Postgres

/// The database's directory of tokens and slugs, which is read before the organization is known, and
/// the members of an organization that is.
struct PostgresTokenSource: TokenSource {
    /// Several calls share a look, and none of them ends it, so the database does.
    private static let timeout = Duration.seconds(10)
    private static let options = TransactionOptions(
        role: "tally_directory", isReadOnly: true, statementTimeout: timeout)

    let pool: PostgresPool
    let keys: DataKeyStore

    func token(id: String) async throws -> TokenRecord? {
        try await pool.transaction(Self.options) { transaction in
            try await transaction.first(FindToken(id: id))
        }
    }

    func isSlug(_ slug: String, of organization: OrganizationID) async throws -> Bool {
        try await pool.transaction(Self.options) { transaction in
            try await transaction.first(FindSlug(slug: slug, organization: organization)) != nil
        }
    }

    func member(email: String, of organization: OrganizationID) async throws -> MemberRecord? {
        let options = TransactionOptions(
            role: "tally_service", organization: organization.postgresUUID, isReadOnly: true,
            statementTimeout: Self.timeout)
        let keys = try await keys.keys(of: organization)
        // Nobody belongs to what was deleted.
        guard !keys.areDestroyed else { return nil }
        let statement = FindMember(
            organization: organization, emailKey: try keys.key(ofEmail: email))
        guard
            let found = try await pool.transaction(options, { try await $0.first(statement) })
        else { return nil }
        return MemberRecord(
            email: try keys.email(found.sealedEmail, of: found.id), roles: found.roles,
            units: found.units)
    }
}

/// A slug of an organization; one that others have is not found, as one that nobody has.
struct FindSlug: PostgresStatement {
    let slug: String
    let organization: OrganizationID

    static let sql = "SELECT org_id FROM organization_slugs WHERE slug = $1 AND org_id = $2"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(slug)
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}

/// One token of the directory, by its public part, with what holds of its organization.
struct FindToken: PostgresStatement {
    let id: String

    static let sql = """
        SELECT t.id, t.org_id, t.keyed_hash, t.roles, t.expires_at, t.revoked_at, t.unit_codes,
            t.source_networks, s.is_suspended, s.delete_after IS NOT NULL,
            s.deleted_at IS NOT NULL, s.calls_per_second_max, s.retention_months,
            t.calls_per_second_max, t.events_per_day_max, t.handed_on
        FROM token_directory AS t LEFT JOIN organization_states AS s ON s.org_id = t.org_id
        WHERE t.id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id)
    }

    static func decode(_ row: PostgresRow) throws -> TokenRecord {
        TokenRecord(
            id: try row.string(0), organizationID: try row.optionalUUID(1).map { .init($0) },
            standing: try row.organizationStanding(8), keyedHash: try row.bytes(2),
            roles: try row.callerRoles(3),
            units: try row.unitScope(6),
            sourceNetworks: try row.strings(7).map { try SourceNetwork($0) },
            expiresAt: try row.optionalInstant(4), revokedAt: try row.optionalInstant(5),
            callsPerSecondMax: try row.optionalInt(13),
            eventsPerDayMax: try row.optionalInt64(14),
            handedOn: TokenLimits.Kinds(rawValue: try row.int(15)))
    }
}

/// One member of an organization, by e-mail without case.
struct FindMember: PostgresStatement {
    struct Row: Sendable {
        let id: MemberID
        let sealedEmail: [UInt8]
        let roles: CallerRoles
        let units: UnitScope
    }

    let organization: OrganizationID
    let emailKey: [UInt8]

    static let sql = """
        SELECT id, sealed_email, roles, unit_codes FROM members
        WHERE org_id = $1 AND email_key = $2
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(emailKey)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            id: MemberID(try row.uuid(0)), sealedEmail: try row.bytes(1),
            roles: try row.callerRoles(2), units: try row.unitScope(3))
    }
}

extension PostgresRow {
    /// Roles as a column of bits.
    package func callerRoles(_ column: Int) throws -> CallerRoles {
        let bits = try int32(column)
        guard let roles = CallerRoles(stored: bits) else {
            throw PostgresError(.unexpectedValue, message: "no roles have the bits \(bits)")
        }
        return roles
    }

    /// Five columns: whether it is suspended, being deleted and being erased, its rate, and for how many
    /// months its usage is kept; nulls where nothing is said of the organization.
    func organizationStanding(_ column: Int) throws -> OrganizationStanding {
        var obstacles: OrganizationStanding.Obstacles = []
        if try optionalBool(column) == true { obstacles.insert(.suspension) }
        if try optionalBool(column + 1) == true { obstacles.insert(.deletion) }
        if try optionalBool(column + 2) == true { obstacles.insert(.erasure) }
        return OrganizationStanding(
            obstacles: obstacles, callsPerSecondMax: try optionalInt(column + 3),
            retention: try optionalInt(column + 4).map { UsageRetention(months: $0) })
    }

    /// Units as a column of codes.
    package func unitScope(_ column: Int) throws -> UnitScope {
        UnitScope(try strings(column).map { try BusinessUnitCode($0) })
    }
}
