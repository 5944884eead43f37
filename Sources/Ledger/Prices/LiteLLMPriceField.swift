import Domain

/// What the name of a field of LiteLLM's price map says, such as
/// `cache_read_input_token_cost_above_272k_tokens_flex`.
struct LiteLLMPriceField: Hashable {
    /// What is priced; nil for a name that is not known.
    let quantityClass: QuantityClass?
    let serviceTier: String
    /// Prompt above which it holds; nil for any.
    let thresholdTokens: Int64?

    /// Nil where the name is not of a rate per token at all.
    init?(name: String) {
        var rest = name[...]
        var tier = ModelPrice.standardTier
        for (suffix, named) in Self.tierSuffixes where rest.hasSuffix(suffix) {
            rest = rest.dropLast(suffix.count)
            tier = named
        }
        let (stem, threshold) = Self.threshold(of: rest)
        guard let quantityClass = Self.classes[String(stem)] else {
            guard Self.isPrice(name) else { return nil }
            self.quantityClass = nil
            serviceTier = tier
            thresholdTokens = threshold
            return
        }
        self.quantityClass = quantityClass
        serviceTier = tier
        thresholdTokens = threshold
    }

    /// Whether a name that is not known is one of a price, so that it has to be told of.
    private static func isPrice(_ name: String) -> Bool {
        ["cost", "price", "pricing", "multiplier", "provider_specific_entry"].contains {
            name.contains($0)
        }
    }

    /// Cuts off `_above_272k_tokens`.
    private static func threshold(of name: Substring) -> (Substring, Int64?) {
        let (mark, end) = ("_above_", "k_tokens")
        guard name.hasSuffix(end), let range = name.ranges(of: mark).last else {
            return (name, nil)
        }
        let digits = name[range.upperBound...].dropLast(end.count)
        guard (1...6).contains(digits.utf8.count), let thousands = Int64(digits), thousands > 0
        else { return (name, nil) }
        return (name[..<range.lowerBound], thousands * 1000)
    }

    private static let tierSuffixes = [
        ("_batches", PublishedRates.batchTier), ("_flex", "flex"), ("_priority", "priority"),
    ]

    private static let classes: [String: QuantityClass] = [
        "input_cost_per_token": .input,
        "cache_read_input_token_cost": .cacheRead,
        "cache_creation_input_token_cost": .cacheWrite5m,
        "cache_creation_input_token_cost_above_1hr": .cacheWrite1h,
        "cache_creation_input_token_cost_above_12hr": .cacheWrite12h,
        "output_cost_per_token": .output,
        "output_cost_per_reasoning_token": .reasoning,
        "input_cost_per_audio_token": .inputAudio,
        "cache_read_input_audio_token_cost": .cacheReadAudio,
        "output_cost_per_audio_token": .outputAudio,
        "input_cost_per_image_token": .inputImage,
        "cache_read_input_image_token_cost": .cacheReadImage,
        "output_cost_per_image_token": .outputImage,
    ]
}
