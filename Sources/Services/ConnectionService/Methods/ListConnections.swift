import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let connections = Self(number: 5)
}

extension Service {
    /// Pages go on after the last name seen, so that connections made meanwhile shift nothing.
    func listConnections(_ request: ListConnectionsRequest, _ call: Call) async throws
        -> ListConnectionsResponse
    {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .connections, sizeDefault: 100)
        let statement = SelectConnections(
            organizationID: try call.organizationID, afterName: page.after ?? "",
            limit: page.limit)
        let found = try await call.snapshot { try await $0.run(statement) }
        let (records, next) = page.page(found) { $0.displayName }
        return ListConnectionsResponse(connections: records.map(\.wire), nextPageToken: next)
    }
}
