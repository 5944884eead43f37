import Core
import Domain

/// Sorts one UTC day of an account into the cells of its bill; what the bill has no line for gets the cells
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
        /// Under words that the report has not.
        var unmatched: [(index: Int, row: RollupRow)] = []
    }

    let utcDay: Int64
    /// In the order of shares.
    let rows: [RollupRow]
    let isFinal: Bool

    /// - Throws: as `Reconciler.reconcile`.
    func cells(_ calculator: CostCalculator) throws(ServiceError) -> [CellDay] {
        var days: [Key: CellDay] = [:]
        var billed: [ProjectModel: [BillCell]] = [:]
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
                billed[ProjectModel(cell), default: []].append(cell)
            }
        }
        let unmetered = days.filter { $0.key.cell.classes.isEmpty }.map(\.value)
        var members: [BillCell: Members] = [:]
        for cell in billed.values.joined() { members[cell] = Members() }
        for (index, row) in rows.enumerated() where row.kind == .providerUsage {
            let holding = billed.holding(row.dimensions)
            let cells = row.quantities.cells {
                Self.cell(of: $0, among: holding)
                    ?? BillCell(usage: row.dimensions, quantityClass: $0)
            }
            for cell in cells {
                members[cell, default: Members()].usage.append((index, row))
            }
        }
        let matched = MatchedEvents(of: rows, calculator: calculator)
        for piece in matched.pieces { add(piece, matched.cells, billed, to: &members) }
        var metered: [CellDay] = []
        for (cell, members) in members {
            let key = Key(cell: cell, lineItem: ExactText(""))
            var day = days[key] ?? empty(key)
            day.usage = try Self.metered(members.usage, cell, calculator)
            day.events = try Self.metered(members.events, cell, calculator)
            day.unmatched = try Self.metered(members.unmatched, cell, calculator)
            metered.append(day)
        }
        return unmetered + metered
    }

    private func empty(_ key: Key) -> CellDay {
        CellDay(utcDay: utcDay, cell: key.cell, lineItem: key.lineItem, isFinal: isFinal)
    }

    /// A class of an event is matched where its words are, or where the report has a cell for it.
    private func add(
        _ piece: MatchedEvents.Piece, _ metered: MeteredCells,
        _ billed: [ProjectModel: [BillCell]], to members: inout [BillCell: Members]
    ) {
        let words = piece.words
        let holding = billed.holding(words)
        var isMatched: [BillCell: Bool] = [:]
        for quantity in piece.row.quantities.all where quantity.amount > 0 {
            let reported =
                piece.isOfMoney ? metered.cell(of: words, quantity.quantityClass) : nil
            let cell =
                Self.cell(of: quantity.quantityClass, among: holding) ?? reported
                ?? BillCell(usage: words, quantityClass: quantity.quantityClass)
            isMatched[cell, default: false] =
                isMatched[cell, default: false] || piece.isMatched || reported != nil
        }
        for (cell, isMatched) in isMatched {
            if isMatched {
                members[cell, default: Members()].events.append((piece.index, piece.row))
            } else {
                members[cell, default: Members()].unmatched.append((piece.index, piece.row))
            }
        }
    }

    /// Of the bill's own cells the one that says most.
    private static func cell(
        of quantityClass: QuantityClass, among holding: [BillCell]
    ) -> BillCell? {
        BillCell.naming(most: holding.filter { $0.classes.contains(quantityClass) })
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

extension UsageQuantities {
    /// The cells of the classes that there is any of.
    fileprivate func cells(_ cell: (QuantityClass) -> BillCell) -> Set<BillCell> {
        Set(all.filter { $0.amount > 0 }.map { cell($0.quantityClass) })
    }
}
