import API
import Core
import Postgres
import ServiceRuntime

extension Service {
    /// Ends a token; one that has ended already, revoked or expired, stays as it is.
    ///
    /// Servers that know the token forget it within a second.
    func revokeToken(_ request: RevokeTokenRequest, _ call: Call) async throws -> Token {
        let organization = try call.organizationID
        let id = try TokenID(revoking: request.id, inUse: call.caller.tokenID).text
        let now = call.clock.now
        let caller = Grant(of: call.caller)
        let token = try await call.transaction { transaction in
            let found = try await transaction.first(LockToken(organization: organization, id: id))
            guard var token = found else { throw TokenID.notFound }
            try caller.mustCover(token.rights.grant)
            guard !token.hasEnded(by: now) else { return token }
            let before = token.message
            token.revokeTime = now
            try await transaction.execute(
                EndDirectoryToken(organization: organization, token: token))
            try await transaction.execute(EndToken(organization: organization, token: token))
            try call.changed(.token, id, from: before.json(), to: token.message.json())
            return token
        }
        return token.message
    }
}
