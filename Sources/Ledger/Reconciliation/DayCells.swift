import Core
import Domain

/// Sorts one UTC day of a connection into the cells of its bill; what the bill has no line for gets the cells
/// that its lines would have.
struct DayCells {
    private struct Key: Hashable {
        let cell: BillCell
        let lineItem: ExactText
    }

    /// A cell's rows, each once.
    private struct Members {
        var usage: [(index: Int, row: RollupRow)] = []
        var events: [(index: Int, row: RollupRow)] = []
    }

    let utcDay: Int64
    /// In the order of shares.
    let rows: [RollupRow]
    let isFinal: Bool

    /// - Throws: as `Reconciler.reconcile`.
    func cells(_ calculator: CostCalculator) throws(ServiceError) -> [CellDay] {
        var days: [Key: CellDay] = [:]
        var billed: [ExactText: [BillCell]] = [:]
        for row in rows where row.kind == .charge {
            guard row.amount.currency == .usd || row.amount.picos == 0 else {
                throw ServiceError(
                    .failedPrecondition, "CURRENCY_CONVERSION_MISSING",
                    "The bill is in \(row.amount.currency) and prices are in USD, and no rates to "
                        + "convert them are known yet.")
            }
            let cell = BillCell(charge: row.dimensions)
            let lineItem = cell.classes.isEmpty ? row.dimensions.lineItem : ""
            let key = Key(cell: cell, lineItem: ExactText(lineItem))
            var day = days[key] ?? empty(key)
            try Self.check(row.amount.picos)
            if row.amount.picos < 0 {
                day.credited += row.amount.picos
                try Self.check(day.credited)
            } else {
                day.charged += row.amount.picos
                try Self.check(day.charged)
                day.lines += 1
            }
            if days.updateValue(day, forKey: key) == nil, !cell.classes.isEmpty {
                billed[cell.project, default: []].append(cell)
            }
        }
        let unmetered = days.filter { $0.key.cell.classes.isEmpty }.map(\.value)
        var members: [BillCell: Members] = [:]
        for cell in billed.values.joined() { members[cell] = Members() }
        for (index, row) in rows.enumerated() where row.kind == .providerUsage {
            for cell in cells(of: row.quantities, as: row.dimensions, billed: billed) {
                members[cell, default: Members()].usage.append((index, row))
            }
        }
        for piece in MatchedEvents(of: rows, calculator: calculator).pieces {
            let words = piece.isOfMoney ? piece.words : piece.row.dimensions
            for cell in cells(of: piece.row.quantities, as: words, billed: billed) {
                members[cell, default: Members()].events.append((piece.index, piece.row))
            }
        }
        var metered: [CellDay] = []
        for (cell, members) in members {
            let key = Key(cell: cell, lineItem: ExactText(""))
            var day = days[key] ?? empty(key)
            day.usage = try Self.metered(members.usage, cell, calculator)
            day.events = try Self.metered(members.events, cell, calculator)
            metered.append(day)
        }
        return unmetered + metered
    }

    private func empty(_ key: Key) -> CellDay {
        CellDay(utcDay: utcDay, cell: key.cell, lineItem: key.lineItem, isFinal: isFinal)
    }

    /// The cells of a row's classes: of the bill's own the one that says most, else the one that a line would
    /// have.
    private func cells(
        of quantities: UsageQuantities, as words: DimensionSet, billed: [ExactText: [BillCell]]
    ) -> Set<BillCell> {
        let holding = (billed[ExactText(words.project)] ?? []).filter { $0.holds(words) }
        return Set(
            quantities.all.filter { $0.amount > 0 }.map { quantity in
                holding.filter { $0.classes.contains(quantity.quantityClass) }
                    .max { ($0.namesCount, $1.order) < ($1.namesCount, $0.order) }
                    ?? BillCell(usage: words, quantityClass: quantity.quantityClass)
            })
    }

    private static func check(_ picos: Int128) throws(ServiceError) {
        guard picos.magnitude <= CellDay.amountMax.magnitude else {
            throw ServiceError(
                .outOfRange, "AMOUNT_OUT_OF_RANGE",
                "An amount of a day is beyond a septillion units of its currency.")
        }
    }

    private static func metered(
        _ members: [(index: Int, row: RollupRow)], _ cell: BillCell, _ calculator: CostCalculator
    ) throws(ServiceError) -> CellDay.Metered {
        guard !members.isEmpty else { return CellDay.Metered() }
        let rows = CellRows(of: cell, among: members, calculator: calculator)
        guard rows.quantity > 0 else { return CellDay.Metered() }
        var value: Int128 = 0
        for part in try rows.rest(beyond: 0) { value += part.picos }
        try check(value)
        return CellDay.Metered(quantity: rows.quantity, value: value, isPriced: rows.isPriced)
    }
}

extension BillCell {
    /// How many of model, tiers and region it names.
    fileprivate var namesCount: Int {
        [model, serviceTier, contextTier, region].count { !$0.text.isEmpty }
    }

    /// Of cells that say as much, the first by their words.
    fileprivate var order: String {
        [model, serviceTier, contextTier, region].map(\.text).joined(separator: "\n")
    }
}
