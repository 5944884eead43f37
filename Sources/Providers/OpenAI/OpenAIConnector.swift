package import Core

/// OpenAI's organization usage and costs (Admin API, `/organization/usage/…` and
/// `/organization/costs`).
package struct OpenAIConnector: ProviderConnector {
    package static let provider = ProviderName.openAI
    package static let reports = OpenAIEndpoint.all.map(\.report) + OpenAINames.all

    private let requests: OpenAIRequests
    private let transport: any ProviderTransport

    package init(key: Secret<String>, transport: any ProviderTransport) {
        self.requests = OpenAIRequests(key: key)
        self.transport = transport
    }

    package func fetch(
        _ report: ProviderReport, _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<ReportedRow> {
        guard !report.isOfNames else {
            let names = OpenAINames(requests: requests, transport: transport)
            return try await names.fetch(report, window, cursor: cursor).following(cursor)
        }
        let endpoint = try OpenAIEndpoint.of(report)
        let response = try await transport.send(
            requests.request(endpoint, window, cursor: cursor))
        if response.status == 404, endpoint.mayBeMissing {
            return ReportPage(buckets: [], rows: [], nextCursor: nil)
        }
        return try endpoint.decode(response).following(cursor)
    }
}

/// The requests OpenAI is sent; every page repeats every parameter.
struct OpenAIRequests: Sendable {
    private let key: Secret<String>

    init(key: Secret<String>) {
        self.key = key
    }

    func request(
        _ endpoint: OpenAIEndpoint, _ window: ReportWindow, cursor: String?
    ) -> ProviderRequest {
        var query = [
            (name: "start_time", value: String(window.from.seconds)),
            (name: "end_time", value: String(window.through.seconds)),
            (name: "bucket_width", value: endpoint.report.width.text),
            (name: "limit", value: String(endpoint.bucketsPerPage)),
        ]
        query += endpoint.groups.map { (name: "group_by", value: $0) }
        if let cursor { query.append((name: "page", value: cursor)) }
        return list(endpoint.path, query)
    }

    func list(_ path: String, _ query: [(name: String, value: String)]) -> ProviderRequest {
        ProviderRequest(
            path: path, query: query,
            credential: (name: "authorization", value: Secret("Bearer \(key.reveal())")))
    }
}
