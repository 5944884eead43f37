import Core
import Domain

/// Reads one line of `prices.csv`.
struct PriceRowReader {
    static let requiredColumns = [
        "provider", "model_key", "mode", "input", "cache_read", "cache_write_5m",
        "cache_write_1h", "output", "tier_threshold_tokens", "input_above", "cache_read_above",
        "cache_write_above", "output_above", "batch_input", "batch_output", "flex_input",
        "flex_output", "priority_input", "priority_output", "notes", "date", "source",
    ]
    private static let modes: Set<String> = ["chat", "responses", "embedding"]
    private static let serviceTiers = ["batch", "flex", "priority"]
    /// Rates above this many USD per million, or per counted thing, are taken for a wrong unit.
    private static let rateMax = ExactDecimal(10_000)
    private static let cacheClasses: [QuantityClass] = [
        .cacheRead, .cacheWrite5m, .cacheWrite30m, .cacheWrite1h, .cacheWrite12h,
    ]

    private let line: Int
    private let values: [String: String]

    init(header: [String], record: CommaSeparatedValues.Record) {
        line = record.line
        values = Dictionary(
            zip(header, record.fields), uniquingKeysWith: { first, _ in first })
    }

    /// Nil for a mode that is not priced by tokens.
    func read() throws(PriceFileError) -> PriceFile.Row? {
        guard Self.modes.contains(text("mode")) else { return nil }
        let provider = text("provider")
        let (region, model) = name()
        guard !provider.isEmpty else { throw malformed("provider") }
        guard !model.isEmpty else { throw malformed("model_key") }
        guard isDate(text("date")) else { throw malformed("date") }
        let notes = notes()
        let base = try baseRates(notes)
        let price = ModelPrice(
            provider: provider, region: region, model: model, currency: .usd, base: base,
            longContext: try longContext(), serviceTiers: try serviceTiers(base),
            regionMultipliers: try multipliers(notes))
        let page = values["source_page"] ?? ""
        let source = page.isEmpty ? text("source") : "\(text("source")), \(page)"
        return PriceFile.Row(line: line, price: price, source: source)
    }

    /// `azure/us/gpt-5.4` is gpt-5.4 in region us; `gemini/x` is x everywhere.
    private func name() -> (region: String, model: String) {
        let parts = text("model_key").split(separator: "/", omittingEmptySubsequences: false)
        let prefix = parts.dropLast()
        let region = prefix.count > 1 && prefix.first != "azure_ai" ? String(prefix[1]) : ""
        return (region, parts.last.map(String.init) ?? "")
    }

    private func baseRates(_ notes: [String: String]) throws(PriceFileError) -> ModelPrice.Rates {
        var rates: ModelPrice.Rates = [:]
        rates[.input] = try rate("input")
        rates[.cacheRead] = try rate("cache_read")
        rates[.cacheWrite5m] = try rate("cache_write_5m")
        rates[.cacheWrite30m] = rates[.cacheWrite5m]
        rates[.cacheWrite1h] = try rate("cache_write_1h")
        rates[.output] = try rate("output")
        if let text = notes["cache_write_12h"] {
            rates[.cacheWrite12h] = Rate(try number(text, "notes"), per: .million)
        }
        if let text = notes["search_per_query"] {
            rates[.webSearchRequest] = Rate(try number(text, "notes"), per: .each)
        }
        return rates
    }

    private func longContext() throws(PriceFileError) -> ModelPrice.LongContext? {
        let column = "tier_threshold_tokens"
        guard !text(column).isEmpty else { return nil }
        guard let threshold = Int64(text(column)) else { throw malformed(column) }
        guard (1000...100_000_000).contains(threshold) else { throw implausible(column) }
        var rates: ModelPrice.Rates = [:]
        rates[.input] = try rate("input_above")
        rates[.cacheRead] = try rate("cache_read_above")
        rates[.cacheWrite5m] = try rate("cache_write_above")
        rates[.cacheWrite30m] = rates[.cacheWrite5m]
        rates[.output] = try rate("output_above")
        return ModelPrice.LongContext(thresholdTokens: threshold, rates: rates)
    }

    /// A tier's cache rates follow its input rate in proportion, where that is an exact decimal.
    private func serviceTiers(
        _ base: ModelPrice.Rates
    ) throws(PriceFileError) -> [String: ModelPrice.Rates] {
        var tiers: [String: ModelPrice.Rates] = [:]
        for tier in Self.serviceTiers {
            var rates: ModelPrice.Rates = [:]
            rates[.input] = try rate("\(tier)_input")
            rates[.output] = try rate("\(tier)_output")
            if let tierInput = rates[.input]?.value, let input = base[.input]?.value,
                !tierInput.isZero, !input.isZero
            {
                for quantityClass in Self.cacheClasses {
                    guard
                        let scaled = base[quantityClass]?.value.multiplied(
                            by: tierInput, dividedBy: input)
                    else { continue }
                    rates[quantityClass] = Rate(scaled, per: .million)
                }
            }
            if !rates.isEmpty { tiers[tier] = rates }
        }
        return tiers
    }

    private func multipliers(
        _ notes: [String: String]
    ) throws(PriceFileError) -> [String: ExactDecimal] {
        var multipliers: [String: ExactDecimal] = [:]
        for region in ["us", "eu"] {
            guard let text = notes["regional_processing_uplift_multiplier_\(region)"] else {
                continue
            }
            multipliers[region] = try number(text, "notes")
        }
        // `multipliers: usx1.1;fastx2`: fast is a speed, not a region.
        for item in (notes["multipliers"] ?? "").split(separator: ";") where !item.isEmpty {
            guard let cut = item.lastIndex(of: "x") else { throw malformed("notes") }
            let name = String(item[..<cut])
            let value = try number(String(item[item.index(after: cut)...]), "notes")
            if name != "fast" { multipliers[name] = value }
        }
        for multiplier in multipliers.values {
            guard !(multiplier < ExactDecimal.one), multiplier < ExactDecimal(10) else {
                throw implausible("notes")
            }
        }
        return multipliers
    }

    /// `name=value`, separated by ` | `; `multipliers: …` counts as a name too.
    private func notes() -> [String: String] {
        var result: [String: String] = [:]
        for note in text("notes").split(separator: " | ") {
            if note.hasPrefix("multipliers: ") {
                result["multipliers"] = String(note.dropFirst("multipliers: ".count))
            } else if let equals = note.firstIndex(of: "=") {
                result[String(note[..<equals])] = String(note[note.index(after: equals)...])
            }
        }
        return result
    }

    private func text(_ column: String) -> String { values[column] ?? "" }

    private func rate(_ column: String) throws(PriceFileError) -> Rate? {
        text(column).isEmpty ? nil : Rate(try number(text(column), column), per: .million)
    }

    private func number(_ text: String, _ column: String) throws(PriceFileError) -> ExactDecimal {
        let value: ExactDecimal
        do {
            value = try ExactDecimal(text)
        } catch {
            throw malformed(column)
        }
        guard !value.isNegative, !(Self.rateMax < value) else { throw implausible(column) }
        return value
    }

    private func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).compactMap {
            Int($0)
        }
        guard parts.count == 3, text.utf8.count == 10 else { return false }
        return (try? CivilDate(year: parts[0], month: parts[1], day: parts[2])) != nil
    }

    private func malformed(_ column: String) -> PriceFileError {
        PriceFileError(.valueMalformed, line: line, column: column)
    }

    private func implausible(_ column: String) -> PriceFileError {
        PriceFileError(.valueImplausible, line: line, column: column)
    }
}
