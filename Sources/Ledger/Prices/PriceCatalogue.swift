package import Core
package import Domain

/// All price versions in memory, as of one import.
package struct PriceCatalogue: Sendable {
    /// Number of the import; 0 for the empty catalogue.
    package let version: Int64
    package let versions: [PriceVersion]
    package let aliases: [PriceAlias]
    /// The same for figures to name; nil for the empty catalogue.
    package let prices: SpendCompleteness.Prices?
    private let byModel: [Key: [PriceVersion]]
    private let byAlias: [AliasKey: [PriceAlias]]
    /// Instants at which some price or alias begins or ends, in order.
    private let changes: [Instant]
    /// What events of this catalogue cost, worked out once.
    let unitPrices = UnitPrices()

    private struct Key: Hashable {
        let provider: String
        let region: String
        let model: String
    }

    private struct AliasKey: Hashable {
        let provider: String
        let name: String
    }

    package static let empty = PriceCatalogue(version: 0, versions: [])

    /// - Parameter record: the import; nil where it is none of the database's.
    package init(
        version: Int64, versions: [PriceVersion], aliases: [PriceAlias] = [],
        record: PriceCatalogueRecord? = nil
    ) {
        self.init(
            version: version, versions: versions, aliases: aliases,
            prices: record.map {
                .init(version: $0.id, asOf: $0.asOf, importedAt: $0.importedAt)
            })
    }

    init(
        version: Int64, versions: [PriceVersion], aliases: [PriceAlias],
        prices: SpendCompleteness.Prices?
    ) {
        self.version = version
        self.prices = prices
        self.versions = versions
        self.aliases = aliases
        byModel = Dictionary(grouping: versions) {
            Key(provider: $0.price.provider, region: $0.price.region, model: $0.price.model)
        }
        byAlias = Dictionary(grouping: aliases) { AliasKey(provider: $0.provider, name: $0.name) }
        let borders =
            versions.flatMap { [$0.validFrom, $0.validTo] }
            + aliases.flatMap { [$0.validFrom, $0.validTo] }
        changes = Set(borders.compactMap { $0 }).sorted()
    }

    /// Number of the span without a change of any price that an instant is in: whatever is asked for two
    /// instants of one span has one answer.
    func span(of instant: Instant) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The price of a model at an instant, and how it was found; nil means unpriced, never zero.
    ///
    /// It is that of its own name, else of the model that the name is an alias of; else the same of the
    /// names that it is a form of, without what providers and gateways put before it
    /// (``ProviderModelName``) and without a day behind it, the longest first. Of each, the price of the
    /// region, else that of every region.
    package func found(
        provider: String, region: String, model: String, at instant: Instant
    ) -> FoundPrice? {
        if let version = find(provider, region, named: model, instant) {
            return FoundPrice(version: version, alias: nil)
        }
        for name in Self.names(of: model, provider: provider) {
            if let version = find(provider, region, named: name, instant) {
                return FoundPrice(version: version, alias: nil)
            }
            if let alias = alias(of: name, provider: provider, at: instant),
                let version = find(provider, region, named: alias.model, instant)
            {
                return FoundPrice(version: version, alias: alias)
            }
        }
        return nil
    }

    package func price(
        provider: String, region: String, model: String, at instant: Instant
    ) -> PriceVersion? {
        found(provider: provider, region: region, model: model, at: instant)?.version
    }

    /// The alias by which a name means a model at an instant; nil where none does.
    func alias(
        from name: String, to model: String, provider: String, at instant: Instant
    ) -> PriceAlias? {
        guard !name.hasSameBytes(as: model) else { return nil }
        return Self.names(of: name, provider: provider).lazy
            .compactMap { alias(of: $0, provider: provider, at: instant) }
            .first { $0.model == model }
    }

    /// Models that a name may be an alias of at an instant, by its own forms.
    func aliased(_ name: String, provider: String, at instant: Instant) -> [String] {
        Self.names(of: name, provider: provider).compactMap {
            alias(of: $0, provider: provider, at: instant)?.model
        }
    }

    private func alias(of name: String, provider: String, at instant: Instant) -> PriceAlias? {
        byAlias[AliasKey(provider: provider, name: name)]?.first { $0.holds(at: instant) }
    }

    /// A name and those that it is a form of: with its day before those without, longer before shorter.
    static func names(of model: String, provider: String) -> [String] {
        let forms = ProviderModelName.forms(of: model, provider: provider)
        return forms + forms.flatMap(undatedNames)
    }

    private func find(
        _ provider: String, _ region: String, named model: String, _ instant: Instant
    ) -> PriceVersion? {
        if !region.isEmpty, let price = find(provider, region, model, instant) { return price }
        return find(provider, "", model, instant)
    }

    private func find(
        _ provider: String, _ region: String, _ model: String, _ instant: Instant
    ) -> PriceVersion? {
        byModel[Key(provider: provider, region: region, model: model)]?
            .first { $0.holds(at: instant) }
    }

    /// What remains of a name that ends in `-YYYYMMDD`, hyphens between the parts allowed;
    /// longest first.
    static func undatedNames(of model: String) -> [String] {
        let bytes = Array(model.utf8)
        return [8, 9, 10].compactMap { length in
            guard bytes.count > length + 1, bytes[bytes.count - length - 1] == hyphen,
                isDate(bytes.suffix(length))
            else { return nil }
            return String(decoding: bytes.dropLast(length + 1), as: UTF8.self)
        }
    }

    private static let hyphen = UInt8(ascii: "-")

    /// `[0-9]{4}-?[0-9]{2}-?[0-9]{2}`, a day that the calendar has.
    private static func isDate(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        var parts: [Int] = []
        for (index, width) in [4, 2, 2].enumerated() {
            if index > 0, rest.first == hyphen { rest.removeFirst() }
            let digits = rest.prefix(width)
            guard digits.count == width, digits.allSatisfy({ (48...57).contains($0) }) else {
                return false
            }
            parts.append(digits.reduce(0) { $0 * 10 + Int($1 - 48) })
            rest.removeFirst(width)
        }
        return rest.isEmpty
            && (try? CivilDate(year: parts[0], month: parts[1], day: parts[2])) != nil
    }
}
