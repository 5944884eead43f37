/// `GET /v1/organizations/cost_report`: usage times the simulator's own prices, and lines that no
/// usage explains. Amounts are cents.
struct AnthropicCosts: Sendable {
    static let limitMaximum: Int64 = 31

    /// What a row is about, when grouped by description.
    struct Detail: Hashable {
        var description: String
        var costType: String?
        var model: String?
        var tokenType: String?
        var context: String?
        var tier: String?
        var geo: String?
    }

    struct Item {
        var workspace: String?
        var detail: Detail
        var amount: Amount
    }

    struct Key: Hashable {
        var workspace: String?
        var detail: Detail?
    }

    let account: SimulatedAccount
    let now: Int64

    func answer(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let query = try QueryReader(
            request.query, single: ["starting_at", "ending_at", "bucket_width", "limit", "page"],
            lists: ["group_by"], form: .bracket)
        guard query.text("bucket_width") ?? "1d" == "1d" else {
            throw .badRequest("bucket_width", "bucket_width: must be 1d")
        }
        let dimensions = try query.choices("group_by", of: ["workspace_id", "description"])
        let limit = try query.limit(default: 7, maximum: Self.limitMaximum)
        return try AnthropicPage(account: account, now: now).answer(
            request, query, width: .day, limit: limit
        ) { bucket in
            var rows = GroupedRows<Key, Amount>()
            for item in items(day: bucket.start) {
                let key = Key(
                    workspace: dimensions.contains("workspace_id") ? item.workspace : nil,
                    detail: dimensions.contains("description") ? item.detail : nil)
                rows.add(key, initial: .zero) { $0 += item.amount }
            }
            return rows.rows.map { Self.row($0.key, $0.value) }
        }
    }

    /// The bill of the UTC day that begins at `day`, as far as it is known now.
    func items(day: Int64) -> [Item] {
        var items: [Item] = []
        var searches = GroupedRows<String?, Int64>()
        let end = day + CivilTime.secondsPerDay
        for (index, stream) in account.streams.enumerated() {
            let usage = account.usage(ofStream: index, from: day, until: end, now: now)
            guard !usage.isZero else { continue }
            items += tokenItems(stream, usage)
            if usage.webSearches > 0 {
                searches.add(stream.project, initial: 0) { $0 += usage.webSearches }
            }
        }
        for row in searches.rows {
            items.append(
                Item(
                    workspace: row.key,
                    detail: Detail(description: "Web Search Usage", costType: "web_search"),
                    amount: Amount(
                        units: SimulatedPrices.webSearch.units * Int128(row.value))))
        }
        return items + opaqueItems(day: day)
    }

    private func tokenItems(_ stream: UsageStream, _ usage: UsageCounters) -> [Item] {
        guard let price = SimulatedPrices.price(anthropic: stream) else { return [] }
        let meters = [
            ("uncached_input_tokens", "Input Tokens", usage.uncachedInput, price.input),
            (
                "cache_read_input_tokens", "Input Tokens, Cache Read", usage.cacheRead,
                price.cacheRead
            ),
            (
                "cache_creation.ephemeral_5m_input_tokens", "Input Tokens, Cache Write 5m",
                usage.cacheWriteShort, price.cacheWriteShort
            ),
            (
                "cache_creation.ephemeral_1h_input_tokens", "Input Tokens, Cache Write 1h",
                usage.cacheWriteLong, price.cacheWriteLong
            ),
            ("output_tokens", "Output Tokens", usage.output, price.output),
        ]
        return meters.filter { $0.2 > 0 }.map { tokenType, words, quantity, rate in
            var text = "\(Self.displayName(ofModel: stream.model)) Usage - \(words)"
            if stream.tier == "batch" { text += " (Batch)" }
            if stream.inferenceGeo == "us" { text += " (US)" }
            if stream.contextWindow != "0-200k" { text += " (Long Context)" }
            return Item(
                workspace: stream.project,
                detail: Detail(
                    description: text, costType: "tokens", model: stream.model,
                    tokenType: tokenType, context: stream.contextWindow, tier: stream.tier,
                    geo: stream.inferenceGeo),
                amount: Amount(units: Int128(quantity) * rate))
        }
    }

    /// Code execution, which no usage report has, and once a month a credit.
    private func opaqueItems(day: Int64) -> [Item] {
        let minutes = min(max(now - day, 0), CivilTime.secondsPerDay) / 60
        guard day >= account.beginning, minutes > 0 else { return [] }
        let place = Hash.mix(account.hash, day)
        // Five cents an hour of container time, counted in seconds.
        let seconds =
            Hash.pick(Hash.mix(place, UInt64(1)), from: 90_000...210_000) * minutes / 1440
        var items: [Item] = []
        if seconds > 0 {
            items.append(
                Item(
                    workspace: "wrkspc_engineering",
                    detail: Detail(
                        description: "Code Execution Usage", costType: "code_execution"),
                    amount: Amount(units: Amount.cents(5).units * Int128(seconds) / 3600)))
        }
        if CivilTime(seconds: day).day == 20 {
            let dollars = Hash.pick(Hash.mix(place, UInt64(2)), from: 110...190)
            items.append(
                Item(
                    workspace: nil, detail: Detail(description: "Credit"),
                    amount: Amount.dollars(-dollars)))
        }
        return items
    }

    private static func row(_ key: Key, _ amount: Amount) -> JSONValue {
        [
            "amount": .string(amount.centsText), "currency": "USD",
            "description": JSONValue(key.detail?.description),
            "cost_type": JSONValue(key.detail?.costType),
            "model": JSONValue(key.detail?.model),
            "token_type": JSONValue(key.detail?.tokenType),
            "context_window": JSONValue(key.detail?.context),
            "service_tier": JSONValue(key.detail?.tier),
            "inference_geo": JSONValue(key.detail?.geo),
            "workspace_id": JSONValue(key.workspace),
        ]
    }

    /// `claude-opus-5-5` is "Claude Opus 5.5".
    private static func displayName(ofModel model: String) -> String {
        let words = model.split(separator: "-").map(String.init)
        let names = words.filter { Int($0) == nil }.map {
            $0.prefix(1).uppercased() + $0.dropFirst()
        }
        let version = words.filter { Int($0) != nil }.joined(separator: ".")
        return (names + (version.isEmpty ? [] : [version])).joined(separator: " ")
    }
}
