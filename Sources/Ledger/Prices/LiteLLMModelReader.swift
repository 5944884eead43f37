import Domain

/// Reads one model of LiteLLM's price map.
struct LiteLLMModelReader {
    private static let modes: Set<String> = [
        "chat", "responses", "embedding", "completion", "realtime", "moderation",
    ]

    let key: String
    let fields: [String: ExactJSON]

    init(key: String, fields: [String: ExactJSON]) {
        self.key = key
        self.fields = fields
    }

    var source: String {
        let page = text("source")
        return page.isEmpty ? "LiteLLM" : "LiteLLM, \(page)"
    }

    /// Nil where the model is left out; a remark then says why.
    func price(_ remarks: inout PriceRemarks) throws(PriceFileError) -> ModelPrice? {
        let mode = text("mode")
        guard Self.modes.contains(mode) else {
            remarks.add(.notByTokens, field: mode, model: key)
            return nil
        }
        let (region, model) = PricedName.parts(of: key)
        let provider = Self.provider(text("litellm_provider"))
        guard !provider.isEmpty else { throw malformed("litellm_provider") }
        guard !model.isEmpty else { throw malformed("") }
        var published = PublishedRates()
        var unread = try addRates(of: fields, to: &published, &remarks)
        if unread == nil { unread = try addTiers(to: &published, &remarks) }
        if let unread {
            remarks.add(.modelNotRead, field: unread, model: key)
            return nil
        }
        guard published.base[.input] != nil || published.base[.output] != nil else {
            remarks.add(.notByTokens, field: mode, model: key)
            return nil
        }
        published.base[.webSearchRequest] = try searchRate(&remarks)
        let multipliers = try regionMultipliers(&remarks)
        do {
            return try published.price(
                provider: provider, region: region, model: model, regionMultipliers: multipliers)
        } catch {
            remarks.add(.ratioInexact, field: error.quantityClass.rawValue, model: key)
            return nil
        }
    }

    // MARK: - Rates per token

