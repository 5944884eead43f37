import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let connections = Self(number: 14)
}

extension Service {
    /// Pages go on behind the last one shown, in the order of the list, so that connections made or
    /// deleted meanwhile shift nothing.
    func listConnections(_ request: ListConnectionsRequest, _ call: Call) async throws
        -> ListConnectionsResponse
    {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .connections, sizeDefault: 100)
        let selection = try ConnectionSelection(wire: request)
        var after: ConnectionPosition?
        if let key = page.after { after = try ConnectionPosition(key, of: selection) }
        let statement = try SelectConnections(
            organizationID: try call.organizationID, selection: selection, after: after,
            limit: page.limit)
        let found = try await call.snapshot { try await $0.run(statement) }
        let (rows, next) = page.page(found) { row in
            ConnectionPosition(sortKey: row.sortKey, id: row.connection.id).text(of: selection)
        }
        return ListConnectionsResponse(
            connections: rows.map(\.connection.wire), nextPageToken: next)
    }
}
