package import Core

/// Another name of a priced model, for a span of time.
///
/// It has no rates: what it names costs what the model does, in each region and at each time. A name that costs
/// something else, as an inference profile of one geography may, is a model with a price.
package struct PriceAlias: Hashable, Sendable {
    package let provider: String
    package let name: String
    /// Name of a model with a price.
    package let model: String
    /// Dataset and page that say so.
    package let source: String
    /// First instant it holds; nil from the beginning of time.
    package let validFrom: Instant?
    /// First instant it no longer holds; nil while nothing follows it.
    package let validTo: Instant?

    package init(
        provider: String, name: String, model: String, source: String, validFrom: Instant? = nil,
        validTo: Instant? = nil
    ) {
        self.provider = provider
        self.name = name
        self.model = model
        self.source = source
        self.validFrom = validFrom
        self.validTo = validTo
    }

    func holds(at instant: Instant) -> Bool {
        (validFrom.map { $0 <= instant } ?? true) && (validTo.map { instant < $0 } ?? true)
    }
}

/// A price, and how it was found.
package struct FoundPrice: Hashable, Sendable {
    package let version: PriceVersion
    /// The alias that led to the model; nil where one of the name's own forms did.
    package let alias: PriceAlias?
}
