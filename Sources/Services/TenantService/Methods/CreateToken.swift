import API
import Core
import Encryption
import Postgres
import ServiceRuntime

extension Service {
    /// Makes a token no higher than the caller's own; the answer is the only place that shows it.
    func createToken(
        _ request: CreateTokenRequest, _ call: Call
    ) async throws -> CreateTokenResponse {
        let organization = try call.organizationID
        let now = call.clock.now
        let wanted = try TokenRequest(wire: request, caller: call.caller.role, now: now)
        let token = try NewToken(
            displayName: wanted.displayName, role: wanted.role, createTime: now,
            expireTime: wanted.expireTime, keyedHash: keyedHash)
        try await call.transaction { transaction in
            try await transaction.execute(
                InsertDirectoryToken(organization: organization, token: token))
            try await transaction.execute(InsertToken(organization: organization, token: token))
            try call.changed(.token, token.text.id, to: token.message.json())
        }
        return CreateTokenResponse(token: token.message, secret: token.text.text.reveal())
    }
}
