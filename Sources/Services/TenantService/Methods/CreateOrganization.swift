import API
import Core
import Domain
import Encryption
import Postgres
import ServiceRuntime

extension Service {
    /// Makes an organization with its first owner and that owner's token, all or nothing.
    func createOrganization(
        _ request: CreateOrganizationRequest, _ call: Call
    ) async throws -> CreateOrganizationResponse {
        let organization = try NewOrganization(wire: request)
        let now = call.clock.now
        // Nobody's key is made for an organization that cannot be; who takes the slug in the meantime
        // leaves behind a key that seals nothing.
        let isTaken = try await call.operatorSnapshot { transaction in
            try await transaction.first(SelectOrganizationOfSlug(slug: organization.slug)) != nil
        }
        if isTaken { throw InsertOrganizationSlug.taken }
        let (id, keys) = try await call.makeOrganizationKeys()
        let owner = try InsertMember(
            organization: id, id: MemberID.make(call.clock), email: organization.ownerEmail,
            grant: .owner, createTime: now, keys: keys)
        let token = try NewToken(
            displayName: "First owner", rights: .owner, createTime: now, keyedHash: keyedHash)
        let stored = StoredOrganization(id: id, organization, createTime: now)
        let message = stored.message(terms)
        try await call.operatorTransaction(organization: id, isReported: true) { transaction in
            // Shared tables first: they decide whether the organization can be.
            try await transaction.insert(
                InsertOrganizationSlug(slug: organization.slug, organization: id))
            try await transaction.execute(InsertDirectoryToken(organization: id, token: token))
            if stored.retentionMonths != 0 || stored.limits.callsPerSecondMax != nil {
                try await transaction.execute(InsertOrganizationState(organization: stored))
            }
            try await transaction.execute(
                InsertOrganization(id: id, organization: organization, createTime: now))
            try await transaction.execute(InsertLedgerClock(organization: id))
            try await call.beginAuditLog(of: id, in: transaction)
            try await transaction.insert(owner)
            try await transaction.execute(InsertToken(organization: id, token: token))
            try call.changed(.organization, id.text, to: message.json())
            try call.changed(.member, owner.message.id, to: owner.message.json())
            try call.changed(.token, token.text.id, to: token.message.json())
        }
        return CreateOrganizationResponse(
            organization: message, owner: owner.message, ownerToken: token.text.text.reveal())
    }
}
