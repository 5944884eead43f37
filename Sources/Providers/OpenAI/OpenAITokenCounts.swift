import Domain

/// The token counters of one completions row, taken apart into disjoint classes.
struct OpenAITokenCounts {
    let quantities: UsageQuantities
    /// Optional counters the row lacks, as rows of older days do.
    let missingFields: [String]
    /// The first counter that its own parts contradict.
    let contradictedField: String?

    private static let optionalFields = [
        "input_cache_write_tokens", "input_cache_write_30m_tokens",
        "input_cache_write_12h_tokens", "input_uncached_tokens", "input_text_tokens",
        "input_audio_tokens", "input_image_tokens", "input_cached_text_tokens",
        "input_cached_audio_tokens", "input_cached_image_tokens", "output_text_tokens",
        "output_audio_tokens", "output_image_tokens",
    ]

    init(_ result: JSONField) throws(ProviderError) {
        var counts: [String: Int64] = [:]
        var missing: [String] = []
        for name in Self.optionalFields {
            if let count = try result.optionalCount(name) {
                counts[name] = count
            } else {
                missing.append(name)
            }
        }
        let input = try result.required("input_tokens").count()
        let output = try result.required("output_tokens").count()
        let cached = try result.optionalCount("input_cached_tokens") ?? 0
        if try result.optional("input_cached_tokens") == nil {
            missing.append("input_cached_tokens")
        }
        let modal = Modalities(counts)
        let writes = CacheWrites(counts)
        let uncached =
            counts["input_uncached_tokens"] ?? Self.rest(input, less: [cached, writes.total])

        let classes: [QuantityClass: Int64] = [
            .input: counts["input_text_tokens"]
                ?? Self.rest(uncached, less: [modal.inputAudio, modal.inputImage]),
            .inputAudio: modal.inputAudio,
            .inputImage: modal.inputImage,
            .cacheRead: counts["input_cached_text_tokens"]
                ?? Self.rest(cached, less: [modal.cachedAudio, modal.cachedImage]),
            .cacheReadAudio: modal.cachedAudio,
            .cacheReadImage: modal.cachedImage,
            .cacheWrite30m: writes.thirtyMinutes,
            .cacheWrite12h: writes.twelveHours,
            // Reasoning is inside `output_tokens` and never told apart.
            .outputUnsplit: Self.rest(output, less: [modal.outputAudio, modal.outputImage]),
            .outputAudio: modal.outputAudio,
            .outputImage: modal.outputImage,
        ]
        self.quantities = UsageQuantities(classes.map { Quantity($0.key, $0.value) })
        self.missingFields = missing
        let isOutput: (QuantityClass) -> Bool = {
            [.outputUnsplit, .outputAudio, .outputImage].contains($0)
        }
        if Self.sum(classes.filter { !isOutput($0.key) }.values) != Int128(input) {
            self.contradictedField = "input_tokens"
        } else if Self.sum(classes.filter { isOutput($0.key) }.values) != Int128(output) {
            self.contradictedField = "output_tokens"
        } else {
            self.contradictedField =
                writes.exceedTotal ? "input_cache_write_tokens" : nil
        }
    }

    /// What is left of a whole, never below zero: parts that exceed it are flagged, not negated.
    private static func rest(_ whole: Int64, less parts: [Int64]) -> Int64 {
        let rest = Int128(whole) - sum(parts)
        return Int64(max(0, rest))
    }

    private static func sum(_ counts: some Sequence<Int64>) -> Int128 {
        counts.reduce(Int128(0)) { $0 + Int128($1) }
    }

    private struct Modalities {
        let inputAudio: Int64
        let inputImage: Int64
        let cachedAudio: Int64
        let cachedImage: Int64
        let outputAudio: Int64
        let outputImage: Int64

        init(_ counts: [String: Int64]) {
            inputAudio = counts["input_audio_tokens"] ?? 0
            inputImage = counts["input_image_tokens"] ?? 0
            cachedAudio = counts["input_cached_audio_tokens"] ?? 0
            cachedImage = counts["input_cached_image_tokens"] ?? 0
            outputAudio = counts["output_audio_tokens"] ?? 0
            outputImage = counts["output_image_tokens"] ?? 0
        }
    }

    /// Cache writes by lifetime; what OpenAI does not divide lives for its default, 30 minutes.
    private struct CacheWrites {
        let total: Int64
        let thirtyMinutes: Int64
        let twelveHours: Int64
        /// The two lifetimes are more than their total.
        let exceedTotal: Bool

        init(_ counts: [String: Int64]) {
            let halfHour = counts["input_cache_write_30m_tokens"] ?? 0
            let divided = [halfHour, counts["input_cache_write_12h_tokens"] ?? 0]
            twelveHours = divided[1]
            let sum = OpenAITokenCounts.sum(divided)
            let whole = counts["input_cache_write_tokens"].map { Int128($0) } ?? sum
            exceedTotal = sum > whole
            total = Int64(clamping: whole)
            thirtyMinutes = Int64(clamping: Int128(halfHour) + max(0, whole - sum))
        }
    }
}
