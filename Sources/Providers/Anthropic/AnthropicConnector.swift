package import Core
import Domain

/// Anthropic's messages usage and cost report (Usage and Cost Admin API), its lists of names, and Claude Code
/// analytics, which are activity and no spend (`AnthropicCodeReport`).
///
/// Not read: unified analytics, a beta that tells usage and cost another time, and would count twice.
package struct AnthropicConnector: ProviderConnector {
    package static let provider = ProviderName.anthropic
    package static let reports =
        AnthropicEndpoint.all.map(\.report) + AnthropicNames.all + [AnthropicCodeReport.report]

    private let requests: AnthropicRequests
    private let transport: any ProviderTransport

    package init(key: Secret<String>, transport: any ProviderTransport) {
        self.requests = AnthropicRequests(key: key)
        self.transport = transport
    }

    package func fetch(
        _ report: ProviderReport, _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<ReportedRow> {
        guard !report.isOfNames else {
            let names = AnthropicNames(requests: requests, transport: transport)
            return try await names.fetch(report, window, cursor: cursor).following(cursor)
        }
        guard report != AnthropicCodeReport.report else {
            let analytics = AnthropicCodeReport(requests: requests, transport: transport)
            return try await analytics.fetch(window, cursor: cursor).following(cursor)
        }
        let endpoint = try AnthropicEndpoint.of(report)
        let response = try await transport.send(
            requests.request(endpoint, window, cursor: cursor))
        return try endpoint.decode(response).following(cursor)
    }
}

/// The requests Anthropic is sent; every page repeats every parameter.
struct AnthropicRequests: Sendable {
    private let key: Secret<String>

    init(key: Secret<String>) {
        self.key = key
    }

    func request(
        _ endpoint: AnthropicEndpoint, _ window: ReportWindow, cursor: String?
    ) -> ProviderRequest {
        var query = [
            (name: "starting_at", value: window.from.rfc3339),
            (name: "ending_at", value: window.through.rfc3339),
            (name: "bucket_width", value: endpoint.report.width.text),
            (name: "limit", value: String(endpoint.bucketsPerPage)),
        ]
        query += endpoint.groups.map { (name: "group_by[]", value: $0) }
        if let cursor { query.append((name: "page", value: cursor)) }
        return list(endpoint.path, query, betas: endpoint.betas)
    }

    func list(
        _ path: String, _ query: [(name: String, value: String)], betas: [String] = []
    ) -> ProviderRequest {
        var headers = [(name: "anthropic-version", value: "2023-06-01")]
        if !betas.isEmpty {
            headers.append((name: "anthropic-beta", value: betas.joined(separator: ",")))
        }
        return ProviderRequest(
            path: path, query: query, headers: headers,
            credential: (name: "x-api-key", value: key))
    }
}
