import Domain

/// The roll-up rows of one cell in the order in which shares tie, and their weights.
struct CellRows {
    /// Positions in the connection's day.
    let indexes: [Int]
    /// How much of the cell's classes they hold together.
    let quantity: Int128
    /// Quantity × rate × multiplier each, over one power of ten.
    let weights: [UInt128]
    /// Sum of the exact costs, rounded half-even; nil where a rate is not known.
    let value: Int128?

    /// `candidates` are in the order of shares already.
    init(
        of cell: BillCell, among candidates: [(index: Int, row: RollupRow)],
        calculator: CostCalculator
    ) {
        let rows = candidates.filter { cell.quantity(in: $0.row.quantities) > 0 }
        indexes = rows.map(\.index)
        let quantities = rows.map { cell.quantity(in: $0.row.quantities) }
        quantity = quantities.reduce(0, +)
        let priced = Self.priced(rows.map(\.row), cell: cell, calculator: calculator)
        value = priced?.value
        if let weights = priced?.weights, weights.contains(where: { $0 > 0 }) {
            self.weights = weights
        } else {
            // No rate, or only free ones: quantity alone tells the shares.
            weights = quantities.map { UInt128($0) }
        }
    }

    private static func priced(
        _ rows: [RollupRow], cell: BillCell, calculator: CostCalculator
    ) -> (weights: [UInt128], value: Int128)? {
        var terms: [CostCalculator.Term] = []
        var owners: [Int] = []
        for (position, row) in rows.enumerated() {
            let usage = UsageToPrice(
                row.dimensions, granularity: .aggregate, time: row.start,
                quantities: row.quantities, state: .reported)
            guard let version = calculator.price(of: usage) else { return nil }
            for quantityClass in cell.classes {
                guard let amount = row.quantities[quantityClass], amount > 0 else { continue }
                guard
                    let term = calculator.term(
                        Quantity(quantityClass, amount), of: usage, under: version.price)
                else { return nil }
                terms.append(term)
                owners.append(position)
            }
        }
        guard let (coefficients, exponent) = CostCalculator.aligned(terms) else { return nil }
        var weights = [UInt128](repeating: 0, count: rows.count)
        var total: Int128 = 0
        for (owner, coefficient) in zip(owners, coefficients) {
            let (weight, overflow) = weights[owner].addingReportingOverflow(UInt128(coefficient))
            let (sum, carry) = total.addingReportingOverflow(coefficient)
            guard !overflow, !carry else { return nil }
            weights[owner] = weight
            total = sum
        }
        return (weights, CostCalculator.dividedHalfEven(total, byTenTo: -exponent))
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
