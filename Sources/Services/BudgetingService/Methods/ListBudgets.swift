import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    private static var pageSizeMax: Int32 { 1000 }

    /// Budgets by unit code; a page's token is the code of its last unit.
    func listBudgets(
        _ request: ListBudgetsRequest, _ call: Call
    ) async throws -> ListBudgetsResponse {
        let size = request.pageSize == 0 ? Self.pageSizeMax : request.pageSize
        guard (1...Self.pageSizeMax).contains(size) else {
            throw ServiceError(
                .invalidArgument, "PAGE_SIZE_OUT_OF_RANGE", field: "page_size",
                "A page has 1 to \(Self.pageSizeMax) items.")
        }
        guard request.pageToken.isEmpty || (try? BusinessUnitCode(request.pageToken)) != nil
        else {
            throw ServiceError(
                .invalidArgument, "PAGE_TOKEN_MALFORMED", field: "page_token",
                "A page token is the next_page_token of the answer before.")
        }
        let organization = try call.organizationID
        let budgets = try await call.snapshot { transaction in
            try await transaction.run(
                SelectBudgets(
                    organization: organization, after: request.pageToken, limit: Int(size) + 1))
        }
        let page = budgets.prefix(Int(size))
        return ListBudgetsResponse(
            budgets: page.map(\.wire),
            nextPageToken: budgets.count > page.count ? page.last?.unit.text ?? "" : "")
    }
}
