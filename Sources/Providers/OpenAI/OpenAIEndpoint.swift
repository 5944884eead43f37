/// One of OpenAI's reports: where it is asked for, how, and how its pages are read.
struct OpenAIEndpoint: Sendable {
    let report: ProviderReport
    let path: String
    /// The most buckets of the report's width that a page may have.
    let bucketsPerPage: Int
    let groups: [String]
    /// Fields of its rows that the reference documents and nobody reads, each with the reason.
    let leftOut: [String: String]
    /// Whether an account may lack the report: a 404 then says that there is none of its usage.
    let mayBeMissing: Bool
    let decode: @Sendable (ProviderResponse) throws(ProviderError) -> ReportPage<ReportedRow>

    init(
        _ report: ProviderReport, path: String, bucketsPerPage: Int, groups: [String],
        leftOut: [String: String], mayBeMissing: Bool = false,
        decode:
            @escaping @Sendable (ProviderResponse) throws(ProviderError) -> ReportPage<
                ReportedRow
            >
    ) {
        self.report = report
        self.path = path
        self.bucketsPerPage = bucketsPerPage
        self.groups = groups
        self.leftOut = leftOut.merging(
            ["object": "the path says which report it is of"], uniquingKeysWith: { one, _ in one })
        self.mayBeMissing = mayBeMissing
        self.decode = decode
    }

    /// All that are read, the ones people wait for first. A further report is one more of these.
    static let all = [completions, costs] + metered + [decisions]

    static let completions = tokens("usage", of: "completions")

    /// In the SDK, but not in every account: the published specification does not have it yet.
    static let decisions = tokens("usage/decisions", of: "decisions", mayBeMissing: true)

    private static func tokens(
        _ name: String, of resource: String, mayBeMissing: Bool = false
    ) -> OpenAIEndpoint {
        OpenAIEndpoint(
            ProviderReport(name, kind: .usage, width: .hour, rereadDays: rereadDays),
            path: usagePath + resource, bucketsPerPage: hoursPerPage,
            groups: ["project_id", "user_id", "api_key_id", "model", "batch", "service_tier"],
            leftOut: ["api_source": apiSource], mayBeMissing: mayBeMissing
        ) { response throws(ProviderError) in
            try OpenAIUsageReport.decode(response, stream: "usage/\(resource)")
                .map(ReportedRow.usage)
        }
    }

    /// The bill's finest cell is a project's line item of a day. Who made it within the cell, by key and
    /// user, usage tells: a cell that is split by key would not be shared with events, which do not
    /// carry the provider's keys.
    static let costs = OpenAIEndpoint(
        ProviderReport("costs", kind: .costs, width: .day, rereadDays: 35),
        // "1–180" (Admin API, costs, `limit`).
        path: "/v1/organization/costs", bucketsPerPage: 180,
        groups: ["project_id", "line_item"], leftOut: ["api_source": apiSource]
    ) { response throws(ProviderError) in
        try OpenAICostReport.decode(response).map(ReportedRow.charge)
    }

    static let usagePath = "/v1/organization/usage/"
    /// Days of usage that are read again. The reference does not say how long it may change.
    static let rereadDays: Int64 = 3
    /// "1h default 24 max 168" (Admin API, usage, `limit`).
    static let hoursPerPage = 168
    /// "1d default 7 max 31" (the same).
    static let daysPerPage = 31

    static let apiSource =
        "only the SDK groups by it; the published specification does not, and answers 400 to a group "
        + "that it does not know"

    /// - Throws: `badRequest` for a report that is another provider's.
    static func of(_ report: ProviderReport) throws(ProviderError) -> OpenAIEndpoint {
        guard let endpoint = all.first(where: { $0.report == report }) else {
            throw ProviderError(.badRequest)
        }
        return endpoint
    }
}
