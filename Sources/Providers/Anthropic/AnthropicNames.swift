/// Anthropic's lists of workspaces, API keys and users: what ids in its usage are called.
struct AnthropicNames: Sendable {
    static let workspaces = report("names/workspaces", .project)
    static let apiKeys = report("names/api_keys", .apiKey)
    static let users = report("names/users", .user)
    static let all = [workspaces, apiKeys, users]

    /// "limit 1–1000".
    private static let perPage = 1000

    /// A list is read once a day: it says how things are, so that days gone by are no matter.
    private static func report(
        _ name: String, _ kind: NormalizedName.Kind
    ) -> ProviderReport {
        ProviderReport(
            name, kind: .names(kind), width: .day, rereadDays: 0, historyDays: 1, pauseHours: 24)
    }

    let requests: AnthropicRequests
    let transport: any ProviderTransport

    func fetch(
        _ report: ProviderReport, _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<ReportedRow> {
        var query = [(name: "limit", value: String(Self.perPage))]
        if let cursor { query.append((name: "after_id", value: cursor)) }
        do throws(ProviderError) {
            switch report {
            case Self.workspaces:
                query.append((name: "include_archived", value: "true"))
                let response = try await transport.send(
                    requests.list("/v1/organizations/workspaces", query))
                return try NameList.decode(response, Self.workspace).page(of: window)
            case Self.apiKeys:
                let response = try await transport.send(
                    requests.list("/v1/organizations/api_keys", query))
                return try NameList.decode(response, Self.key).page(of: window)
            default:
                let response = try await transport.send(
                    requests.list("/v1/organizations/users", query))
                return try NameList.decode(response, Self.user).page(of: window)
            }
        } catch  where error.kind == .missingPermission {
            // A key may read usage and no lists: then ids stay what they are.
            return ReportPage(buckets: [], rows: [], nextCursor: nil)
        }
    }

    static func workspace(_ item: JSONField, _ id: String) throws(ProviderError) -> NormalizedName {
        NormalizedName(
            kind: .project, id: id, name: try item.optionalText("name") ?? "",
            status: try item.optionalText("archived_at") == nil ? "active" : "archived")
    }

    static func key(_ item: JSONField, _ id: String) throws(ProviderError) -> NormalizedName {
        NormalizedName(
            kind: .apiKey, id: id, name: try item.optionalText("name") ?? "",
            status: try item.optionalText("status") ?? "")
    }

    static func user(_ item: JSONField, _ id: String) throws(ProviderError) -> NormalizedName {
        NormalizedName(
            kind: .user, id: id, name: try item.optionalText("name") ?? "",
            email: try item.optionalText("email") ?? "")
    }
}
