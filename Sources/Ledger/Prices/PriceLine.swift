package import Domain

/// One rate of a price, with the tiers that it holds in.
package struct PriceLine: Hashable, Sendable {
    package struct Key: Hashable, Comparable, Sendable {
        package let quantityClass: QuantityClass
        package let serviceTier: String
        /// Whether it is that of long requests.
        package let isLong: Bool

        /// The standard tier first, short requests before long ones, classes as the contract has them.
        package static func < (left: Self, right: Self) -> Bool {
            left.order < right.order
        }

        private var order: (String, Int, Int, String) {
            (
                serviceTier == ModelPrice.standardTier ? "" : serviceTier, isLong ? 1 : 0,
                quantityClass.tokenIndex ?? .max, quantityClass.rawValue
            )
        }
    }

    package let key: Key
    package let rate: Rate
}

extension ModelPrice {
    /// Every rate that it says, in the order of their keys.
    package var lines: [PriceLine] {
        var lines = Self.lines(base, Self.standardTier, isLong: false)
        for (tier, rates) in serviceTiers { lines += Self.lines(rates, tier, isLong: false) }
        if let longContext {
            lines += Self.lines(longContext.rates, Self.standardTier, isLong: true)
            for (tier, rates) in longContext.serviceTiers {
                lines += Self.lines(rates, tier, isLong: true)
            }
        }
        return lines.sorted { $0.key < $1.key }
    }

    private static func lines(_ rates: Rates, _ tier: String, isLong: Bool) -> [PriceLine] {
        rates.map { quantityClass, rate in
            PriceLine(
                key: .init(quantityClass: quantityClass, serviceTier: tier, isLong: isLong),
                rate: rate)
        }
    }
}
