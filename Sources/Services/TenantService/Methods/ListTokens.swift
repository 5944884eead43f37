import API
import Postgres
import ServiceRuntime

extension Service {
    func listTokens(_ request: ListTokensRequest, _ call: Call) async throws -> ListTokensResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .tokens, sizeDefault: 1000)
        var after: TokenPosition?
        if let key = page.after { after = try TokenPosition(key: key) }
        let statement = SelectTokens(
            organization: try call.organizationID, after: after, limit: page.limit)
        let found = try await call.snapshot { try await $0.run(statement) }
        let (tokens, next) = page.page(found) { $0.position.key }
        return ListTokensResponse(tokens: tokens.map(\.message), nextPageToken: next)
    }
}