    /// Answers with a field that the price cannot do without and that is not understood.
    private func addRates(
        of fields: [String: ExactJSON], to published: inout PublishedRates,
        _ remarks: inout PriceRemarks
    ) throws(PriceFileError) -> String? {
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) where value != .null {
            guard !Self.ownFields.contains(name), let field = LiteLLMPriceField(name: name) else {
                continue
            }
            guard let quantityClass = field.quantityClass else {
                remarks.add(.fieldNotRead, field: name, model: key)
                continue
            }
            guard let rate = try perMillion(value, name) else { return name }
            if let threshold = field.thresholdTokens {
                guard published.thresholdTokens == nil || published.thresholdTokens == threshold
                else { return name }
                published.thresholdTokens = threshold
            }
            Self.set(rate, quantityClass, field, in: &published)
        }
        // An older spelling of the rate of cache reads.
        if published.base[.cacheRead] == nil, let value = fields["input_cost_per_token_cache_hit"],
            value != .null
        {
            guard let rate = try perMillion(value, "input_cost_per_token_cache_hit") else {
                return "input_cost_per_token_cache_hit"
            }
            published.base[.cacheRead] = rate
        }
        return nil
    }

    private static func set(
        _ rate: Rate, _ quantityClass: QuantityClass, _ field: LiteLLMPriceField,
        in published: inout PublishedRates
    ) {
        // OpenAI's writes of 30 minutes stand where others have those of 5.
        let classes: [QuantityClass] =
            quantityClass == .cacheWrite5m ? [.cacheWrite5m, .cacheWrite30m] : [quantityClass]
        let isStandard = field.serviceTier == ModelPrice.standardTier
        for quantityClass in classes {
            switch (isStandard, field.thresholdTokens != nil) {
            case (true, false): published.base[quantityClass] = rate
            case (true, true): published.above[quantityClass] = rate
            case (false, false):
                published.tiers[field.serviceTier, default: [:]][quantityClass] = rate
            case (false, true):
                published.tiersAbove[field.serviceTier, default: [:]][quantityClass] = rate
            }
        }
    }

    /// `tiered_pricing`: two spans of the prompt's length are a price and its long-context rates; more
    /// are not understood.
    private func addTiers(
        to published: inout PublishedRates, _ remarks: inout PriceRemarks
    ) throws(PriceFileError) -> String? {
        let name = "tiered_pricing"
        guard let value = fields[name], value != .null else { return nil }
        guard case .array(let spans) = value else { throw malformed(name) }
        var parts: [PublishedRates] = []
        var borders: [Int64] = []
        for span in spans {
            guard case .object(var rates) = span else { throw malformed(name) }
            guard case .array(let range)? = rates.removeValue(forKey: "range"), range.count == 2,
                let start = Self.count(range[0]), let end = Self.count(range[1])
            else { return name }
            borders += [start, end]
            var part = PublishedRates()
            if try addRates(of: rates, to: &part, &remarks) != nil { return name }
            guard part.tiers.isEmpty, part.thresholdTokens == nil else { return name }
            parts.append(part)
        }
        guard parts.count == 2, borders[0] == 0, borders[1] == borders[2],
            (1000...100_000_000).contains(borders[1]), published.thresholdTokens == nil
        else { return name }
        published.base.merge(parts[0].base) { $1 }
        published.thresholdTokens = borders[1]
        published.above = parts[1].base
        return nil
    }

    // MARK: - What is not a rate per token

    /// What a search of the web costs, where it costs the same whatever it brings.
    private func searchRate(_ remarks: inout PriceRemarks) throws(PriceFileError) -> Rate? {
        let name = "search_context_cost_per_query"
        guard let value = fields[name], value != .null else { return nil }
        guard case .object(let sizes) = value else { throw malformed(name) }
        var rates: Set<ExactDecimal> = []
        for size in sizes.values { rates.insert(try number(size, name)) }
        guard rates.count == 1, let rate = rates.first else {
            remarks.add(.fieldNotRead, field: name, model: key)
            return nil
        }
        return Rate(rate, per: .each)
    }

    private func regionMultipliers(
        _ remarks: inout PriceRemarks
    ) throws(PriceFileError) -> [String: ExactDecimal] {
        var multipliers: [String: ExactDecimal] = [:]
        for (name, region) in [
            ("regional_processing_uplift_multiplier_us", "us"),
            ("regional_processing_uplift_multiplier_eu", "eu"),
            ("regional_endpoint_uplift_multiplier", ModelPrice.anyRegion),
        ] {
            guard let value = fields[name], value != .null else { continue }
            multipliers[region] = try number(value, name)
        }
        if let value = fields["provider_specific_entry"], value != .null {
            guard case .object(let entries) = value else {
                throw malformed("provider_specific_entry")
            }
            for (name, value) in entries.sorted(by: { $0.key < $1.key }) {
                guard ["us", "eu"].contains(name) else {
                    remarks.add(
                        .fieldNotRead, field: "provider_specific_entry.\(name)", model: key)
                    continue
                }
                multipliers[name] = try number(value, "provider_specific_entry")
            }
        }
        for multiplier in multipliers.values {
            guard !(multiplier < ExactDecimal.one), multiplier < ExactDecimal(10) else {
                throw PriceFileError(.valueImplausible, column: "multiplier", model: key)
            }
        }
        return multipliers
    }

    // MARK: - Values

    private func text(_ name: String) -> String {
        if case .string(let text)? = fields[name] { return text }
        return ""
    }

    /// A rate in USD per token as one per million; nil for more than 18 places of that.
    private func perMillion(
        _ value: ExactJSON, _ name: String
    ) throws(PriceFileError) -> Rate? {
        guard case .number(let literal) = value, let decimal = try? DecimalLiteral(literal) else {
            throw malformed(name)
        }
        guard let coefficient = decimal.exact(places: ExactDecimal.placesMax + 6),
            let rate = try? ExactDecimal(coefficient: coefficient, scale: ExactDecimal.placesMax)
        else { return nil }
        try check(rate, name)
        return Rate(rate, per: .million)
    }

    private func number(_ value: ExactJSON, _ name: String) throws(PriceFileError) -> ExactDecimal {
        guard case .number(let literal) = value, let number = try? ExactDecimal(literal) else {
            throw malformed(name)
        }
        try check(number, name)
        return number
    }

    private func check(_ number: ExactDecimal, _ name: String) throws(PriceFileError) {
        guard !number.isNegative, !(PriceFile.rateMax < number) else {
            throw PriceFileError(.valueImplausible, column: name, model: key)
        }
    }

    private static func count(_ value: ExactJSON) -> Int64? {
        guard case .number(let literal) = value,
            let whole = (try? DecimalLiteral(literal))?.exact(places: 0)
        else { return nil }
        return Int64(exactly: whole)
    }

    private func malformed(_ field: String) -> PriceFileError {
        PriceFileError(.valueMalformed, column: field, model: key)
    }

    // MARK: - Names

    /// The price catalogue's name of a provider.
    static func provider(_ name: String) -> String {
        if name.hasPrefix("vertex_ai") { return "google-vertex-ai" }
        return providers[name] ?? name
    }

    private static let providers = [
        "text-completion-openai": "openai", "gemini": "google-gemini-api",
        "bedrock": "aws-bedrock", "bedrock_converse": "aws-bedrock", "azure_ai": "azure",
        "azure_text": "azure", "cohere_chat": "cohere",
    ]

    /// Fields that this reads itself; those of rates per token are `LiteLLMPriceField`s.
    private static let ownFields: Set<String> = [
        "input_cost_per_token_cache_hit", "search_context_cost_per_query", "tiered_pricing",
        "regional_processing_uplift_multiplier_us", "regional_processing_uplift_multiplier_eu",
        "regional_endpoint_uplift_multiplier", "provider_specific_entry",
    ]
}
