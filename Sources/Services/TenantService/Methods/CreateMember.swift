import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    func createMember(_ request: CreateMemberRequest, _ call: Call) async throws -> Member {
        let member = try NewMember(wire: request, caller: Grant(of: call.caller))
        let organization = try call.organizationID
        let statement = try InsertMember(
            organization: organization, id: MemberID.make(call.clock), email: member.email,
            grant: member.grant, createTime: call.clock.now, keys: try await call.keysToSeal())
        let message = statement.message
        try await call.transaction { transaction in
            try await transaction.mustHave(member.grant.units, organization)
            try await transaction.insert(statement)
            try call.changed(.member, message.id, to: message.json())
        }
        return message
    }
}

extension PostgresTransaction {
    /// `BUSINESS_UNIT_NOT_FOUND` unless the organization has all units of a scope.
    func mustHave(_ scope: UnitScope, _ organization: OrganizationID) async throws {
        guard !scope.isWholeOrganization else { return }
        // No lock: no unit is ever deleted.
        let found = try await run(
            SelectKnownUnitCodes(organization: organization, codes: scope.codes))
        guard let missing = Set(scope.codes).subtracting(found).min() else { return }
        throw ServiceError(
            .notFound, "BUSINESS_UNIT_NOT_FOUND", field: "unit_codes",
            "The organization has no business unit with the code \(missing).")
    }
}
