/// OpenAI's lists of projects, users and each project's API keys: what ids in its usage are called.
struct OpenAINames: Sendable {
    static let projects = report("names/projects", .project)
    static let users = report("names/users", .user)
    static let apiKeys = report("names/api_keys", .apiKey)
    static let all = [projects, users, apiKeys]

    /// "limit 1–100".
    static let perPage = 100
    /// Between the parts of a cursor of keys; in no id.
    private static let separator: Character = "\u{1F}"

    /// A list is read once a day: it says how things are, so that days gone by are no matter.
    private static func report(
        _ name: String, _ kind: NormalizedName.Kind
    ) -> ProviderReport {
        ProviderReport(
            name, kind: .names(kind), width: .day, rereadDays: 0, historyDays: 1, pauseHours: 24)
    }

    let requests: OpenAIRequests
    let transport: any ProviderTransport

    func fetch(
        _ report: ProviderReport, _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<ReportedRow> {
        do throws(ProviderError) {
            switch report {
            case Self.projects:
                let page = try await projects(
                    after: cursor, limit: Self.perPage, archivedToo: true)
                return page.page(of: window)
            case Self.users:
                let list = try await list("users", after: cursor)
                return try NameList.decode(list, Self.user).page(of: window)
            default:
                return try await keys(window, cursor: cursor)
            }
        } catch  where error.kind == .missingPermission {
            // A key may read usage and no lists: then ids stay what they are.
            return ReportPage(buckets: [], rows: [], nextCursor: nil)
        }
    }

    /// One page of one project's keys, then the next project's. A cursor is the project and the key
    /// after which the page begins.
    private func keys(
        _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<ReportedRow> {
        var project = ""
        var after: String?
        if let cursor {
            let parts = cursor.split(separator: Self.separator, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw ProviderError(.badRequest) }
            project = String(parts[0])
            after = parts[1].isEmpty ? nil : String(parts[1])
        } else {
            guard let first = try await projects(after: nil, limit: 1).names.first else {
                return NameList(names: [], after: nil).page(of: window)
            }
            project = first.id
        }
        let page = try await keys(of: project, after: after)
        var next = page.after.map { "\(project)\(Self.separator)\($0)" }
        if next == nil, let following = try await projects(after: project, limit: 1).names.first {
            next = "\(following.id)\(Self.separator)"
        }
        return ReportPage(
            buckets: [window], rows: page.names.map(ReportedRow.name), nextCursor: next)
    }

    private func keys(
        of project: String, after: String?
    ) async throws(ProviderError) -> NameList {
        let response = try await list(
            "projects/\(ProviderRequest.encoded(project))/api_keys", after: after)
        // A project that was removed meanwhile has no keys.
        guard response.status != 404 else { return NameList(names: [], after: nil) }
        return try NameList.decode(response, Self.key)
    }

    private func projects(
        after: String?, limit: Int, archivedToo: Bool = false
    ) async throws(ProviderError) -> NameList {
        try NameList.decode(
            try await projectList(after: after, limit: limit, archivedToo: archivedToo),
            Self.project)
    }

    func projectList(
        after: String?, limit: Int, archivedToo: Bool
    ) async throws(ProviderError) -> ProviderResponse {
        try await list(
            "projects", after: after, limit: limit,
            (name: "include_archived", value: "\(archivedToo)"))
    }

    private func list(
        _ path: String, after: String?, limit: Int = perPage,
        _ more: (name: String, value: String)...
    ) async throws(ProviderError) -> ProviderResponse {
        var query = [(name: "limit", value: String(limit))] + more
        if let after { query.append((name: "after", value: after)) }
        return try await transport.send(requests.list("/v1/organization/\(path)", query))
    }

    static func project(_ item: JSONField, _ id: String) throws(ProviderError) -> NormalizedName {
        NormalizedName(
            kind: .project, id: id, name: try item.optionalText("name") ?? "",
            status: try item.optionalText("status") ?? "")
    }

    static func user(_ item: JSONField, _ id: String) throws(ProviderError) -> NormalizedName {
        NormalizedName(
            kind: .user, id: id, name: try item.optionalText("name") ?? "",
            email: try item.optionalText("email") ?? "")
    }

    static func key(_ item: JSONField, _ id: String) throws(ProviderError) -> NormalizedName {
        NormalizedName(kind: .apiKey, id: id, name: try item.optionalText("name") ?? "")
    }
}

extension NameList {
    /// The page of a window's list; its last page has no next one.
    func page(of window: ReportWindow) -> ReportPage<ReportedRow> {
        ReportPage(buckets: [window], rows: names.map(ReportedRow.name), nextCursor: after)
    }
}
