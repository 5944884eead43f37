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
    /// Of a line that says no price but another name of a model: `alias_of=gpt-6-sol` in its notes.
    private static let aliasMode = "alias"
    private static let aliasNote = "alias_of"
    /// What such a line has no value in.
    private static let rateColumns = requiredColumns.filter {
        !["provider", "model_key", "mode", "notes", "date", "source"].contains($0)
    }
    /// Classes that notes may give rates of: `flex_cache_read=0.13`, `priority_input_above=40`.
    private static let notedClasses: [QuantityClass] = [
        .input, .cacheRead, .cacheWrite5m, .cacheWrite1h, .cacheWrite12h, .output, .reasoning,
        .inputAudio, .cacheReadAudio,
    ]

    private let line: Int
    private let values: [String: String]

    init(header: [String], record: CommaSeparatedValues.Record) {
        line = record.line
        values = Dictionary(
            zip(header, record.fields), uniquingKeysWith: { first, _ in first })
    }

    /// The row and the day it is of; nil for a mode that is not priced by tokens.
    func read(
        _ remarks: inout PriceRemarks
    ) throws(PriceFileError) -> (row: PriceFile.Row, day: CivilDate)? {
        guard Self.modes.contains(text("mode")) else {
            remarks.add(.notByTokens, field: text("mode"), model: text("model_key"))
            return nil
        }
        let provider = text("provider")
        let (region, model) = PricedName.parts(of: text("model_key"))
        guard !provider.isEmpty else { throw malformed("provider") }
        guard !model.isEmpty else { throw malformed("model_key") }
        guard let day = try? CivilDate(text("date")) else { throw malformed("date") }
        let notes = notes()
        let multipliers = try multipliers(notes)
        let published = try publishedRates(notes)
        let price: ModelPrice
        do {
            price = try published.price(
                provider: provider, region: region, model: model, regionMultipliers: multipliers)
        } catch {
            throw PriceFileError(
                .ratioInexact, line: line, column: error.quantityClass.rawValue)
        }
        return (PriceFile.Row(line: line, price: price, source: source), day)
    }

    var isAlias: Bool { text("mode") == Self.aliasMode }

    /// The alias of a line of that mode, and the day it is of.
    func readAlias() throws(PriceFileError) -> (alias: PriceFile.Alias, day: CivilDate) {
        let provider = text("provider")
        let name = PricedName.parts(of: text("model_key"))
        guard !provider.isEmpty else { throw malformed("provider") }
        // The model's own regions are the alias's.
        guard !name.model.isEmpty, name.region.isEmpty else { throw malformed("model_key") }
        for column in Self.rateColumns where !text(column).isEmpty { throw malformed(column) }
        guard let day = try? CivilDate(text("date")) else { throw malformed("date") }
        let model = PricedName.parts(of: notes()[Self.aliasNote] ?? "")
        guard !model.model.isEmpty, model.region.isEmpty else { throw malformed("notes") }
        let alias = PriceAlias(
            provider: provider, name: name.model, model: model.model, source: source)
        return (PriceFile.Alias(line: line, alias: alias), day)
    }

    private var source: String {
        let page = values["source_page"] ?? ""
        return page.isEmpty ? text("source") : "\(text("source")), \(page)"
    }

    private func baseRates(_ notes: [String: String]) throws(PriceFileError) -> ModelPrice.Rates {
        var rates: ModelPrice.Rates = [:]
        rates[.input] = try rate("input")
        rates[.cacheRead] = try rate("cache_read")
        rates[.cacheWrite5m] = try rate("cache_write_5m")
        rates[.cacheWrite30m] = rates[.cacheWrite5m]
        rates[.cacheWrite1h] = try rate("cache_write_1h")
        rates[.output] = try rate("output")
        for (name, quantityClass) in [
            ("cache_write_12h", QuantityClass.cacheWrite12h), ("reasoning_output", .reasoning),
            ("audio_input", .inputAudio), ("cache_read_audio", .cacheReadAudio),
        ] {
            guard let text = notes[name] else { continue }
            rates[quantityClass] = Rate(try number(text, "notes"), per: .million)
        }
        if let text = notes["search_per_query"] {
            rates[.webSearchRequest] = Rate(try number(text, "notes"), per: .each)
        }
        return rates
    }

    private func publishedRates(
        _ notes: [String: String]
    ) throws(PriceFileError) -> PublishedRates {
        var published = PublishedRates()
        published.base = try baseRates(notes)
        for tier in PublishedRates.serviceTiers {
            var rates = try noted(notes, tier: tier)
            rates[.input] = try rate("\(tier)_input") ?? rates[.input]
            rates[.output] = try rate("\(tier)_output") ?? rates[.output]
            published.tiers[tier] = rates
            published.tiersAbove[tier] = try noted(notes, tier: tier, isAbove: true)
        }
        let column = "tier_threshold_tokens"
        guard !text(column).isEmpty else { return published }
        guard let threshold = Int64(text(column)) else { throw malformed(column) }
        guard (1000...100_000_000).contains(threshold) else { throw implausible(column) }
        published.thresholdTokens = threshold
        published.above[.input] = try rate("input_above")
        published.above[.cacheRead] = try rate("cache_read_above")
        published.above[.cacheWrite5m] = try rate("cache_write_above")
        published.above[.cacheWrite30m] = published.above[.cacheWrite5m]
        published.above[.output] = try rate("output_above")
        return published
    }

    /// What the notes say of a service tier.
    private func noted(
        _ notes: [String: String], tier: String, isAbove: Bool = false
    ) throws(PriceFileError) -> ModelPrice.Rates {
        var rates: ModelPrice.Rates = [:]
        for quantityClass in Self.notedClasses {
            let name = "\(tier)_\(quantityClass.rawValue)" + (isAbove ? "_above" : "")
            guard let text = notes[name] else { continue }
            rates[quantityClass] = Rate(try number(text, "notes"), per: .million)
        }
        rates[.cacheWrite30m] = rates[.cacheWrite5m]
        return rates
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
        if let text = notes["regional_endpoint_uplift_multiplier"] {
            multipliers[ModelPrice.anyRegion] = try number(text, "notes")
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
        guard !value.isNegative, !(PriceFile.rateMax < value) else { throw implausible(column) }
        return value
    }

    private func malformed(_ column: String) -> PriceFileError {
        PriceFileError(.valueMalformed, line: line, column: column)
    }

    private func implausible(_ column: String) -> PriceFileError {
        PriceFileError(.valueImplausible, line: line, column: column)
    }
}
