import API
import Core
import Domain
import Postgres
import ServiceRuntime

struct InsertMember: ConstrainedStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO members (org_id, id, sealed_email, email_key, roles, unit_codes, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """

    static let reasons = [
        "members_email_is_unique": ServiceError(
            .alreadyExists, "MEMBER_EMAIL_TAKEN", field: "email",
            "The organization has a member with this e-mail address already.")
    ]

    let organization: OrganizationID
    let id: MemberID
    let email: EmailAddress
    let sealedEmail: SealedEmail
    let grant: Grant
    let createTime: Instant

    /// - Parameter keys: The organization's.
    init(
        organization: OrganizationID, id: MemberID, email: EmailAddress, grant: Grant,
        createTime: Instant, keys: OrganizationKeys
    ) throws {
        self.organization = organization
        self.id = id
        self.email = email
        sealedEmail = try keys.seal(email: email.text, of: id)
        self.grant = grant
        self.createTime = createTime
    }

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(id.postgresUUID)
        bindings.append(sealedEmail.sealed)
        bindings.append(sealedEmail.key)
        bindings.append(grant.roles.stored)
        bindings.append(grant.units.codes)
        bindings.append(createTime)
    }

    /// The member as callers see it.
    var message: Member {
        StoredMember(
            id: id, email: email.text, grant: grant, createTime: createTime, revision: 1
        ).message
    }
}

/// The organization's first owner.
struct SelectFirstOwner: PostgresStatement {
    static let sql = """
        SELECT id, sealed_email, roles, unit_codes, created_at, revision
        FROM members WHERE org_id = $1 AND roles & $2 <> 0
        ORDER BY created_at, id LIMIT 1
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(CallerRoles.owner.stored)
    }

    static func decode(_ row: PostgresRow) throws -> SealedMember {
        try SealedMember(row: row)
    }
}

/// One member.
struct SelectMember: PostgresStatement {
    static let sql = """
        SELECT id, sealed_email, roles, unit_codes, created_at, revision
        FROM members
        WHERE org_id = $1 AND id = $2
        """

    let organization: OrganizationID
    let id: MemberID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(id.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> SealedMember {
        try SealedMember(row: row)
    }
}

/// One member, locked until the transaction ends.
struct LockMember: PostgresStatement {
    static let sql = """
        SELECT id, sealed_email, roles, unit_codes, created_at, revision
        FROM members
        WHERE org_id = $1 AND id = $2
        FOR UPDATE
        """

    let organization: OrganizationID
    let id: MemberID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(id.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> SealedMember {
        try SealedMember(row: row)
    }
}

/// All owners, locked one after the other until the transaction ends.
struct LockOwners: PostgresStatement {
    static let sql = """
        SELECT id FROM members WHERE org_id = $1 AND roles & $2 <> 0 ORDER BY id FOR UPDATE
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(CallerRoles.owner.stored)
    }

    static func decode(_ row: PostgresRow) throws -> MemberID {
        MemberID(try row.uuid(0))
    }
}

struct UpdateMemberRow: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE members SET roles = $3, unit_codes = $4, revision = $5
        WHERE org_id = $1 AND id = $2
        """

    let organization: OrganizationID
    let member: StoredMember

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(member.id.postgresUUID)
        bindings.append(member.grant.roles.stored)
        bindings.append(member.grant.units.codes)
        bindings.append(member.revision)
    }
}

struct DeleteMember: PostgresStatement {
    typealias Row = Void

    static let sql = "DELETE FROM members WHERE org_id = $1 AND id = $2"

    let organization: OrganizationID
    let id: MemberID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(id.postgresUUID)
    }
}

/// A page of the organization's members, in the order in which they were added; or the one of an
/// address.
struct SelectMembers: PostgresStatement {
    static let sql = """
        SELECT id, sealed_email, roles, unit_codes, created_at, revision
        FROM members
        WHERE org_id = $1 AND id > $2
        ORDER BY id
        LIMIT $3
        """

    /// Before every one that there is.
    private static let first = PostgresUUID(high: 0, low: 0)

    let organization: OrganizationID
    /// The last one known; nil for the first page.
    let after: MemberID?
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(after?.postgresUUID ?? Self.first)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> SealedMember {
        try SealedMember(row: row)
    }
}

/// The member of an address, by what it is found by.
struct SelectMemberOfEmail: PostgresStatement {
    static let sql = """
        SELECT id, sealed_email, roles, unit_codes, created_at, revision
        FROM members
        WHERE org_id = $1 AND email_key = $2
        """

    let organization: OrganizationID
    let emailKey: [UInt8]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(emailKey)
    }

    static func decode(_ row: PostgresRow) throws -> SealedMember {
        try SealedMember(row: row)
    }
}

/// A member whose e-mail address is not open yet.
struct SealedMember: Sendable {
    let id: MemberID
    let sealedEmail: [UInt8]
    let grant: Grant
    let createTime: Instant
    let revision: Int64

    /// - Parameter keys: The organization's.
    func opened(_ keys: OrganizationKeys) throws -> StoredMember {
        StoredMember(
            id: id, email: try keys.email(sealedEmail, of: id), grant: grant,
            createTime: createTime, revision: revision)
    }
}

extension SealedMember {
    init(row: PostgresRow) throws {
        self.init(
            id: MemberID(try row.uuid(0)), sealedEmail: try row.bytes(1),
            grant: Grant(stored: try row.callerRoles(2), try row.unitScope(3)),
            createTime: try row.instant(4), revision: try row.int64(5))
    }
}
