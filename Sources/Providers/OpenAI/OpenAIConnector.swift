package import Core

/// OpenAI's organization usage and costs (Admin API, `/organization/usage/completions` and
/// `/organization/costs`).
package struct OpenAIConnector: ProviderConnector {
    package static let provider = ProviderName.openAI

    private let requests: OpenAIRequests
    private let transport: any ProviderTransport

    package init(key: Secret<String>, transport: any ProviderTransport) {
        self.requests = OpenAIRequests(key: key)
        self.transport = transport
    }

    package func fetchUsage(
        _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<NormalizedUsage> {
        let response = try await transport.send(requests.usage(window, cursor: cursor))
        return try OpenAIUsageReport.decode(response).following(cursor)
    }

    package func fetchCosts(
        _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<NormalizedCharge> {
        let response = try await transport.send(requests.costs(window, cursor: cursor))
        return try OpenAICostReport.decode(response).following(cursor)
    }
}

/// The requests OpenAI is sent; every page repeats every parameter.
package struct OpenAIRequests: Sendable {
    /// "1h default 24 max 168" (Admin API, usage, `limit`).
    package static let usageBucketsPerPage = 168
    /// "1–180" (Admin API, costs, `limit`).
    package static let costBucketsPerPage = 180

    private let key: Secret<String>

    package init(key: Secret<String>) {
        self.key = key
    }

    package func usage(
        _ window: ReportWindow, cursor: String?, limit: Int = usageBucketsPerPage
    ) -> ProviderRequest {
        request(
            "/v1/organization/usage/completions", window, width: "1h", limit: limit, cursor: cursor,
            groups: ["project_id", "user_id", "api_key_id", "model", "batch", "service_tier"])
    }

    package func costs(
        _ window: ReportWindow, cursor: String?, limit: Int = costBucketsPerPage
    ) -> ProviderRequest {
        request(
            "/v1/organization/costs", window, width: "1d", limit: limit, cursor: cursor,
            groups: ["project_id", "line_item"])
    }

    private func request(
        _ path: String, _ window: ReportWindow, width: String, limit: Int, cursor: String?,
        groups: [String]
    ) -> ProviderRequest {
        var query = [
            (name: "start_time", value: String(window.from.seconds)),
            (name: "end_time", value: String(window.through.seconds)),
            (name: "bucket_width", value: width),
            (name: "limit", value: String(limit)),
        ]
        query += groups.map { (name: "group_by", value: $0) }
        if let cursor { query.append((name: "page", value: cursor)) }
        return ProviderRequest(
            path: path, query: query,
            credential: (name: "authorization", value: Secret("Bearer \(key.reveal())")))
    }
}

extension ReportPage {
    /// The page, unless its cursor is the one that asked for it: paging would never end.
    func following(_ cursor: String?) throws(ProviderError) -> ReportPage {
        guard let cursor, nextCursor == cursor else { return self }
        throw ProviderError(.malformed(.cursorDoesNotAdvance))
    }
}
