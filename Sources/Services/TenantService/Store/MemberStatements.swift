import API
import Core
import Domain
import Postgres
import ServiceRuntime

struct InsertMember: ConstrainedStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO members (org_id, id, email, role, created_at) VALUES ($1, $2, $3, $4, $5)
        """

    static let reasons = [
        "members_email_is_unique": ServiceError(
            .alreadyExists, "MEMBER_EMAIL_TAKEN", field: "email",
            "The organization has a member with this e-mail address already.")
    ]

    let organization: OrganizationID
    let id: MemberID
    let email: EmailAddress
    let role: CallerRole
    let createTime: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(id.postgresUUID)
        bindings.append(email.text)
        bindings.append(Int32(role.rawValue))
        bindings.append(createTime)
    }

    /// The member as callers see it.
    var message: Member {
        Member(id: id.text, email: email.text, role: Role(role), createTime: Timestamp(createTime))
    }
}

/// The e-mail address of the organization's first owner.
struct SelectFirstOwner: PostgresStatement {
    static let sql = """
        SELECT email FROM members WHERE org_id = $1 AND role = $2
        ORDER BY created_at, id LIMIT 1
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(Int32(CallerRole.owner.rawValue))
    }

    static func decode(_ row: PostgresRow) throws -> String {
        try row.string(0)
    }
}

/// A page of the organization's members, by e-mail without case.
struct SelectMembers: PostgresStatement {
    struct Row: Sendable {
        let member: Member
        let emailKey: String
    }

    static let sql = """
        SELECT id, email, role, created_at, email_key
        FROM members
        WHERE org_id = $1 AND email_key COLLATE "C" > $2
        ORDER BY email_key COLLATE "C"
        LIMIT $3
        """

    let organization: OrganizationID
    /// The last key known; empty for the first page.
    let after: String
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(after)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        let member = Member(
            id: MemberID(try row.uuid(0)).text, email: try row.string(1),
            role: Role(rawValue: try row.int32(2)), createTime: Timestamp(try row.instant(3)))
        return Row(member: member, emailKey: try row.string(4))
    }
}
