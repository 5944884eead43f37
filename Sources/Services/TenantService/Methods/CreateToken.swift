import API
import Core
import Domain
import Encryption
import Postgres
import ServiceRuntime

extension Service {
    /// Makes a token no wider than the caller's own; the answer is the only place that shows it.
    func createToken(
        _ request: CreateTokenRequest, _ call: Call
    ) async throws -> CreateTokenResponse {
        let organization = try call.organizationID
        let now = call.clock.now
        let wanted = try TokenRequest(
            wire: request, caller: Grant(of: call.caller), limits: call.tokenLimits, now: now)
        let token = try NewToken(
            displayName: wanted.displayName.text, rights: wanted.rights, createTime: now,
            expireTime: wanted.expireTime, keyedHash: keyedHash)
        try await call.transaction { transaction in
            try await transaction.mustHave(wanted.rights.grant.units, organization)
            try await transaction.insert(token, of: organization)
            try call.changed(.token, token.text.id, to: token.message.json())
        }
        return CreateTokenResponse(token: token.message, secret: token.text.text.reveal())
    }
}

extension PostgresTransaction {
    /// Stores a token of an organization; in the shared table first, as everywhere.
    func insert(_ token: NewToken, of organization: OrganizationID) async throws {
        try await execute(InsertDirectoryToken(organization: organization, token: token))
        try await execute(InsertToken(organization: organization, token: token))
    }
}
