/// What a stream of calls used within a span of time. The four input counters are disjoint.
struct UsageCounters: Equatable, Sendable {
    var requests: Int64 = 0
    var uncachedInput: Int64 = 0
    var cacheRead: Int64 = 0
    /// Written for the shorter of the provider's two lifetimes (OpenAI 30 min, Anthropic 5 min).
    var cacheWriteShort: Int64 = 0
    /// Written for the longer one (OpenAI 12 h, Anthropic 1 h).
    var cacheWriteLong: Int64 = 0
    var output: Int64 = 0
    var webSearches: Int64 = 0

    var isZero: Bool { self == UsageCounters() }

    static func += (left: inout UsageCounters, right: UsageCounters) {
        left.requests += right.requests
        left.uncachedInput += right.uncachedInput
        left.cacheRead += right.cacheRead
        left.cacheWriteShort += right.cacheWriteShort
        left.cacheWriteLong += right.cacheWriteLong
        left.output += right.output
        left.webSearches += right.webSearches
    }

    /// Every counter changed alike.
    func map(_ change: (Int64) -> Int64) -> UsageCounters {
        UsageCounters(
            requests: change(requests), uncachedInput: change(uncachedInput),
            cacheRead: change(cacheRead), cacheWriteShort: change(cacheWriteShort),
            cacheWriteLong: change(cacheWriteLong), output: change(output),
            webSearches: change(webSearches))
    }
}

/// One steady source of calls: always the same project, key, user, model and tier.
struct UsageStream: Sendable {
    /// When in the week a stream is busy.
    enum Rhythm: Sendable {
        /// Customers around the clock: quiet nights, somewhat quieter weekends.
        case customers
        /// People at work: Monday to Friday, 07:00 to 18:00 UTC.
        case office
        /// Jobs from 01:00 to 04:00 UTC, every night.
        case nightly
        /// One office hour in about eight.
        case occasional
    }

    /// Which of OpenAI's usage reports tells of it, by the last part of its path.
    var report = "completions"
    /// What only some of those tell, such as an image's `size`.
    var detail: [String: String] = [:]
    /// Project, or workspace; nil for Anthropic's default workspace.
    var project: String?
    /// nil for traffic without a key, such as Anthropic's playground.
    var key: String?
    /// Person, or service account, behind the key.
    var user: String?
    var model: String
    /// The provider's own word.
    var tier: String
    var isBatch = false
    /// Anthropic's context window and place of inference.
    var contextWindow = "0-200k"
    var inferenceGeo = "global"
    /// OpenAI's `api_source`.
    var apiSource = "unlabeled"
    var rhythm: Rhythm
    /// Requests in the busiest hour.
    var requestsPerHour: Int64
    /// Tokens of one request, about.
    var inputPerRequest: Int64
    var outputPerRequest: Int64
    /// Of a thousand input tokens, so many are read from the cache and written to it.
    var cacheReadPerMille: Int64 = 0
    var cacheWriteShortPerMille: Int64 = 0
    var cacheWriteLongPerMille: Int64 = 0
    /// Of a thousand requests, so many search the web.
    var webSearchPerMille: Int64 = 0
}

extension UsageStream.Rhythm {
    /// Load of a UTC hour in thousandths of the busiest hour's.
    func load(day: Int64, hour: Int64, chance: UInt64) -> Int64 {
        let isWeekend = CivilTime.weekday(ofDay: day) >= 5
        switch self {
        case .customers:
            let curve: [Int64] = [
                140, 110, 90, 80, 90, 150, 280, 470, 680, 850, 950, 1000,
                960, 930, 950, 970, 920, 840, 760, 690, 590, 450, 310, 200,
            ]
            return curve[Int(hour)] * (isWeekend ? 620 : 1000) / 1000
        case .office:
            let curve: [Int64] = [420, 760, 930, 1000, 880, 640, 850, 980, 930, 790, 480]
            guard !isWeekend, (7..<18).contains(hour) else { return 0 }
            return curve[Int(hour) - 7]
        case .nightly:
            return (1..<4).contains(hour) ? 1000 : 0
        case .occasional:
            guard !isWeekend, (8..<17).contains(hour), chance % 8 == 0 else { return 0 }
            return 1000
        }
    }
}
