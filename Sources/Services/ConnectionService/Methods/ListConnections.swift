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
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keysUnlessAway()
        let statement = try SelectConnections(
            organizationID: organization, selection: selection, after: after, limit: page.limit,
            now: now)
        return try await call.snapshot { transaction in
            let found = try await transaction.run(statement)
            let (rows, next) = page.page(found) { row in
                ConnectionPosition(sortKey: row.sortKey, id: row.connection.id).text(of: selection)
            }
            let reports = try await ReportStatus.all(
                of: rows.map(\.connection.id), organization, in: transaction)
            return ListConnectionsResponse(
                connections: try rows.map(\.connection).map {
                    try $0.wire(reports[$0.id] ?? [], now: now, keys)
                }, nextPageToken: next)
        }
    }
}
