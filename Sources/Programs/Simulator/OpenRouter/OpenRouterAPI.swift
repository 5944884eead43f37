/// OpenRouter's `GET /v1/activity`, for management keys.
struct OpenRouterAPI: Sendable {
    static let path = "/v1/activity"
    /// "Last 30 completed UTC days."
    static let daysMax: Int64 = 30

    /// A row's dimensions.
    struct Key: Hashable {
        var day: Int64
        var model: String
        var detail: [String: String]
        var workspace: String?
    }

    let account: SimulatedAccount
    let now: Int64

    /// The account that a request's key opens, by the key's ending; only the simulator's own keys are
    /// taken.
    static func accountName(of request: SimulatedRequest) throws(Refusal) -> String {
        let prefix = "Bearer "
        guard let header = request.headers["authorization"], header.hasPrefix(prefix) else {
            throw Refusal(kind: .unauthenticated, message: "No auth credentials found")
        }
        let key = String(header.dropFirst(prefix.count))
        let isRevoked = key.contains("revoked")
        if key.hasPrefix("sk-or-v1-sim-"), !isRevoked {
            return String(key.dropFirst("sk-or-v1-sim-".count))
        }
        guard key.hasPrefix("sk-or-v1-"), !isRevoked else {
            throw Refusal(kind: .unauthenticated, message: "Invalid credentials")
        }
        throw Refusal(
            kind: .forbidden, message: "Only management keys can perform this operation")
    }

    func answer(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        guard request.method == "GET" else {
            throw Refusal(kind: .methodNotAllowed, message: "Method not allowed")
        }
        let query = try QueryReader(
            request.query,
            single: ["date", "api_key_hash", "user_id", "workspace_id", "group_by"], lists: [],
            form: .bracketOrPlain)
        guard ["workspace", nil].contains(query.text("group_by")) else {
            throw .badRequest("group_by", "group_by: must be workspace")
        }
        let today = CivilTime.snap(now, to: CivilTime.secondsPerDay)
        let earliest = today - Self.daysMax * CivilTime.secondsPerDay
        var days = Array(stride(from: earliest, to: today, by: Int(CivilTime.secondsPerDay)))
        if let date = query.text("date") {
            guard let day = CivilTime.midnight(ofDate: date), days.contains(day) else {
                throw .badRequest(
                    "date", "date: must be one of the last 30 completed UTC days, YYYY-MM-DD")
            }
            days = [day]
        }
        let byWorkspace = query.text("group_by") != nil
        var rows = GroupedRows<Key, (usage: UsageCounters, amount: Amount)>()
        for day in days {
            for (index, stream) in account.streams.enumerated()
            where passes(stream, query) {
                let usage = account.usage(
                    ofStream: index, from: day, until: day + CivilTime.secondsPerDay, now: now)
                guard !usage.isZero else { continue }
                let key = Key(
                    day: day, model: stream.model, detail: stream.detail,
                    workspace: byWorkspace ? stream.project : nil)
                rows.add(key, initial: (UsageCounters(), .zero)) { sum in
                    sum.usage += usage
                    sum.amount += OpenRouterWorld.price(of: usage, stream.model)
                }
            }
        }
        return ["data": .array(rows.rows.map { row($0.key, $0.value, byWorkspace) })]
    }

    private func passes(_ stream: UsageStream, _ query: QueryReader) -> Bool {
        let asked = [
            ("api_key_hash", stream.key), ("user_id", stream.user),
            ("workspace_id", stream.project),
        ]
        return asked.allSatisfy { name, value in
            query.text(name).map { $0 == value } ?? true
        }
    }

    /// The prompt holds cached tokens, the completion holds reasoning.
    private func row(
        _ key: Key, _ sum: (usage: UsageCounters, amount: Amount), _ byWorkspace: Bool
    ) -> JSONValue {
        let usage = sum.usage
        var members: [JSONValue.Member] = [
            .init(name: "date", value: .string(CivilTime(seconds: key.day).date)),
            .init(name: "model", value: .string(key.model)),
            .init(name: "model_permaslug", value: JSONValue(key.detail["permaslug"])),
            .init(name: "endpoint_id", value: JSONValue(key.detail["endpoint"])),
            .init(name: "provider_name", value: JSONValue(key.detail["upstream"])),
            .init(name: "usage", value: .number(sum.amount.numberText)),
            .init(name: "byok_usage_inference", value: .integer(0)),
            .init(name: "requests", value: .integer(usage.requests)),
            .init(name: "prompt_tokens", value: .integer(usage.uncachedInput + usage.cacheRead)),
            .init(name: "completion_tokens", value: .integer(usage.output)),
            .init(name: "reasoning_tokens", value: .integer(usage.output / 5)),
            .init(name: "cached_tokens", value: .integer(usage.cacheRead)),
        ]
        if byWorkspace {
            members.append(.init(name: "workspace_id", value: JSONValue(key.workspace)))
        }
        return .object(members)
    }

    static func response(to refusal: Refusal) -> SimulatedResponse {
        error(status: refusal.kind.status, message: refusal.message)
    }

    static func error(
        status: Int, message: String, headers: [SimulatedResponse.Header] = []
    ) -> SimulatedResponse {
        SimulatedResponse(
            status: status, headers: headers,
            json: ["error": ["code": .integer(Int64(status)), "message": .string(message)]])
    }
}
