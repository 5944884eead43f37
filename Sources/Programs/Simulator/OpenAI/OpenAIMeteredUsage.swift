/// OpenAI's usage reports that count one thing each: `GET /v1/organization/usage/embeddings` and the
/// others besides completions.
struct OpenAIMeteredUsage: Sendable {
    /// What the reference says of one of them.
    struct Report: Sendable {
        /// The last part of its path.
        var resource: String
        /// The part of its rows' `object` that differs.
        var object: String
        var dimensions: [String]
        /// Filters besides the one by project.
        var filters: [String]
        var counts: [Count]

        /// What the bill counts.
        func billed(_ usage: UsageCounters) -> Int64 {
            counts.first { $0.name != "num_model_requests" }?.value(usage) ?? 0
        }
    }

    /// A field that counts.
    struct Count: Sendable {
        var name: String
        var value: @Sendable (UsageCounters) -> Int64
    }

    /// What each filter is about.
    private static let filtered = [
        "project_ids": "project_id", "user_ids": "user_id", "api_key_ids": "api_key_id",
        "models": "model", "sizes": "size", "sources": "source",
        "vector_store_ids": "vector_store_id", "context_levels": "context_level",
    ]

    /// Filters whose values are a closed set.
    private static let choices = [
        "sizes": ["256x256", "512x512", "1024x1024", "1792x1792", "1024x1792"],
        "sources": ["image.generation", "image.edit", "image.variation"],
        "context_levels": ["low", "medium", "high"],
    ]

    let report: Report
    let account: SimulatedAccount
    let now: Int64

    func answer(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let filters = report.filters + ["project_ids"]
        let query = try QueryReader(
            request.query, single: ["start_time", "end_time", "bucket_width", "limit", "page"],
            lists: Set(filters + ["group_by"]), form: .bracketOrPlain)
        guard let width = BucketWidth(rawValue: query.text("bucket_width") ?? "1d") else {
            throw .badRequest("bucket_width", "Invalid value for 'bucket_width'.")
        }
        let grouped = try query.choices("group_by", of: report.dimensions)
        for (filter, values) in Self.choices where filters.contains(filter) {
            _ = try query.choices(filter, of: values)
        }
        let streams = account.streams.indices.filter { index in
            let stream = account.streams[index]
            return stream.report == report.resource
                && filters.allSatisfy { filter in
                    query.filter(filter)?.contains(
                        stream.value(of: Self.filtered[filter] ?? "") ?? "") ?? true
                }
        }
        let limit = try query.limit(
            default: width.limitDefault, maximum: width.limitMaximum,
            when: " when 'bucket_width' is '\(width.rawValue)'")
        return try OpenAIPage(account: account, now: now).answer(
            request, query, width: width, limit: limit
        ) { bucket in
            var rows = GroupedRows<[String?], UsageCounters>()
            for index in streams {
                let usage = usage(ofStream: index, bucket)
                guard !usage.isZero else { continue }
                let key = report.dimensions.map { name in
                    grouped.contains(name) ? account.streams[index].value(of: name) : nil
                }
                rows.add(key, initial: UsageCounters()) { $0 += usage }
            }
            return rows.rows.map { row($0.value, $0.key) }
        }
    }

    /// What is kept is a level, which grows a little from day to day whatever the bucket's width;
    /// all else is used bit by bit.
    private func usage(ofStream index: Int, _ bucket: BucketPage.Bucket) -> UsageCounters {
        guard report.resource == "vector_stores" else {
            return account.usage(
                ofStream: index, from: bucket.start, until: bucket.end, now: now)
        }
        guard bucket.start >= account.beginning, bucket.start < now else { return UsageCounters() }
        let day = bucket.start / CivilTime.secondsPerDay
        let days = day - account.beginning / CivilTime.secondsPerDay
        let noise = Hash.pick(
            Hash.mix(Hash.mix(account.hash, UInt64(index)), day), from: 0...4_000_000)
        let bytes = account.streams[index].inputPerRequest * (1000 + 4 * days) / 1000 + noise
        return UsageCounters(uncachedInput: bytes)
    }

    private func row(_ usage: UsageCounters, _ key: [String?]) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(
                name: "object", value: .string("organization.usage.\(report.object).result"))
        ]
        members += report.counts.map { .init(name: $0.name, value: .integer($0.value(usage))) }
        members += zip(report.dimensions, key).map {
            .init(name: $0, value: JSONValue($1))
        }
        return .object(members)
    }
}

extension OpenAIMeteredUsage.Report {
    private static let caller = ["project_id", "user_id", "api_key_id", "model"]
    private static let callerFilters = ["user_ids", "api_key_ids", "models"]
    private static let requests = OpenAIMeteredUsage.Count(name: "num_model_requests") {
        $0.requests
    }

    private static func amount(_ name: String) -> OpenAIMeteredUsage.Count {
        OpenAIMeteredUsage.Count(name: name) { $0.uncachedInput }
    }

    private static func calls(_ resource: String, counting field: String) -> Self {
        Self(
            resource: resource, object: resource, dimensions: caller, filters: callerFilters,
            counts: [amount(field), requests])
    }

    /// As the reference's table of usage endpoints lists them.
    static let all = [
        calls("embeddings", counting: "input_tokens"),
        calls("moderations", counting: "input_tokens"),
        Self(
            resource: "images", object: "images", dimensions: caller + ["size", "source"],
            filters: callerFilters + ["sizes", "sources"], counts: [amount("images"), requests]),
        calls("audio_speeches", counting: "characters"),
        calls("audio_transcriptions", counting: "seconds"),
        Self(
            resource: "vector_stores", object: "vector_stores", dimensions: ["project_id"],
            filters: [], counts: [amount("usage_bytes")]),
        Self(
            resource: "code_interpreter_sessions", object: "code_interpreter_sessions",
            dimensions: ["project_id"], filters: [],
            counts: [.init(name: "num_sessions") { $0.requests }]),
        Self(
            resource: "file_search_calls", object: "file_searches",
            dimensions: ["project_id", "user_id", "api_key_id", "vector_store_id"],
            filters: ["user_ids", "api_key_ids", "vector_store_ids"],
            counts: [.init(name: "num_requests") { $0.requests }]),
        Self(
            resource: "web_search_calls", object: "web_searches",
            dimensions: caller + ["context_level", "api_source"],
            filters: callerFilters + ["context_levels"],
            counts: [requests, amount("num_requests")]),
    ]
}

extension UsageStream {
    /// One of OpenAI's dimensions.
    func value(of dimension: String) -> String? {
        switch dimension {
        case "project_id": project
        case "user_id": user
        case "api_key_id": key
        case "model": model
        case "api_source": apiSource
        default: detail[dimension]
        }
    }
}
