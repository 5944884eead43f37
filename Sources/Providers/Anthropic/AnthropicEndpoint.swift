/// One of Anthropic's reports: where it is asked for, how, and how its pages are read.
struct AnthropicEndpoint: Sendable {
    let report: ProviderReport
    let path: String
    /// The most buckets of the report's width that a page may have.
    let bucketsPerPage: Int
    let groups: [String]
    /// Names of betas that its parameters need.
    var betas: [String] = []
    /// Fields of its rows that the reference documents and nobody reads, each with the reason.
    let leftOut: [String: String]
    let decode: @Sendable (ProviderResponse) throws(ProviderError) -> ReportPage<ReportedRow>

    /// All that are read. A further report is one more of these.
    static let all = [messages, costs]

    static let messages = AnthropicEndpoint(
        report: ProviderReport("usage", kind: .usage, width: .hour, rereadDays: 3),
        // "1h 24/168 (default/max)" (Messages Usage Report, `limit`).
        path: "/v1/organizations/usage_report/messages", bucketsPerPage: 168,
        groups: [
            "account_id", "api_key_id", "context_window", "inference_geo", "model",
            "service_account_id", "service_tier", "speed", "workspace_id",
        ],
        // "only with anthropic-beta" (Messages Usage Report, group `speed`).
        betas: ["fast-mode-2026-02-01"], leftOut: [:],
        decode: { response throws(ProviderError) in
            try AnthropicUsageReport.decode(response).map(ReportedRow.usage)
        })

    static let costs = AnthropicEndpoint(
        report: ProviderReport("costs", kind: .costs, width: .day, rereadDays: 35),
        // "1–31" (Cost Report, `limit`).
        path: "/v1/organizations/cost_report", bucketsPerPage: 31,
        groups: ["workspace_id", "description"], leftOut: [:],
        decode: { response throws(ProviderError) in
            try AnthropicCostReport.decode(response).map(ReportedRow.charge)
        })

    /// - Throws: `badRequest` for a report that is another provider's.
    static func of(_ report: ProviderReport) throws(ProviderError) -> AnthropicEndpoint {
        guard let endpoint = all.first(where: { $0.report == report }) else {
            throw ProviderError(.badRequest)
        }
        return endpoint
    }
}
