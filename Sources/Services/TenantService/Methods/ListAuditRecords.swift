import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    func listAuditRecords(
        _ request: ListAuditRecordsRequest, _ call: Call
    ) async throws -> ListAuditRecordsResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .auditRecords, sizeDefault: 100)
        let before = try page.after.map { key throws(ServiceError) in
            guard let sequence = Int64(key), sequence > 0 else { throw PageToken.invalid }
            return sequence
        }
        let selection = try AuditSelection(wire: request.filter)
        let keys = try await call.auditKeys()
        let statement = SelectNewestAuditRecords(
            organization: call.auditedOrganization, selection: selection,
            onBehalfOfKey: try selection.onBehalfOfKey(keys), before: before ?? .max,
            limit: page.limit)
        let rows = try await call.auditSnapshot { try await $0.run(statement) }
        let shown = rows.prefix(page.size)
        var next = ""
        if let last = shown.last, last.foundCount > shown.count {
            next = PageToken(.auditRecords, after: "\(last.record.sequence)").text
        }
        return ListAuditRecordsResponse(
            records: try shown.map { try $0.message(keys) }, nextPageToken: next)
    }
}
