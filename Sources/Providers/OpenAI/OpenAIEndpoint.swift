/// One of OpenAI's reports: where it is asked for, how, and how its pages are read.
struct OpenAIEndpoint: Sendable {
    let report: ProviderReport
    let path: String
    /// The most buckets of the report's width that a page may have.
    let bucketsPerPage: Int
    let groups: [String]
    let decode: @Sendable (ProviderResponse) throws(ProviderError) -> ReportPage<ReportedRow>

    /// All that are read. A further report is one more of these.
    static let all = [completions, costs]

    static let completions = OpenAIEndpoint(
        report: ProviderReport("usage", kind: .usage, width: .hour, rereadDays: 3),
        path: "/v1/organization/usage/completions", bucketsPerPage: hoursPerPage,
        groups: ["project_id", "user_id", "api_key_id", "model", "batch", "service_tier"],
        decode: { response throws(ProviderError) in
            try OpenAIUsageReport.decode(response).map(ReportedRow.usage)
        })

    static let costs = OpenAIEndpoint(
        report: ProviderReport("costs", kind: .costs, width: .day, rereadDays: 35),
        // "1–180" (Admin API, costs, `limit`).
        path: "/v1/organization/costs", bucketsPerPage: 180,
        groups: ["project_id", "line_item"],
        decode: { response throws(ProviderError) in
            try OpenAICostReport.decode(response).map(ReportedRow.charge)
        })

    /// "1h default 24 max 168" (Admin API, usage, `limit`).
    private static let hoursPerPage = 168

    /// - Throws: `badRequest` for a report that is another provider's.
    static func of(_ report: ProviderReport) throws(ProviderError) -> OpenAIEndpoint {
        guard let endpoint = all.first(where: { $0.report == report }) else {
            throw ProviderError(.badRequest)
        }
        return endpoint
    }
}
