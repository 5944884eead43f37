/// `GET /v1/organizations/usage_report/messages`.
struct AnthropicUsage: Sendable {
    /// Seconds until a finished call shows in the report.
    static let reportingDelay: Int64 = 300
    static let speedBeta = "fast-mode-2026-02-01"
    static let dimensions = [
        "account_id", "api_key_id", "context_window", "inference_geo", "model",
        "service_account_id", "service_tier", "workspace_id",
    ]

    struct Key: Hashable {
        var account: String?
        var key: String?
        var context: String?
        var geo: String?
        var model: String?
        var tier: String?
        var workspace: String?
        var speed: String?

        init(_ stream: UsageStream, groupedBy dimensions: Set<String>) {
            account = dimensions.contains("account_id") ? stream.user : nil
            key = dimensions.contains("api_key_id") ? stream.key : nil
            context = dimensions.contains("context_window") ? stream.contextWindow : nil
            geo = dimensions.contains("inference_geo") ? stream.inferenceGeo : nil
            model = dimensions.contains("model") ? stream.model : nil
            tier = dimensions.contains("service_tier") ? stream.tier : nil
            workspace = dimensions.contains("workspace_id") ? stream.project : nil
            speed = dimensions.contains("speed") ? "standard" : nil
        }
    }

    let account: SimulatedAccount
    let now: Int64

    func answer(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let hasSpeed = Self.betas(of: request).contains(Self.speedBeta)
        let lists: Set = [
            "models", "api_key_ids", "workspace_ids", "account_ids", "service_account_ids",
            "service_tiers", "context_window", "inference_geos", "group_by",
        ]
        let query = try QueryReader(
            request.query, single: ["starting_at", "ending_at", "bucket_width", "limit", "page"],
            lists: hasSpeed ? lists.union(["speeds"]) : lists, form: .bracket)
        guard let width = BucketWidth(rawValue: query.text("bucket_width") ?? "1d") else {
            throw .badRequest("bucket_width", "bucket_width: must be 1d, 1h or 1m")
        }
        let dimensions = try query.choices(
            "group_by", of: hasSpeed ? Self.dimensions + ["speed"] : Self.dimensions)
        let streams = try selectedStreams(query)
        let limit = try query.limit(
            default: width.limitDefault, maximum: width.limitMaximum,
            when: " for bucket_width \(width.rawValue)")
        return try AnthropicPage(account: account, now: now).answer(
            request, query, width: width, limit: limit
        ) { bucket in
            var rows = GroupedRows<Key, UsageCounters>()
            for index in streams {
                let usage = account.usage(
                    ofStream: index, from: bucket.start, until: bucket.end, now: now)
                guard !usage.isZero else { continue }
                let key = Key(account.streams[index], groupedBy: dimensions)
                rows.add(key, initial: UsageCounters()) { $0 += usage }
            }
            return rows.rows.map { Self.row($0.value, $0.key, hasSpeed: hasSpeed) }
        }
    }

    private func selectedStreams(_ query: QueryReader) throws(Refusal) -> [Int] {
        let tiers = try query.choices(
            "service_tiers",
            of: ["standard", "batch", "priority", "priority_on_demand", "flex", "flex_discount"])
        let contexts = try query.choices("context_window", of: ["0-200k", "200k-1M"])
        let geos = try query.choices("inference_geos", of: ["global", "us", "not_available"])
        let speeds = try query.choices("speeds", of: ["standard", "fast"])
        let models = query.filter("models")
        let keys = query.filter("api_key_ids")
        let workspaces = query.filter("workspace_ids")
        let accounts = query.filter("account_ids")
        let serviceAccounts = query.filter("service_account_ids")
        return account.streams.indices.filter { index in
            let stream = account.streams[index]
            return models?.contains(stream.model) ?? true
                && keys?.contains(stream.key ?? "") ?? true
                && workspaces?.contains(stream.project ?? "") ?? true
                && accounts?.contains(stream.user ?? "") ?? true
                && serviceAccounts == nil
                && (tiers.isEmpty || tiers.contains(stream.tier))
                && (contexts.isEmpty || contexts.contains(stream.contextWindow))
                && (geos.isEmpty || geos.contains(stream.inferenceGeo))
                && (speeds.isEmpty || speeds.contains("standard"))
        }
    }

    /// The four input counters are disjoint here, and there is no count of requests.
    private static func row(_ usage: UsageCounters, _ key: Key, hasSpeed: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "uncached_input_tokens", value: .integer(usage.uncachedInput)),
            .init(name: "cache_read_input_tokens", value: .integer(usage.cacheRead)),
            .init(
                name: "cache_creation",
                value: [
                    "ephemeral_5m_input_tokens": .integer(usage.cacheWriteShort),
                    "ephemeral_1h_input_tokens": .integer(usage.cacheWriteLong),
                ]),
            .init(name: "output_tokens", value: .integer(usage.output)),
            .init(
                name: "server_tool_use",
                value: ["web_search_requests": .integer(usage.webSearches)]),
            .init(name: "model", value: JSONValue(key.model)),
            .init(name: "workspace_id", value: JSONValue(key.workspace)),
            .init(name: "api_key_id", value: JSONValue(key.key)),
            .init(name: "account_id", value: JSONValue(key.account)),
            .init(name: "service_account_id", value: nil),
            .init(name: "service_tier", value: JSONValue(key.tier)),
            .init(name: "context_window", value: JSONValue(key.context)),
            .init(name: "inference_geo", value: JSONValue(key.geo)),
        ]
        if hasSpeed { members.append(.init(name: "speed", value: JSONValue(key.speed))) }
        return .object(members)
    }

    private static func betas(of request: SimulatedRequest) -> [String] {
        let names = (request.headers["anthropic-beta"] ?? "").split { $0 == "," || $0 == " " }
        return names.map(String.init)
    }
}
