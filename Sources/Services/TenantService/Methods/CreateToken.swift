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
        let token = try await call.transaction { transaction in
            try await transaction.mustHave(wanted.rights.grant.units, organization)
            let token = try NewToken(
                displayName: wanted.displayName.text, rights: wanted.rights, createTime: now,
                expireTime: wanted.expireTime,
                countedAs: try await countedAs(by: call, organization, in: transaction),
                handedOn: call.tokenLimits.kinds, keyedHash: keyedHash)
            try await transaction.insert(token, of: organization)
            try call.changed(.token, token.text.id, to: token.message.json())
            return token
        }
        return CreateTokenResponse(token: token.message, secret: token.text.text.reveal())
    }

    /// Who has a quota of events brings no more by further tokens: what it makes counts with it.
    /// - Returns: The token that the caller's events count for; nil where it has no quota.
    func countedAs(
        by call: Call, _ organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws -> String? {
        guard call.tokenLimits.eventsPerDayMax != nil else { return nil }
        let caller = call.caller.tokenID
        let select = SelectToken(organization: organization, id: caller)
        return try await transaction.first(select)?.countedAs ?? caller
    }
}

extension PostgresTransaction {
    /// Stores a token of an organization; in the shared table first, as everywhere.
    func insert(_ token: NewToken, of organization: OrganizationID) async throws {
        try await execute(InsertDirectoryToken(organization: organization, token: token))
        try await execute(InsertToken(organization: organization, token: token))
    }
}
