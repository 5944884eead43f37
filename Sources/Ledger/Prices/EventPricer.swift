import Core
import Domain
import Synchronization

/// Prices many events by one catalogue, and works out once what those of the same dimensions share.
///
/// Says exactly what `CostCalculator` says, and asks it wherever its own arithmetic is too narrow, and for
/// organizations with prices of their own.
package struct EventPricer {
    private let calculator: CostCalculator
    private var known: [Key: Known] = [:]
    /// Of those, some of the last by their objects' addresses: most events find theirs here, and no key is hashed.
    private var recent: [Known?] = []
    private static let recentCount = 4096

    private struct Key: Hashable {
        let dimensions: ObjectIdentifier
        /// Of the catalogue: within it a model's price does not change.
        let span: Int
    }

    var catalogueVersion: Int64 { calculator.catalogue.version }

    private final class Known {
        /// So that nothing else is there under its identifier.
        let dimensions: SharedDimensions
        let span: Int
        let version: PriceVersion?
        let short: UnitCosts?
        /// Nil where a long prompt costs the same.
        let long: UnitCosts?
        /// Whether the length of a prompt matters to the price or its words.
        let asksForContext: Bool

        init(_ dimensions: SharedDimensions, span: Int, _ price: UnitPrices.Price) {
            self.dimensions = dimensions
            self.span = span
            version = price.version
            short = price.short
            long = price.long
            asksForContext =
                price.version?.price.longContext != nil
                || ContextTier.isNamed(by: dimensions.set.provider)
        }
    }

    package init(calculator: CostCalculator) {
        self.calculator = calculator
    }

    /// The cost of an event, and its context tier's text.
    /// - Throws: as `CostCalculator.cost`.
    mutating func price(
        _ event: LedgerEvent
    ) throws(ServiceError) -> (cost: Cost, contextTier: String) {
        let known = known(event)
        guard known.asksForContext else {
            return (try cost(of: event, known, isLong: false), "")
        }
        let usage = event.usage
        let tier = ContextTier(event: usage, price: known.version?.price)
        return (try cost(of: event, known, isLong: tier.isLongEvent), tier.text)
    }

    private func cost(
        of event: LedgerEvent, _ known: Known, isLong: Bool
    ) throws(ServiceError) -> Cost {
        guard calculator.overrides.isEmpty else { return try calculator.cost(of: event.usage) }
        guard let version = known.version else { return .unpriced(.modelUnknown) }
        guard !event.state.isUnknown else { return .unpriced(.usageMissing) }
        guard event.quantities.otherQuantities.isEmpty,
            let costs = isLong ? known.long : known.short
        else { return try calculator.cost(of: event.usage) }
        switch costs.cost(of: event.quantities) {
        case .known(let picos): return .known(picos: picos, priceVersion: version.id)
        case .rateUnknown: return .unpriced(.rateUnknown)
        case .tooLarge: return try calculator.cost(of: event.usage)
        }
    }

    private mutating func known(_ event: LedgerEvent) -> Known {
        let span = calculator.catalogue.span(of: event.time)
        let identifier = ObjectIdentifier(event.shared)
        // Objects lie some dozens of bytes apart.
        let place = Int(bitPattern: identifier) >> 5 & (Self.recentCount - 1)
        if !recent.isEmpty, let known = recent[place], known.dimensions === event.shared,
            known.span == span
        {
            return known
        }
        let key = Key(dimensions: identifier, span: span)
        let found: Known
        if let known = known[key] {
            found = known
            // A call of one event has no use for them.
            if recent.isEmpty { recent = Array(repeating: nil, count: Self.recentCount) }
        } else {
            found = Known(event.shared, span: span, price(of: event.usage, span: span))
            known[key] = found
        }
        if !recent.isEmpty { recent[place] = found }
        return found
    }

    private func price(of usage: UsageToPrice, span: Int) -> UnitPrices.Price {
        calculator.catalogue.unitPrices.price(of: usage, span: span) {
            let version = calculator.price(of: usage)
            return UnitPrices.Price(
                version: version,
                short: version.flatMap { UnitCosts($0.price, usage, isLongContext: false) },
                long: version.flatMap { UnitCosts($0.price, usage, isLongContext: true) })
        }
    }
}

/// What models of a catalogue cost, as event after event and call after call asks for it.
final class UnitPrices: Sendable {
    fileprivate struct Price: Sendable {
        let version: PriceVersion?
        let short: UnitCosts?
        let long: UnitCosts?
    }

    /// What costs depend on besides quantities.
    private struct Key: Hashable {
        let provider: ExactText
        let model: ExactText
        let region: ExactText
        let serviceTier: ExactText
        let span: Int
    }

    /// Names that nobody has a price of are remembered, too, and senders may invent them.
    private static let countMax = 4096

    private let known = Mutex<[Key: Price]>([:])

    fileprivate func price(
        of usage: UsageToPrice, span: Int, _ make: () -> Price
    ) -> Price {
        let key = Key(
            provider: ExactText(usage.provider), model: ExactText(usage.model),
            region: ExactText(usage.region), serviceTier: ExactText(usage.serviceTier), span: span)
        if let price = known.withLock({ $0[key] }) { return price }
        let made = make()
        known.withLock { known in
            if known.count >= Self.countMax { known = [:] }
            known[key] = made
        }
        return made
    }
}

/// What one of each token class costs, all over one power of ten.
private struct UnitCosts: Sendable {
    enum Result {
        case known(picos: Int64)
        case rateUnknown
        case tooLarge
    }

    /// One a class, in their order; nil where it has no rate.
    private let coefficients: [Int128?]
    /// 10^n, by which the sum of quantity × coefficient is divided.
    private let divisor: Int128

    /// Nil where 128 bits do not hold them.
    init?(_ price: ModelPrice, _ usage: UsageToPrice, isLongContext: Bool) {
        let units = QuantityClass.tokenClasses.map { quantityClass in
            CostCalculator.unit(
                of: quantityClass, serviceTier: usage.serviceTier, region: usage.region,
                isLongContext: isLongContext, under: price)
        }
        let rated = units.compactMap { $0 }
        guard let (aligned, exponent) = CostCalculator.aligned(rated), exponent >= -38 else {
            return nil
        }
        var rest = aligned[...]
        coefficients = units.map { $0 == nil ? nil : rest.removeFirst() }
        divisor = (0..<(-exponent)).reduce(Int128(1)) { power, _ in power * 10 }
    }

    func cost(of quantities: UsageQuantities) -> Result {
        var total: Int128 = 0
        var isRated = true
        var fits = true
        quantities.forEachToken { index, amount in
            guard amount > 0, isRated else { return }
            guard let coefficient = coefficients[index] else {
                isRated = false
                return
            }
            let (product, overflow) = coefficient.multipliedReportingOverflow(by: Int128(amount))
            let (sum, carry) = total.addingReportingOverflow(product)
            if overflow || carry { fits = false }
            total = sum
        }
        guard isRated else { return .rateUnknown }
        guard fits else { return .tooLarge }
        return Int64(exactly: CostCalculator.dividedHalfEven(total, by: divisor)).map {
            .known(picos: $0)
        } ?? .tooLarge
    }
}
