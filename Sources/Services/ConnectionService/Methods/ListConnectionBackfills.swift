import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let connectionBackfills = Self(number: 17)
}

extension Service {
    /// Pages go on before the last back-fill seen.
    func listConnectionBackfills(
        _ request: ListConnectionBackfillsRequest, _ call: Call
    ) async throws -> ListConnectionBackfillsResponse {
        let organization = try call.organizationID
        let connection = try Self.connectionID(request.id)
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .connectionBackfills,
            sizeDefault: 20)
        let before = try page.after.map { try BackfillID($0) } ?? .afterAll
        let found = try await call.snapshot { transaction in
            guard
                try await transaction.first(
                    SelectConnection(organizationID: organization, id: connection)) != nil
            else { throw Self.connectionNotFound }
            let reports = try await transaction.run(
                SelectBackfills(
                    organizationID: organization, connectionID: connection, before: before,
                    limit: page.limit))
            return try await CurrentBackfill.shown(
                reports, for: organization, in: transaction)
        }
        let (shown, next) = page.page(found) { $0.id }
        return ListConnectionBackfillsResponse(backfills: shown, nextPageToken: next)
    }
}

extension BackfillID {
    /// No back-fill has an id as large.
    fileprivate static let afterAll = Self(UUIDv7(high: .max, low: .max))
}
