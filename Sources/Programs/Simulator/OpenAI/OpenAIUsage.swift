/// `GET /v1/organization/usage/completions`, and `decisions`, which has the same fields.
struct OpenAIUsage: Sendable {
    static let dimensions = [
        "project_id", "user_id", "api_key_id", "model", "batch", "service_tier", "api_source",
    ]

    /// The reports that have these fields.
    static let reports = ["completions", "decisions"]

    struct Key: Hashable {
        var project: String?
        var user: String?
        var key: String?
        var model: String?
        var isBatch: Bool?
        var tier: String?
        var apiSource: String?

        init(_ stream: UsageStream, groupedBy dimensions: Set<String>) {
            project = dimensions.contains("project_id") ? stream.project : nil
            user = dimensions.contains("user_id") ? stream.user : nil
            key = dimensions.contains("api_key_id") ? stream.key : nil
            model = dimensions.contains("model") ? stream.model : nil
            isBatch = dimensions.contains("batch") ? stream.isBatch : nil
            tier = dimensions.contains("service_tier") ? stream.tier : nil
            apiSource = dimensions.contains("api_source") ? stream.apiSource : nil
        }
    }

    let account: SimulatedAccount
    let now: Int64
    /// The last part of its path.
    var report = "completions"

    func answer(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let query = try QueryReader(
            request.query,
            single: ["start_time", "end_time", "bucket_width", "limit", "page", "batch"],
            lists: ["project_ids", "user_ids", "api_key_ids", "models", "group_by"],
            form: .bracketOrPlain)
        guard let width = BucketWidth(rawValue: query.text("bucket_width") ?? "1d") else {
            throw .badRequest("bucket_width", "Invalid value for 'bucket_width'.")
        }
        let dimensions = try query.choices("group_by", of: Self.dimensions)
        let streams = try selectedStreams(query)
        let limit = try query.limit(
            default: width.limitDefault, maximum: width.limitMaximum,
            when: " when 'bucket_width' is '\(width.rawValue)'")
        return try OpenAIPage(account: account, now: now).answer(
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
            return rows.rows.map { row($0.value, $0.key) }
        }
    }

    private func selectedStreams(_ query: QueryReader) throws(Refusal) -> [Int] {
        let projects = query.filter("project_ids")
        let users = query.filter("user_ids")
        let keys = query.filter("api_key_ids")
        let models = query.filter("models")
        let isBatch = try query.boolean("batch")
        return account.streams.indices.filter { index in
            let stream = account.streams[index]
            return stream.report == report && passes(stream.project, projects)
                && passes(stream.user, users)
                && passes(stream.key, keys) && passes(stream.model, models)
                && (isBatch == nil || isBatch == stream.isBatch)
        }
    }

    private func passes(_ value: String?, _ filter: Set<String>?) -> Bool {
        filter.map { $0.contains(value ?? "") } ?? true
    }

    /// Here the cached and the written tokens are part of `input_tokens`: 1000 = 400 + 100 + 500.
    private func row(_ usage: UsageCounters, _ key: Key) -> JSONValue {
        let written = usage.cacheWriteShort + usage.cacheWriteLong
        return [
            "object": .string("organization.usage.\(report).result"),
            "input_tokens": .integer(usage.uncachedInput + usage.cacheRead + written),
            "input_cached_tokens": .integer(usage.cacheRead),
            "input_cache_write_tokens": .integer(written),
            "input_cache_write_30m_tokens": .integer(usage.cacheWriteShort),
            "input_cache_write_12h_tokens": .integer(usage.cacheWriteLong),
            "input_uncached_tokens": .integer(usage.uncachedInput),
            "input_text_tokens": .integer(usage.uncachedInput),
            "input_audio_tokens": 0,
            "input_image_tokens": 0,
            "input_cached_text_tokens": .integer(usage.cacheRead),
            "input_cached_audio_tokens": 0,
            "input_cached_image_tokens": 0,
            "output_tokens": .integer(usage.output),
            "output_text_tokens": .integer(usage.output),
            "output_audio_tokens": 0,
            "output_image_tokens": 0,
            "num_model_requests": .integer(usage.requests),
            "project_id": JSONValue(key.project),
            "user_id": JSONValue(key.user),
            "api_key_id": JSONValue(key.key),
            "model": JSONValue(key.model),
            "batch": key.isBatch.map { .boolean($0) } ?? nil,
            "service_tier": JSONValue(key.tier),
            "api_source": JSONValue(key.apiSource),
        ]
    }
}
