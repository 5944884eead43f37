package import Core
package import Domain

/// What an organization's contract says of some models' prices, for a span of time.
package struct PriceOverride: Hashable, Sendable {
    package enum Terms: Hashable, Sendable {
        /// Factor on all that a call costs at list prices.
        case multiplier(ExactDecimal)
        /// In place of the list prices of these classes, at any length and in any region.
        case rates(ModelPrice.Rates)
    }

    /// From 1, per organization. Entries name it by its negative.
    package let number: Int64
    package let provider: String
    package let pattern: ModelPattern
    /// Empty for every service tier.
    package let serviceTier: String
    package let terms: Terms
    package let validFrom: Instant
    /// First instant it no longer holds; nil while it has no end.
    package let validTo: Instant?

    package init(
        number: Int64, provider: String, pattern: ModelPattern, serviceTier: String = "",
        terms: Terms, validFrom: Instant, validTo: Instant? = nil
    ) {
        self.number = number
        self.provider = provider
        self.pattern = pattern
        self.serviceTier = serviceTier
        self.terms = terms
        self.validFrom = validFrom
        self.validTo = validTo
    }

    /// What entries that it priced have in place of a price version of the catalogue, whose numbers are
    /// above 0.
    package var priceVersion: Int64 { -number }

    var multiplier: ExactDecimal {
        if case .multiplier(let factor) = terms { return factor }
        return .one
    }

    /// The classes that it fixes.
    var rates: ModelPrice.Rates {
        if case .rates(let rates) = terms { return rates }
        return [:]
    }

    /// What a model costs of which there is no list price; nil where that is not said.
    func price(of usage: UsageToPrice) -> ModelPrice? {
        guard !rates.isEmpty else { return nil }
        return ModelPrice(
            provider: usage.provider, region: "", model: usage.model, currency: .usd, base: [:])
    }

    func holds(at instant: Instant) -> Bool {
        validFrom <= instant && (validTo.map { instant < $0 } ?? true)
    }
}

/// Names of models: one, or all that begin alike.
package struct ModelPattern: Hashable, Sendable {
    /// As it was given; a last `*` stands for any rest.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    private var isPrefix: Bool { text.utf8.last == UInt8(ascii: "*") }

    /// How much of the name it tells; a whole name tells more than any beginning. Nil where it does not
    /// match.
    func rank(of model: String) -> Int? {
        guard isPrefix else { return model.hasSameBytes(as: text) ? .max : nil }
        let start = text.utf8.dropLast()
        return model.utf8.starts(with: start) ? start.count : nil
    }
}

/// The overrides of one organization.
package struct PriceOverrides: Hashable, Sendable {
    package static let none = PriceOverrides([])

    package let all: [PriceOverride]
    /// When one was made or ended last; nil where that is not known, or there is none.
    let changedAt: Instant?
    private let byProvider: [ExactText: [PriceOverride]]

    var isEmpty: Bool { all.isEmpty }

    package init(_ all: [PriceOverride]) {
        self.init(all, changedAt: nil)
    }

    init(_ all: [PriceOverride], changedAt: Instant?) {
        self.all = all
        self.changedAt = changedAt
        byProvider = Dictionary(grouping: all) { ExactText($0.provider) }
    }

    /// Whether a contract has prices of a model by its whole name, or by one that it is a form of.
    ///
    /// A pattern that many names begin with does not say that there is a model of this one.
    func nameModel(_ model: String, of provider: String, at instant: Instant) -> Bool {
        guard let candidates = byProvider[ExactText(provider)] else { return false }
        let names = PriceCatalogue.names(of: model, provider: provider)
        return candidates.contains { candidate in
            candidate.holds(at: instant) && !candidate.rates.isEmpty
                && names.contains { candidate.pattern.rank(of: $0) == .max }
        }
    }

    /// The override that holds for usage: of those that match its model, a name that it is a form of, or the
    /// model of its list price, and hold at its time, the one whose pattern tells most of the name; then the
    /// one that names its service tier; then the newest.
    /// - Parameter price: Its list price, which an alias may have led to.
    package func override(of usage: UsageToPrice, priced price: ModelPrice?) -> PriceOverride? {
        guard !all.isEmpty, let candidates = byProvider[ExactText(usage.provider)] else {
            return nil
        }
        var names = PriceCatalogue.names(of: usage.model, provider: usage.provider)
        if let price { names.append(price.model) }
        var best: (override: PriceOverride, order: (Int, Int, Int64))?
        for candidate in candidates where candidate.holds(at: usage.time) {
            guard candidate.serviceTier.isEmpty || candidate.serviceTier == usage.serviceTier,
                let rank = names.compactMap({ candidate.pattern.rank(of: $0) }).max()
            else { continue }
            let order = (rank, candidate.serviceTier.isEmpty ? 0 : 1, candidate.number)
            if best.map({ $0.order < order }) ?? true { best = (candidate, order) }
        }
        return best?.override
    }
}
