/// `GET /v1/organization/costs`: usage times the simulator's own prices, and lines that no usage
/// explains.
struct OpenAICosts: Sendable {
    static let dimensions = ["project_id", "line_item", "api_key_id", "user_id", "api_source"]
    static let limitMaximum: Int64 = 180

    /// One item of the bill, in the finest grain.
    struct Item {
        var lineItem: String
        var project: String?
        var key: String?
        var user: String?
        var apiSource: String?
        var amount: Amount
        /// In thousandths, so that a part of a gibibyte hour is exact too.
        var quantityMillis: Int64?
        var unit: String?
    }

    struct Key: Hashable {
        var project: String?
        var lineItem: String?
        var key: String?
        var user: String?
        var apiSource: String?
    }

    struct Sum {
        var amount = Amount.zero
        var quantityMillis: Int64?
        var unit: String?
    }

    let account: SimulatedAccount
    let now: Int64
    /// Whether `amount.value` is a JSON number, as the specification says, instead of a string.
    let amountsAsNumbers: Bool

    func answer(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        let query = try QueryReader(
            request.query, single: ["start_time", "end_time", "bucket_width", "limit", "page"],
            lists: ["project_ids", "api_key_ids", "line_items", "group_by"], form: .bracketOrPlain)
        guard query.text("bucket_width") ?? "1d" == "1d" else {
            throw .badRequest("bucket_width", "Invalid value for 'bucket_width'.")
        }
        let dimensions = try query.choices("group_by", of: Self.dimensions)
        guard !dimensions.isSuperset(of: ["user_id", "project_id"]) else {
            throw .badRequest("group_by", "'user_id' cannot be combined with 'project_id'.")
        }
        let projects = query.filter("project_ids")
        let keys = query.filter("api_key_ids")
        let lineItems = query.filter("line_items")
        let limit = try query.limit(default: 7, maximum: Self.limitMaximum)
        return try OpenAIPage(account: account, now: now).answer(
            request, query, width: .day, limit: limit
        ) { bucket in
            var rows = GroupedRows<Key, Sum>()
            for item in items(day: bucket.start)
            where projects?.contains(item.project ?? "") ?? true
                && keys?.contains(item.key ?? "") ?? true
                && lineItems?.contains(item.lineItem) ?? true
            {
                rows.add(Self.key(item, dimensions), initial: Sum(unit: item.unit)) { sum in
                    sum.amount += item.amount
                    if let quantity = item.quantityMillis {
                        sum.quantityMillis = (sum.quantityMillis ?? 0) + quantity
                    }
                }
            }
            return rows.rows.map { row($0.key, $0.value) }
        }
    }

    /// The bill of the UTC day that begins at `day`, as far as it is known now.
    func items(day: Int64) -> [Item] {
        var items: [Item] = []
        let end = day + CivilTime.secondsPerDay
        for (index, stream) in account.streams.enumerated() {
            let usage = account.usage(ofStream: index, from: day, until: end, now: now)
            if let item = meteredItem(stream, usage) { items.append(item) }
            guard OpenAIUsage.reports.contains(stream.report), !usage.isZero,
                let price = SimulatedPrices.price(openAI: stream)
            else { continue }
            // Dated models still bill under the older names of the meters.
            let names =
                stream.model.hasSuffix("-2025-04-14")
                ? ["input", "cached input", "cache write", "output"]
                : [
                    "input_tokens", "input_cached_tokens", "input_cache_write_tokens",
                    "output_tokens",
                ]
            let written = usage.cacheWriteShort + usage.cacheWriteLong
            let writeUnits =
                Int128(usage.cacheWriteShort) * price.cacheWriteShort
                + Int128(usage.cacheWriteLong) * price.cacheWriteLong
            let meters = [
                (usage.uncachedInput, Int128(usage.uncachedInput) * price.input),
                (usage.cacheRead, Int128(usage.cacheRead) * price.cacheRead),
                (written, writeUnits),
                (usage.output, Int128(usage.output) * price.output),
            ]
            for (name, meter) in zip(names, meters) where meter.0 > 0 {
                items.append(
                    Item(
                        lineItem: "\(stream.model), \(name)", project: stream.project,
                        key: stream.key, user: stream.user, apiSource: stream.apiSource,
                        amount: Amount(units: meter.1), quantityMillis: meter.0 * 1000,
                        unit: "tokens"))
            }
        }
        return items + opaqueItems(day: day)
    }

