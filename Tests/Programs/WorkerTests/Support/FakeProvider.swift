import Core
import Domain
import Synchronization
import TestSupport

/// Both providers' admin APIs in miniature: rows by the hour and the day, small pages, and answers
/// that a test puts in between.
final class FakeProvider: Sendable {
    struct Usage: Hashable, Sendable {
        var project: String
        var model: String
        var input: Int64
        var output: Int64
        /// Of Anthropic's: whoever is signed in, a service account, and how fast; nil is null.
        var account: String?
        var serviceAccount: String?
        var speed: String?
        var apiKey: String?
        /// Of OpenAI's: of the input what came from a cache, as it says.
        var cached: Int64 = 0
    }

    struct Charge: Hashable, Sendable {
        var project: String
        var lineItem: String
        /// As it stands in the answer.
        var amount: String
    }

    struct State: Sendable {
        /// By the start of the hour, Unix seconds.
        var usage: [Int64: [Usage]] = [:]
        /// By the start of the UTC day.
        var charges: [Int64: [Charge]] = [:]
        /// Answers given instead of a page, first come first served.
        var interjections: [StubHTTPServer.Response] = []
        /// Keys that are refused.
        var refusesKeys = false
        /// The only key that is not refused; nil for any.
        var onlyKey: String?
        /// When each request arrived.
        var arrivals: [ContinuousClock.Instant] = []
        /// Every next page begins at one of two buckets in turn.
        var goesRound = false
        /// Answers of further usage reports, by path.
        var bodies: [String: String] = [:]
        /// Answers that are of one day each, by path, from the date that is asked for.
        var bodiesByDay: [String: @Sendable (String) -> String] = [:]
        /// Paths that begin so are answered with this status.
        var failing: (prefix: String, status: Int)?
        /// OpenAI's costs of windows that begin then, or later, are answered with this status.
        var failingCosts: (from: Instant, status: Int)?
        /// Paths that begin so are answered with 429, and an hour to wait.
        var throttledPaths: String?
        /// Requests that were.
        var throttled = 0
        var pagesServed = 0
        /// Which pages those were: one whose answer came too late is asked for again.
        var served: Set<String> = []
        /// How often each of them was asked for.
        var counts: [String: Int] = [:]
        /// What each window was asked with, without the page.
        var windows: Set<String> = []
        /// Requests of a page whose other parameters were never used to begin a window.
        var changedParameters = 0
    }

    let state: Mutex<State>
    private let bucketsPerPage: Int
    private let pageServed: (@Sendable (Int) async -> Void)?

    init(
        bucketsPerPage: Int = 40, _ state: State,
        pageServed: (@Sendable (Int) async -> Void)? = nil
    ) {
        self.state = Mutex(state)
        self.bucketsPerPage = bucketsPerPage
        self.pageServed = pageServed
    }

    func respond(_ request: StubHTTPServer.Request) async -> StubHTTPServer.Response {
        let (response, count) = state.withLock { state in
            let response = answer(request, &state)
            if response.status == 200 {
                state.pagesServed += 1
                state.served.insert(request.target)
                state.counts[request.target, default: 0] += 1
            }
            return (response, state.pagesServed)
        }
        await pageServed?(count)
        return response
    }

