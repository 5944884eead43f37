/// What the simulated providers charge, in 10^-16 dollars a token.
///
/// This is the simulator's own list, typed in by hand from the vendors' public pages and not read
/// from the product's catalogue: two models are a few per cent below the public price, as under a
/// contract, and two are in no public list at all.
struct SimulatedPrices: Sendable {
    struct Price: Sendable {
        var input: Int128
        var cacheRead: Int128
        var cacheWriteShort: Int128
        var cacheWriteLong: Int128
        var output: Int128
        /// Priority service costs so many times the standard price.
        var priorityFactor: Int128 = 2

        /// Prices in hundredths of a cent (10^-4 dollars) per million tokens, times
        /// `perMille` thousandths.
        init(
            input: Int128, read: Int128, writeShort: Int128, writeLong: Int128, output: Int128,
            perMille: Int128 = 1000
        ) {
            // 10^-4 dollars per 10^6 tokens are 10^6 units of 10^-16 dollars a token; as that is
            // divisible by 1000, every contract price is exact.
            let unit: Int128 = 1_000_000 / 1000 * perMille
            self.input = input * unit
            self.cacheRead = read * unit
            self.cacheWriteShort = writeShort * unit
            self.cacheWriteLong = writeLong * unit
            self.output = output * unit
        }
    }

    static let openAI: [String: Price] = [
        // 3 % below the public price.
        "gpt-6-sol": Price(
            input: 20000, read: 2000, writeShort: 25000, writeLong: 50000, output: 100_000,
            perMille: 970),
        "gpt-6-luna": Price(
            input: 1000, read: 100, writeShort: 1250, writeLong: 2500, output: 5000),
        "gpt-5.4-mini": Price(
            input: 7500, read: 750, writeShort: 7500, writeLong: 7500, output: 45000),
        "gpt-4.1-2025-04-14": Price(
            input: 20000, read: 5000, writeShort: 20000, writeLong: 20000, output: 80000),
        "gpt-4o": Price(
            input: 25000, read: 12500, writeShort: 25000, writeLong: 25000, output: 100_000),
        "gpt-4o-mini": Price(
            input: 1500, read: 750, writeShort: 1500, writeLong: 1500, output: 6000),
        // In no public list.
        "gpt-7-preview": Price(
            input: 30000, read: 3000, writeShort: 30000, writeLong: 30000, output: 150_000),
    ]

    static let anthropic: [String: Price] = [
        // 2.5 % below the public price.
        "claude-opus-5-5": Price(
            input: 40000, read: 2000, writeShort: 50000, writeLong: 80000, output: 200_000,
            perMille: 975),
        "claude-sonnet-5-5": Price(
            input: 20000, read: 1000, writeShort: 25000, writeLong: 40000, output: 100_000),
        "claude-haiku-4-5": Price(
            input: 10000, read: 1000, writeShort: 12500, writeLong: 20000, output: 50000),
        "claude-haiku-5-5": Price(
            input: 1000, read: 100, writeShort: 1250, writeLong: 2000, output: 5000),
        // In no public list.
        "claude-next-preview": Price(
            input: 60000, read: 6000, writeShort: 75000, writeLong: 120_000, output: 300_000),
    ]

    /// Rates of requests beyond the model's length threshold.
    static let anthropicLong: [String: Price] = [
        "claude-haiku-5-5": Price(
            input: 5000, read: 500, writeShort: 6250, writeLong: 2000, output: 25000)
    ]

    /// What a thing costs that is not a token: its line on the bill, with the unit where that has one,
    /// and 10^-16 dollars for each.
    struct Meter: Sendable {
        var lineItem: String
        var unit: String?
        var units: Int128
    }

    /// Nil for what has no line of its own: moderation is free, and what is kept stands in a line that
    /// no usage explains.
    static func meter(openAI stream: UsageStream) -> Meter? {
        switch stream.report {
        // 13 and 2 cents a million.
        case "embeddings":
            Meter(
                lineItem: "\(stream.model), input_tokens", unit: "tokens",
                units: stream.model.hasSuffix("-large") ? 1_300_000_000 : 200_000_000)
        case "images":
            Meter(
                lineItem: "\(stream.model), images", unit: "images",
                units: Amount.cents(4).units)
        // 30 dollars a million.
        case "audio_speeches":
            Meter(
                lineItem: "\(stream.model), characters", unit: "characters",
                units: 300_000_000_000)
        // 36 cents an hour.
        case "audio_transcriptions":
            Meter(
                lineItem: "\(stream.model), seconds", unit: "duration_seconds",
                units: Amount.cents(1).units / 100)
        case "code_interpreter_sessions":
            Meter(lineItem: "code interpreter sessions", units: Amount.cents(3).units)
        case "file_search_calls":
            Meter(lineItem: "file search tool calls", units: Amount.cents(1).units / 4)
        case "web_search_calls":
            Meter(lineItem: "web search tool calls", units: webSearch.units)
        default: nil
        }
    }

    /// One web search, at both providers: one cent.
    static let webSearch = Amount.cents(1)

    /// The price of a stream's tokens, its tier and place included.
    static func price(openAI stream: UsageStream) -> Price? {
        guard let price = openAI[stream.model] else { return nil }
        if stream.isBatch || stream.tier == "flex" { return price.times(1, over: 2) }
        return stream.tier == "priority" ? price.times(price.priorityFactor, over: 1) : price
    }

    static func price(anthropic stream: UsageStream) -> Price? {
        let isLong = stream.contextWindow == "200k-1M"
        guard let price = (isLong ? anthropicLong[stream.model] : nil) ?? anthropic[stream.model]
        else { return nil }
        let tiered = stream.tier == "batch" ? price.times(1, over: 2) : price
        return stream.inferenceGeo == "us" ? tiered.times(11, over: 10) : tiered
    }
}

extension SimulatedPrices.Price {
    /// Exact: every price above is a multiple of 10^5 units.
    func times(_ factor: Int128, over divisor: Int128) -> Self {
        var copy = self
        copy.input = input * factor / divisor
        copy.cacheRead = cacheRead * factor / divisor
        copy.cacheWriteShort = cacheWriteShort * factor / divisor
        copy.cacheWriteLong = cacheWriteLong * factor / divisor
        copy.output = output * factor / divisor
        return copy
    }
}
