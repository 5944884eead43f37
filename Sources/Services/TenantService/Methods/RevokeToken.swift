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
        let id = try RevocableTokenID(request.id, inUse: call.caller.tokenID).text
        let now = call.clock.now
        let role = call.caller.role
        let token = try await call.transaction { transaction in
            let found = try await transaction.first(LockToken(organization: organization, id: id))
            guard var token = found else {
                throw ServiceError(
                    .notFound, "TOKEN_NOT_FOUND", field: "id",
                    "The organization has no token with this id.")
            }
            try role.mustCover(token.role)
            guard !token.hasEnded(by: now) else { return token }
            try await transaction.execute(
                RevokeTokenRow(organization: organization, id: id, time: now))
            try await transaction.execute(
                RevokeDirectoryToken(organization: organization, id: id, time: now))
            let before = token
            token.revokeTime = now
            try call.changed(
                .token, id, from: before.message.json(), to: token.message.json())
            return token
        }
        return token.message
    }
}