    private func answer(
        _ request: StubHTTPServer.Request, _ state: inout State
    ) -> StubHTTPServer.Response {
        state.arrivals.append(.now)
        let isWrong = state.onlyKey.map { request.headers["authorization"] != "Bearer \($0)" }
        if state.refusesKeys || isWrong == true {
            return .init(status: 401, body: #"{"error":{"code":"invalid_api_key"}}"#)
        }
        if let prefix = state.throttledPaths, request.path.hasPrefix(prefix) {
            state.throttled += 1
            return .init(status: 429, headers: [("retry-after", "3600")], body: "{}")
        }
        if let failing = state.failing, request.path.hasPrefix(failing.prefix) {
            return .init(status: failing.status, body: "{}")
        }
        if let failing = state.failingCosts, request.path == "/v1/organization/costs",
            let from = request.query("start_time").first.flatMap({ Int64($0) }),
            from >= failing.from.seconds
        {
            return .init(status: failing.status, body: "{}")
        }
        if !state.interjections.isEmpty { return state.interjections.removeFirst() }
        checkParameters(request, &state)
        if let body = state.bodies[request.path] { return .init(body: body) }
        if let body = state.bodiesByDay[request.path] {
            return .init(body: body(request.query("starting_at").first ?? ""))
        }
        let lists = ["/projects", "/users", "/api_keys", "/workspaces"]
        if lists.contains(where: { request.path.hasSuffix($0) }) {
            return .init(body: #"{"data":[],"has_more":false,"first_id":null,"last_id":null}"#)
        }
        if request.path == "/v1/organizations/usage_report/claude_code" {
            return .init(body: #"{"data":[],"has_more":false,"next_page":null}"#)
        }
        if state.goesRound {
            let next = request.query("page") == ["page_a"] ? "page_b" : "page_a"
            return .init(body: #"{"data":[],"has_more":true,"next_page":"\#(next)"}"#)
        }
        switch request.path {
        case "/v1/organization/usage/completions": return openAI(request, hours: true, state)
        case "/v1/organization/costs": return openAI(request, hours: false, state)
        case "/v1/organizations/usage_report/messages":
            return anthropic(request, hours: true, state)
        case "/v1/organizations/cost_report": return anthropic(request, hours: false, state)
        default:
            // What the account uses nothing of.
            guard request.path.hasPrefix("/v1/organization/usage/") else {
                return .init(status: 404)
            }
            return .init(body: #"{"data":[],"has_more":false,"next_page":null}"#)
        }
    }

    private func checkParameters(_ request: StubHTTPServer.Request, _ state: inout State) {
        let parts = request.target.split(separator: "&").filter { !$0.hasPrefix("page=") }
        let window = parts.joined(separator: "&")
        if request.query("page").isEmpty {
            state.windows.insert(window)
        } else if !state.windows.contains(window) {
            state.changedParameters += 1
        }
    }

    private func openAI(
        _ request: StubHTTPServer.Request, hours: Bool, _ state: State
    ) -> StubHTTPServer.Response {
        guard let from = request.query("start_time").first.flatMap({ Int64($0) }),
            let through = request.query("end_time").first.flatMap({ Int64($0) })
        else { return .init(status: 400) }
        return page(request, from, through, hours: hours) { start, end in
            let rows =
                hours
                ? state.usage[start, default: []].map(Self.openAIUsage)
                : state.charges[start, default: []].map(Self.openAICharge)
            return """
                {"object":"bucket","start_time":\(start),"end_time":\(end),\
                "results":[\(rows.joined(separator: ","))]}
                """
        }
    }

    private func anthropic(
        _ request: StubHTTPServer.Request, hours: Bool, _ state: State
    ) -> StubHTTPServer.Response {
        let instant = { (name: String) -> Int64? in
            guard let text = request.query(name).first?.replacing("%3A", with: ":") else {
                return nil
            }
            return try? Instant(rfc3339: text).seconds
        }
        guard let from = instant("starting_at"), let through = instant("ending_at") else {
            return .init(status: 400)
        }
        return page(request, from, through, hours: hours) { start, end in
            let rows =
                hours
                ? state.usage[start, default: []].map(Self.anthropicUsage)
                : state.charges[start, default: []].map(Self.anthropicCharge)
            let times = [start, end].map { Instant(seconds: $0).rfc3339 }
            return """
                {"starting_at":"\(times[0])","ending_at":"\(times[1])",\
                "results":[\(rows.joined(separator: ","))]}
                """
        }
    }

    private func page(
        _ request: StubHTTPServer.Request, _ from: Int64, _ through: Int64, hours: Bool,
        _ bucket: (Int64, Int64) -> String
    ) -> StubHTTPServer.Response {
        let width: Int64 = hours ? 3600 : 86_400
        let page = request.query("page").first
        let begin = page.flatMap { Int64($0.dropFirst("page_".count)) } ?? from
        guard begin >= from, begin < through, begin % width == 0 else { return .init(status: 400) }
        let end = min(through, begin + Int64(bucketsPerPage) * width)
        let buckets = stride(from: begin, to: end, by: Int(width)).map { bucket($0, $0 + width) }
        let next = end < through ? "\"page_\(end)\"" : "null"
        return .init(
            headers: [("x-request-id", "req_test")],
            body: """
                {"object":"page","data":[\(buckets.joined(separator: ","))],\
                "has_more":\(end < through),"next_page":\(next)}
                """)
    }

    private static func openAIUsage(_ row: Usage) -> String {
        """
        {"input_tokens":\(row.input),"input_cached_tokens":\(row.cached),"output_tokens":\(row.output),\
        "num_model_requests":2,"project_id":"\(row.project)","user_id":null,"api_key_id":"key_1",\
        "model":"\(row.model)","batch":false,"service_tier":"default"}
        """
    }

    private static func openAICharge(_ row: Charge) -> String {
        """
        {"amount":{"value":"\(row.amount)","currency":"usd"},"line_item":"\(row.lineItem)",\
        "project_id":"\(row.project)"}
        """
    }

    private static func anthropicUsage(_ row: Usage) -> String {
        let text = { (value: String?) in value.map { "\"\($0)\"" } ?? "null" }
        return """
            {"uncached_input_tokens":\(row.input),"cache_read_input_tokens":0,\
            "output_tokens":\(row.output),"model":"\(row.model)","workspace_id":"\(row.project)",\
            "api_key_id":\(text(row.apiKey)),"service_tier":"standard","context_window":"0-200k",\
            "inference_geo":"global","account_id":\(text(row.account)),\
            "service_account_id":\(text(row.serviceAccount)),"speed":\(text(row.speed))}
            """
    }

    private static func anthropicCharge(_ row: Charge) -> String {
        """
        {"amount":"\(row.amount)","currency":"USD","description":"\(row.lineItem)",\
        "cost_type":"tokens","model":"claude-sonnet-5","token_type":"output_tokens",\
        "workspace_id":"\(row.project)"}
        """
    }
}

extension FakeProvider.State {
    /// Rows for each hour and day of a span, different everywhere, from one seed.
    static func random(from: Instant, through: Instant, seed: UInt64) -> Self {
        var random = SeededRandom(seed: seed)
        var state = Self()
        for hour in stride(from: from.seconds, to: through.seconds, by: 3600) {
            for project in ["alpha", "beta"] where Bool.random(using: &random) {
                state.usage[hour, default: []].append(
                    .init(
                        project: project, model: "gpt-6-sol",
                        input: Int64.random(in: 1...1_000_000, using: &random),
                        output: Int64.random(in: 1...100_000, using: &random)))
            }
        }
        for day in stride(from: from.seconds, to: through.seconds, by: 86_400) {
            for item in ["gpt-6-sol, input", "gpt-6-sol, output", "container runtime"] {
                let picos = Int64.random(in: 1...99_999_999_999, using: &random)
                state.charges[day, default: []].append(
                    .init(project: "alpha", lineItem: item, amount: "3.\(picos)"))
            }
        }
        return state
    }

    var totalInput: Int64 { usage.values.joined().reduce(0) { $0 + $1.input } }
    var totalOutput: Int64 { usage.values.joined().reduce(0) { $0 + $1.output } }

    /// Picos of all charges; `powerOfTen` -2 where amounts are cents.
    func totalPicos(powerOfTen: Int = 0) throws -> Int128 {
        try charges.values.joined().reduce(0) {
            $0
                + (try Money($1.amount, currency: .usd, rounding: .halfEven, powerOfTen: powerOfTen))
                .picos
        }
    }
}
