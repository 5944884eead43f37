import API
import Core
import Postgres
import ServiceRuntime

extension Service {
    func getToken(_ request: GetTokenRequest, _ call: Call) async throws -> Token {
        let statement = SelectToken(
            organization: try call.organizationID, id: try TokenID(request.id).text)
        guard let token = try await call.snapshot({ try await $0.first(statement) }) else {
            throw TokenID.notFound
        }
        return token.message
    }
}
