import Domain

/// Which context tier usage is in, as the text of `DimensionSet.contextTier` says it.
///
/// An event has two that need not agree: the one that its provider's report will show, and whether
/// its price charged the whole request at long rates. Both decide its share of a bill, and sums of
/// events no longer tell either, so both are kept with its dimensions.
struct ContextTier: Equatable {
    /// The provider's own word, such as `200k-1M`; empty where it names none.
    let reported: String
    /// An event that was charged at its model's long rates.
    let isLongEvent: Bool

    /// Behind the provider's word.
    private static let longEventMark = "+long"
    /// Anthropic's report draws its line here, wherever a model's price has its own.
    private static let anthropicShortTokensMax: Int64 = 200_000

    init(_ text: String) {
        isLongEvent = text.hasSuffix(Self.longEventMark)
        reported = isLongEvent ? String(text.dropLast(Self.longEventMark.count)) : text
    }

    /// The tier of one request; `price` is what it is charged by, nil where none is known.
    init(event usage: UsageToPrice, price: ModelPrice?) {
        isLongEvent = price.map { usage.isLongContext(under: $0) } ?? false
        guard Self.isNamed(by: usage.provider) else {
            reported = ""
            return
        }
        // Beyond 64 bits is beyond every line.
        let isShort =
            usage.quantities.inputSideTokens.map { $0 <= Self.anthropicShortTokensMax } ?? false
        reported = isShort ? "0-200k" : "200k-1M"
    }

    /// Whether a provider's report names tiers.
    static func isNamed(by provider: String) -> Bool { provider == "anthropic" }

    var text: String { isLongEvent ? reported + Self.longEventMark : reported }
}
