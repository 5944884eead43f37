import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let connectionRuns = Self(number: 15)
}

extension Service {
    /// Pages go on before the last run seen, so that runs that begin meanwhile shift nothing.
    func listConnectionRuns(_ request: ListConnectionRunsRequest, _ call: Call) async throws
        -> ListConnectionRunsResponse
    {
        let organization = try call.organizationID
        let id = try Self.connectionID(request.id)
        let report = request.report
        guard report.utf8.count <= PullStream.nameBytesMax else {
            throw ServiceError(
                .invalidArgument, "REPORT_UNKNOWN", field: "report",
                "report is one of the connection's, such as usage or costs, or empty for all")
        }
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .connectionRuns,
            sizeDefault: 50)
        let before = try page.after.map { try ConnectionRunID($0) } ?? .afterAll
        let found = try await call.snapshot { transaction in
            guard
                try await transaction.first(
                    SelectConnection(organizationID: organization, id: id)) != nil
            else { throw Self.connectionNotFound }
            return try await transaction.run(
                SelectConnectionRuns(
                    organizationID: organization, connectionID: id, before: before,
                    report: report, limit: page.limit))
        }
        let (runs, next) = page.page(found) { $0.id.text }
        return ListConnectionRunsResponse(runs: runs.map(\.wire), nextPageToken: next)
    }
}

extension ConnectionRunID {
    /// No run has an id as large.
    fileprivate static let afterAll = Self(UUIDv7(high: .max, low: .max))
}