    /// The line of a stream that no token price is for; nil where it has none, or costs nothing.
    private func meteredItem(_ stream: UsageStream, _ usage: UsageCounters) -> Item? {
        guard let meter = SimulatedPrices.meter(openAI: stream), !usage.isZero,
            let count = OpenAIMeteredUsage.Report.all.first(where: {
                $0.resource == stream.report
            })?.billed(usage)
        else { return nil }
        return Item(
            lineItem: meter.lineItem, project: stream.project, key: stream.key, user: stream.user,
            apiSource: stream.apiSource, amount: Amount(units: Int128(count) * meter.units),
            quantityMillis: count * 1000, unit: meter.unit)
    }

    /// Lines without usage rows: searches, storage, and once a month a credit.
    private func opaqueItems(day: Int64) -> [Item] {
        let minutes = min(max(now - day, 0), CivilTime.secondsPerDay) / 60
        guard day >= account.beginning, minutes > 0 else { return [] }
        let place = Hash.mix(account.hash, day)
        let searches = Hash.pick(Hash.mix(place, UInt64(1)), from: 900...2100) * minutes / 1440
        let storage =
            Hash.pick(Hash.mix(place, UInt64(2)), from: 410_000...470_000) * minutes / 1440
        var items: [Item] = []
        if searches > 0 {
            items.append(
                Item(
                    lineItem: "web search tool calls", project: "proj_search",
                    key: "key_search_prod", user: "user-svc-search", apiSource: "unlabeled",
                    amount: Amount(units: SimulatedPrices.webSearch.units * Int128(searches)),
                    quantityMillis: searches * 1000))
        }
        if storage > 0 {
            // Ten cents a gibibyte day, in thousandths of a gibibyte hour: never a round amount.
            let units = Amount.cents(10).units * Int128(storage) / 24000
            items.append(
                Item(
                    lineItem: "vector store storage", project: "proj_research",
                    amount: Amount(units: units), quantityMillis: storage, unit: "gibibyte_hours"))
        }
        if CivilTime(seconds: day).day == 10 {
            let dollars = Hash.pick(Hash.mix(place, UInt64(3)), from: 75...140)
            items.append(Item(lineItem: "credit", amount: Amount.dollars(-dollars)))
        }
        return items
    }

    private static func key(_ item: Item, _ dimensions: Set<String>) -> Key {
        Key(
            project: dimensions.contains("project_id") ? item.project : nil,
            lineItem: dimensions.contains("line_item") ? item.lineItem : nil,
            key: dimensions.contains("api_key_id") ? item.key : nil,
            user: dimensions.contains("user_id") ? item.user : nil,
            apiSource: dimensions.contains("api_source") ? item.apiSource : nil)
    }

    private func row(_ key: Key, _ sum: Sum) -> JSONValue {
        let amount: JSONValue =
            amountsAsNumbers ? .number(sum.amount.numberText) : .string(sum.amount.dollarsText)
        // Quantities are given only where the rows are line items.
        let quantity = key.lineItem == nil ? nil : sum.quantityMillis
        return [
            "object": "organization.costs.result",
            "amount": ["value": amount, "currency": "usd"],
            "line_item": JSONValue(key.lineItem),
            "quantity": quantity.map { .number(Self.quantityText($0)) } ?? nil,
            "quantity_unit": quantity == nil ? nil : JSONValue(sum.unit),
            "project_id": JSONValue(key.project),
            "api_key_id": JSONValue(key.key),
            "user_id": JSONValue(key.user),
            "api_source": JSONValue(key.apiSource),
        ]
    }

    private static func quantityText(_ millis: Int64) -> String {
        let (whole, rest) = millis.quotientAndRemainder(dividingBy: 1000)
        guard rest != 0 else { return "\(whole)" }
        var decimals = CivilTime.padded(rest, 3)
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(whole).\(decimals)"
    }
}
