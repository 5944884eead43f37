/// `GET /v1/organizations/usage_report/claude_code`: what people did with Claude Code on one UTC day.
///
/// Those who pay by the token share what the key of the coding assistants used, which the messages report
/// has, too; a seat's tokens are in no other report.
struct AnthropicCode: Sendable {
    /// Seconds until something shows: only what is older than an hour does.
    static let reportingDelay: Int64 = 3600
    static let limitMaximum: Int64 = 1000
    static let key = "apikey_eng_assistants"

    /// Somebody at one terminal.
    struct Desk: Sendable {
        var actor: JSONValue
        var terminal: String?
        var isRemote = false
        var customer = "api"
        var subscription: String?
        /// Thousandths of what the key used.
        var share: Int64
    }

    /// Nobody's share is counted twice: those that pay by the token have the whole key between them.
    static let desks = [
        Desk(actor: user("eli"), terminal: "vscode", share: 430),
        Desk(actor: user("eli"), terminal: "iTerm.app", share: 120),
        Desk(actor: user("fay"), terminal: "vscode", share: 250),
        Desk(
            actor: ["type": "api_actor", "api_key_name": "coding assistants"], terminal: nil,
            isRemote: true, share: 200),
        Desk(
            actor: user("ada"), terminal: "tmux", customer: "subscription", subscription: "team",
            share: 170),
    ]

    /// What a desk did on a day, as far as it is known.
    struct Record: Sendable {
        var desk: Desk
        /// Of each model, by its name.
        var models: [(model: String, usage: UsageCounters, cents: Int64)]

        var requests: Int64 { models.reduce(0) { $0 + $1.usage.requests } }
    }

    let account: SimulatedAccount
    let now: Int64

    func answer(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let query = try QueryReader(
            request.query, single: ["starting_at", "limit", "page"], lists: [], form: .bracket)
        guard let text = query.text("starting_at") else {
            throw .badRequest("starting_at", "starting_at: Field required")
        }
        guard let day = CivilTime.midnight(ofDate: text) else {
            throw .badRequest("starting_at", "starting_at: must be a date, YYYY-MM-DD")
        }
        let limit = try query.limit(default: 20, maximum: Self.limitMaximum)
        let cursor = PageCursor(account: account.hash, request: request)
        var first: Int64 = 0
        if let page = query.text("page") {
            guard let next = cursor.next(of: page) else {
                throw .badRequest("page", "page: invalid cursor")
            }
            first = next
        }
        let rows = records(day: day).dropFirst(Int(first))
        let hasMore = rows.count > Int(limit)
        return [
            "data": .array(rows.prefix(Int(limit)).map { row($0, day: day) }),
            "has_more": .boolean(hasMore),
            "next_page": hasMore ? .string(cursor.text(next: first + limit)) : nil,
        ]
    }

    /// All that is known now of the UTC day that begins at `day`.
    func records(day: Int64) -> [Record] {
        let streams = account.streams.indices.filter { account.streams[$0].key == Self.key }
        let known = now - (Self.reportingDelay - account.reportingDelay)
        return Self.desks.compactMap { desk in
            let models = streams.compactMap { index -> (String, UsageCounters, Int64)? in
                let whole = account.usage(
                    ofStream: index, from: day, until: day + CivilTime.secondsPerDay, now: known)
                let usage = whole.map { $0 * desk.share / 1000 }
                guard !usage.isZero else { return nil }
                let stream = account.streams[index]
                return (stream.model, usage, Self.cents(of: usage, stream))
            }
            return models.isEmpty ? nil : Record(desk: desk, models: models)
        }
    }

    /// Whole cents, as an estimate has them.
    private static func cents(of usage: UsageCounters, _ stream: UsageStream) -> Int64 {
        guard let price = SimulatedPrices.price(anthropic: stream) else { return 0 }
        let units =
            Int128(usage.uncachedInput) * price.input + Int128(usage.cacheRead) * price.cacheRead
            + Int128(usage.cacheWriteShort) * price.cacheWriteShort
            + Int128(usage.cacheWriteLong) * price.cacheWriteLong
            + Int128(usage.output) * price.output
        return Int64(units / Amount.cents(1).units)
    }

    private func row(_ record: Record, day: Int64) -> JSONValue {
        let requests = record.requests
        let edits = requests / 9
        let tool = { (accepted: Int64, rejected: Int64) -> JSONValue in
            ["accepted": .integer(accepted), "rejected": .integer(rejected)]
        }
        return [
            "date": .string(CivilTime(seconds: day).rfc3339), "actor": record.desk.actor,
            "organization_id": "00000000-0000-4000-8000-000000000001",
            "customer_type": .string(record.desk.customer),
            "subscription_type": JSONValue(record.desk.subscription),
            "terminal_type": JSONValue(record.desk.terminal),
            "is_remote": .boolean(record.desk.isRemote),
            "core_metrics": [
                "num_sessions": .integer(requests / 45 + 1),
                "lines_of_code": [
                    "added": .integer(edits * 13), "removed": .integer(edits * 4),
                ],
                "commits_by_claude_code": .integer(requests / 160),
                "pull_requests_by_claude_code": .integer(requests / 700),
            ],
            "tool_actions": [
                "edit_tool": tool(edits, edits / 11),
                "multi_edit_tool": tool(edits / 6, edits / 50),
                "write_tool": tool(edits / 8, edits / 90), "notebook_edit_tool": tool(0, 0),
            ],
            "model_breakdown": .array(
                record.models.map { model, usage, cents in
                    [
                        "model": .string(model),
                        "tokens": [
                            "input": .integer(usage.uncachedInput),
                            "output": .integer(usage.output),
                            "cache_read": .integer(usage.cacheRead),
                            "cache_creation": .integer(
                                usage.cacheWriteShort + usage.cacheWriteLong),
                        ],
                        "estimated_cost": ["amount": .integer(cents), "currency": "USD"],
                    ]
                }),
        ]
    }

    private static func user(_ name: String) -> JSONValue {
        ["type": "user_actor", "email_address": .string("\(name)@simulated.test")]
    }
}
