import Core
import Domain

/// The roll-up rows of one cell in the order in which shares tie, and what they share by.
struct CellRows {
    /// Positions in the connection's day.
    let indexes: [Int]
    /// How much of the cell's classes they hold together.
    let quantity: Int128
    /// How much each holds.
    let quantities: [UInt128]
    /// Quantity × rate × multiplier each, in 10^exponent picos; nil where a rate is not known.
    private let worths: [Int128?]
    private let exponent: Int
    /// The exact worths are beyond 128 bits.
    private let isBeyondRange: Bool
    /// Rows without a recorded cost: no class of them is worth anything.
    private let unpriced: Set<Int>

    /// `candidates` are in the order of shares already.
    init(
        of cell: BillCell, among candidates: [(index: Int, row: RollupRow)],
        calculator: CostCalculator
    ) {
        let rows = candidates.filter { cell.quantity(in: $0.row.quantities) > 0 }
        indexes = rows.map(\.index)
        let amounts = rows.map { cell.quantity(in: $0.row.quantities) }
        quantities = amounts.map { UInt128($0) }
        quantity = amounts.reduce(0, +)
        unpriced = Set(rows.indices.filter { rows[$0].row.unpricedEntries > 0 })
        let terms = rows.map { Self.terms(of: $0.row, in: cell, calculator: calculator) }
        guard let (coefficients, exponent) = CostCalculator.aligned(terms.flatMap { $0 ?? [] }),
            let worths = Self.sums(terms, coefficients)
        else {
            self.worths = rows.map { _ in nil }
            self.exponent = 0
            isBeyondRange = true
            return
        }
        self.worths = worths
        self.exponent = exponent
        isBeyondRange = false
    }

    /// What each is worth by its rates; nil where one has none.
    var weights: [UInt128]? {
        let known = worths.compactMap { $0.map { UInt128($0) } }
        return known.count == worths.count ? known : nil
    }

    /// Whether every class of every row has a rate and a recorded cost.
    var isPriced: Bool { weights != nil && unpriced.isEmpty }

    /// What the rows cost beyond the part that events metered, value × (U − E) ÷ U, rounded
    /// half-even once and shared among those with a recorded cost; `AMOUNT_OUT_OF_RANGE` beyond
    /// 128 bits.
    func rest(beyond metered: Int128) throws(ServiceError) -> [(index: Int, picos: Int128)] {
        let priced = worths.indices.filter { worths[$0] != nil && !unpriced.contains($0) }
        let shares = priced.map { worths[$0] ?? 0 }
        let value = shares.reduce((sum: Int128(0), isBeyondRange)) { total, share in
            let (sum, overflow) = total.sum.addingReportingOverflow(share)
            return (sum, total.1 || overflow)
        }
        var whole = quantity
        var isBeyondRange = value.1
        for _ in 0..<(-exponent) {
            let (product, overflow) = whole.multipliedReportingOverflow(by: 10)
            whole = product
            isBeyondRange = isBeyondRange || overflow
        }
        guard !isBeyondRange else {
            throw ServiceError(
                .outOfRange, "AMOUNT_OUT_OF_RANGE", "The usage of a day is beyond 128 bits.")
        }
        guard value.sum > 0 else { return [] }
        let rest = proportion(of: value.sum, part: quantity - metered, whole: whole)
        let parts = LargestRemainder.split(rest, weights: shares.map { UInt128($0) })
        return zip(priced, parts).map { (indexes[$0], $1) }
    }

    /// Nil where one of the cell's classes has no rate.
    private static func terms(
        of row: RollupRow, in cell: BillCell, calculator: CostCalculator
    ) -> [CostCalculator.Term]? {
        let usage = UsageToPrice(
            row.dimensions, granularity: row.kind == .event ? .rollup : .aggregate,
            time: row.start, quantities: row.quantities, state: .reported)
        let listed = calculator.price(of: usage)?.price
        let override = calculator.overrides.override(of: usage, priced: listed)
        guard let price = listed ?? override?.price(of: usage)
        else { return nil }
        var terms: [CostCalculator.Term] = []
        for quantityClass in cell.classes {
            guard let amount = row.quantities[quantityClass], amount > 0 else { continue }
            guard
                let term = calculator.term(
                    Quantity(quantityClass, amount), of: usage, under: price, override)
            else { return nil }
            terms.append(term)
        }
        return terms
    }

    /// One sum a row that has terms, of the coefficients in their order; nil beyond 128 bits.
    private static func sums(
        _ terms: [[CostCalculator.Term]?], _ coefficients: [Int128]
    ) -> [Int128?]? {
        var remaining = coefficients[...]
        var sums: [Int128?] = []
        for terms in terms {
            guard let terms else {
                sums.append(nil)
                continue
            }
            var total: Int128 = 0
            for coefficient in remaining.prefix(terms.count) {
                let (sum, overflow) = total.addingReportingOverflow(coefficient)
                guard !overflow else { return nil }
                total = sum
            }
            remaining = remaining.dropFirst(terms.count)
            sums.append(total)
        }
        return sums
    }
}

/// amount × part ÷ whole, rounded half-even; 0 ≤ part ≤ whole, whole > 0.
func proportion(of amount: Int128, part: Int128, whole: Int128) -> Int128 {
    let product = amount.magnitude.multipliedFullWidth(by: part.magnitude)
    var (quotient, remainder) = whole.magnitude.dividingFullWidth(product)
    let toHalf = whole.magnitude - remainder
    if remainder > toHalf || (remainder == toHalf && quotient % 2 != 0) { quotient += 1 }
    return amount < 0 ? -Int128(quotient) : Int128(quotient)
}
