/// Division that loses nothing: the parts sum to the whole to the last pico.
///
/// Each part gets the whole picos of its share; the picos left over go one each to the largest
/// remainders, ties to the lower index. So the caller sorts by identifier, and the outcome does
/// not depend on the order in which rows were found. Negative amounts are the mirror image.
package enum LargestRemainder {
    /// Splits `amount` in proportion to `weights`, with 256-bit intermediates.
    ///
    /// Where all weights are 0 the split is even: a caller that wants another answer asks first.
    /// Weights whose sum is beyond 128 bits are first halved until it is not.
    package static func split(_ amount: Int128, weights: [UInt128]) -> [Int128] {
        if weights.isEmpty {
            precondition(amount == 0, "An amount cannot be split over nothing: it would be lost.")
            return []
        }
        let (weights, total) = summable(weights)
        let magnitude = amount.magnitude
        var parts: [UInt128] = []
        parts.reserveCapacity(weights.count)
        var remainders: [UInt128] = []
        remainders.reserveCapacity(weights.count)
        var left = magnitude
        for weight in weights {
            let (part, remainder) = share(of: magnitude, weight: weight, total: total)
            parts.append(part)
            remainders.append(remainder)
            left -= part
        }
        if left > 0 {
            // left < weights.count, because each remainder is below the total.
            let order = remainders.indices.sorted {
                (remainders[$1], $0) < (remainders[$0], $1)
            }
            for index in order.prefix(Int(left)) { parts[index] += 1 }
        }
        // A part is at most the magnitude: only -2^127 itself needs the wrapping negation.
        return parts.map { amount < 0 ? Int128(truncatingIfNeeded: 0 &- $0) : Int128($0) }
    }

    /// Splits `amount` into `count` parts that differ by at most one pico.
    package static func splitEvenly(_ amount: Int128, into count: Int) -> [Int128] {
        split(amount, weights: [UInt128](repeating: 1, count: count))
    }

    /// floor(amount × weight ÷ total) and the remainder of that division.
    private static func share(
        of amount: UInt128, weight: UInt128, total: UInt128
    ) -> (UInt128, UInt128) {
        let product = amount.multipliedFullWidth(by: weight)
        if product.high == 0 {
            return product.low.quotientAndRemainder(dividingBy: total)
        }
        // weight ≤ total, so the quotient is at most `amount` and fits.
        return total.dividingFullWidth(product)
    }

    /// The weights, shifted and evened out so that their sum is positive and fits 128 bits.
    private static func summable(_ weights: [UInt128]) -> ([UInt128], UInt128) {
        var weights = weights
        while true {
            var total: UInt128 = 0
            var overflowed = false
            for weight in weights {
                let (sum, overflow) = total.addingReportingOverflow(weight)
                if overflow {
                    overflowed = true
                    break
                }
                total = sum
            }
            if overflowed {
                weights = weights.map { $0 >> 1 }
            } else if total == 0 {
                weights = [UInt128](repeating: 1, count: weights.count)
            } else {
                return (weights, total)
            }
        }
    }
}
