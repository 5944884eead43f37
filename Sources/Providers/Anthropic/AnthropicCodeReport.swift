import Core
import Domain

/// Anthropic's Claude Code analytics: what each person, or program, did with it on a UTC day, and the tokens
/// that took.
///
/// What an account pays by the token stands in its usage and its bill already; what a subscription
/// pays is the price of the seat. So the tokens here, and their estimated cost, are activity: kept beside the
/// entries, in no total.
struct AnthropicCodeReport: Sendable {
    /// "Records older than one hour": the reference does not say how long a day may change.
    static let report = ProviderReport(
        "activity/claude_code", kind: .activity, width: .day, rereadDays: 3, pauseHours: 1)
    static let path = "/v1/organizations/usage_report/claude_code"
    /// "default 20 max 1000" (Claude Code Usage Report, `limit`).
    static let rowsPerPage = 1000

    /// Fields of a row that the reference documents and nobody reads, each with the reason.
    static let leftOut = [
        "organization_id": "the account that the connection reads, which /organizations/me names"
    ]

    /// Between the parts of a cursor; in no date.
    private static let separator: Character = "\u{1F}"

    let requests: AnthropicRequests
    let transport: any ProviderTransport

    /// An answer is of one day. A cursor is the day to ask for next, and the provider's own cursor within it.
    ///
    /// Only the last page of a day has it among its buckets: what none of them told is taken back.
    func fetch(
        _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<ReportedRow> {
        let parts = cursor?.split(
            separator: Self.separator, maxSplits: 1, omittingEmptySubsequences: false)
        guard let day = Self.day(parts?.first, of: window) else { throw ProviderError(.badRequest) }
        var query = [
            (name: "starting_at", value: Self.date(day.from)),
            (name: "limit", value: String(Self.rowsPerPage)),
        ]
        if let parts, parts.count == 2 { query.append((name: "page", value: String(parts[1]))) }
        let response = try await transport.send(requests.list(Self.path, query))
        // Accounts without Claude Code, and keys that may not read it, have no activity. Who was told of some
        // before it came to this page lost the right to the rest, which is not none.
        guard cursor != nil || (response.status != 403 && response.status != 404) else {
            return ReportPage(buckets: [], rows: [], nextCursor: nil)
        }
        let page = try Self.decode(response, day)
        if let next = page.nextCursor {
            return ReportPage(
                buckets: [], rows: page.rows,
                nextCursor: "\(Self.date(day.from))\(Self.separator)\(next)")
        }
        return ReportPage(
            buckets: [day], rows: page.rows,
            nextCursor: day.through < window.through ? Self.date(day.through) : nil)
    }

    /// One page of a day; its cursor is the provider's.
    static func decode(
        _ response: ProviderResponse, _ day: ReportWindow
    ) throws(ProviderError) -> ReportPage<ReportedRow> {
        let root = try ResponseCheck.report(response)
        do throws(ProviderError) {
            var rows: [ReportedRow] = []
            for element in try root.required("data").elements() {
                rows.append(.activity(try row(element, day)))
            }
            return ReportPage(
                buckets: [day], rows: rows, nextCursor: try ReportEnvelope.nextPage(root))
        } catch {
            throw error.answering(response)
        }
    }

    private static func row(
        _ row: JSONField, _ day: ReportWindow
    ) throws(ProviderError) -> NormalizedActivity {
        let date = try row.required("date")
        // An answer for another day would be stored under this one.
        guard try date.text().prefix(10) == Self.date(day.from) else { throw date.wrongType() }
        let (actor, actorDimensions) = try actor(row.required("actor"))
        let customer = try row.required("customer_type").text()
        let subscription = try row.optionalText("subscription_type") ?? ""
        let terminal = try row.optionalText("terminal_type") ?? ""
        let isRemote = try row.optional("is_remote")?.bool() ?? false
        let metrics = try row.required("core_metrics")
        let lines = try metrics.required("lines_of_code")
        return NormalizedActivity(
            naturalKey: NaturalKey.text(
                stream: "claude_code", bucket: day,
                dimensions: actorDimensions + [
                    ReportedDimension("customer_type", customer),
                    ReportedDimension("subscription_type", subscription),
                    ReportedDimension("terminal_type", terminal),
                    ReportedDimension("is_remote", "\(isRemote)"),
                ]),
            day: day, actor: actor, customer: customer, subscription: subscription,
            terminal: terminal, isRemote: isRemote,
            sessions: try metrics.required("num_sessions").count(),
            linesAdded: try lines.required("added").count(),
            linesRemoved: try lines.required("removed").count(),
            commits: try metrics.required("commits_by_claude_code").count(),
            pullRequests: try metrics.required("pull_requests_by_claude_code").count(),
            suggestions: try suggestions(row.optional("tool_actions")),
            models: try models(row.required("model_breakdown")))
    }

    private static func actor(
        _ actor: JSONField
    ) throws(ProviderError) -> (NormalizedActivity.Actor, [ReportedDimension]) {
        let type = try actor.required("type")
        switch try type.text() {
        case "user_actor":
            let email = try actor.required("email_address").text()
            return (.user(email: email), [ReportedDimension("email_address", email)])
        case "api_actor":
            let name = try actor.required("api_key_name").text()
            return (.apiKey(name: name), [ReportedDimension("api_key_name", name)])
        default: throw type.wrongType()
        }
    }

    /// The answer names the tools: one that comes later is kept, too.
    private static func suggestions(
        _ actions: JSONField?
    ) throws(ProviderError) -> [NormalizedActivity.Suggestions] {
        guard let actions else { return [] }
        guard case .object(let fields) = actions.value else { throw actions.wrongType() }
        var all: [NormalizedActivity.Suggestions] = []
        for tool in fields.keys.sorted() {
            guard let action = try actions.optional(tool) else { continue }
            all.append(
                NormalizedActivity.Suggestions(
                    tool: tool, accepted: try action.required("accepted").count(),
                    rejected: try action.required("rejected").count()))
        }
        return all
    }

    private static func models(
        _ breakdown: JSONField
    ) throws(ProviderError) -> [NormalizedActivity.ModelUse] {
        var all: [NormalizedActivity.ModelUse] = []
        for model in try breakdown.elements() {
            let tokens = try model.required("tokens")
            let cost = try model.required("estimated_cost")
            all.append(
                NormalizedActivity.ModelUse(
                    model: try model.required("model").text(),
                    input: try tokens.required("input").count(),
                    cacheRead: try tokens.required("cache_read").count(),
                    cacheWrite: try tokens.required("cache_creation").count(),
                    output: try tokens.required("output").count(),
                    // Cents, as in the cost report; but a number.
                    estimatedCost: try cost.required("amount").money(
                        currency: cost.required("currency"), powerOfTen: -2)))
        }
        return all
    }

    /// The day that a cursor asks for, or the window's first; nil for what is none of its days.
    private static func day(_ date: Substring?, of window: ReportWindow) -> ReportWindow? {
        var begin = window.from
        if let date {
            guard let day = try? Instant(rfc3339: "\(date)T00:00:00Z") else { return nil }
            begin = day
        }
        guard begin >= window.from, begin < window.through else { return nil }
        return .whole(.day, from: begin, through: begin.advanced(byMicroseconds: 1))
    }

    private static func date(_ day: Instant) -> String { String(day.rfc3339.prefix(10)) }
}
