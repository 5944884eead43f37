package import Core
import Domain

/// Anthropic's messages usage and cost report (Usage and Cost Admin API).
package struct AnthropicConnector: ProviderConnector {
    package static let provider = ProviderName.anthropic

    private let requests: AnthropicRequests
    private let transport: any ProviderTransport

    package init(key: Secret<String>, transport: any ProviderTransport) {
        self.requests = AnthropicRequests(key: key)
        self.transport = transport
    }

    package func fetchUsage(
        _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<NormalizedUsage> {
        let response = try await transport.send(requests.usage(window, cursor: cursor))
        return try AnthropicUsageReport.decode(response).following(cursor)
    }

    package func fetchCosts(
        _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<NormalizedCharge> {
        let response = try await transport.send(requests.costs(window, cursor: cursor))
        return try AnthropicCostReport.decode(response).following(cursor)
    }
}

/// The requests Anthropic is sent; every page repeats every parameter.
package struct AnthropicRequests: Sendable {
    /// "1h 24/168 (default/max)" (Messages Usage Report, `limit`).
    package static let usageBucketsPerPage = 168
    /// "1–31" (Cost Report, `limit`).
    package static let costBucketsPerPage = 31

    private let key: Secret<String>

    package init(key: Secret<String>) {
        self.key = key
    }

    package func usage(
        _ window: ReportWindow, cursor: String?, limit: Int = usageBucketsPerPage
    ) -> ProviderRequest {
        request(
            "/v1/organizations/usage_report/messages", window, width: "1h", limit: limit,
            cursor: cursor,
            groups: [
                "api_key_id", "context_window", "inference_geo", "model", "service_tier",
                "workspace_id",
            ])
    }

    package func costs(
        _ window: ReportWindow, cursor: String?, limit: Int = costBucketsPerPage
    ) -> ProviderRequest {
        request(
            "/v1/organizations/cost_report", window, width: "1d", limit: limit, cursor: cursor,
            groups: ["workspace_id", "description"])
    }

    private func request(
        _ path: String, _ window: ReportWindow, width: String, limit: Int, cursor: String?,
        groups: [String]
    ) -> ProviderRequest {
        var query = [
            (name: "starting_at", value: window.from.rfc3339),
            (name: "ending_at", value: window.through.rfc3339),
            (name: "bucket_width", value: width),
            (name: "limit", value: String(limit)),
        ]
        query += groups.map { (name: "group_by[]", value: $0) }
        if let cursor { query.append((name: "page", value: cursor)) }
        return ProviderRequest(
            path: path, query: query,
            headers: [(name: "anthropic-version", value: "2023-06-01")],
            credential: (name: "x-api-key", value: key))
    }
}
