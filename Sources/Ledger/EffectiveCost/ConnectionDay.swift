import Core
import Domain

/// One UTC day of one account: its events, its provider's usage and its bill.
struct ConnectionDay {
    private let rows: [RollupRow]
    private let calculator: CostCalculator
    private let provisional: Bool
    private let utcDay: Int64
    /// In the words of the provider's report, where it has any for the same calls.
    private let matched: MatchedEvents
    private var events: DayRows
    private var usage: DayRows
    private var charges: [RollupRow] = []
    /// What each roll-up row comes to, per currency.
    private var amounts: [Int: [Currency: Int128]] = [:]
    private var spread: [SpendRow] = []

    /// `rows` are in the order of shares.
    init(utcDay: Int64, rows: [RollupRow], calculator: CostCalculator, provisional: Bool) {
        self.utcDay = utcDay
        self.rows = rows
        self.calculator = calculator
        self.provisional = provisional
        matched = MatchedEvents(of: rows, calculator: calculator)
        events = DayRows()
        usage = DayRows()
        for piece in matched.pieces where piece.isOfMoney {
            events.append(piece.index, piece.row, as: piece.words)
        }
        for (index, row) in rows.enumerated() {
            switch row.kind {
            case .event, .suppressed: continue
            case .providerUsage: usage.append(index, row, as: row.dimensions)
            case .charge: charges.append(row)
            }
        }
    }

    private var hasEvents: Bool { !matched.pieces.isEmpty }

    /// The bill, spread over the events and usage that explain it; `AMOUNT_OUT_OF_RANGE` where it
    /// does not fit 128 bits.
    mutating func billed() throws(ServiceError) -> [SpendRow] {
        var cells: [DimensionSet: [Currency: Int128]] = [:]
        for charge in charges {
            try add(
                charge.amount.picos,
                to: &cells[charge.dimensions, default: [:]][
                    charge.amount.currency, default: 0])
        }
        for (dimensions, billed) in cells {
            let cell = BillCell(charge: dimensions)
            let usage = CellRows(of: cell, among: self.usage.rows(of: cell), calculator: calculator)
            let events = CellRows(
                of: cell, among: self.events.rows(of: cell), calculator: calculator)
            for (currency, amount) in billed {
                try share(amount, currency, dimensions: dimensions, usage: usage, events: events)
            }
        }
        return assembled(activity: activity(), isMetered: false)
    }

    /// Quantities times prices: events, and the provider's usage where it exceeds them.
    mutating func metered() throws(ServiceError) -> [SpendRow] {
        for (index, row) in rows.enumerated() where row.kind == .event {
            amounts[index, default: [:]][row.amount.currency, default: 0] = row.amount.picos
        }
        guard hasEvents else {
            for (index, row) in rows.enumerated() where row.kind == .providerUsage {
                amounts[index, default: [:]][row.amount.currency, default: 0] = row.amount.picos
            }
            return assembled(activity: activity(), isMetered: true)
        }
        var exceeding: Set<Int> = []
        let ofEvents = eventQuantities()
        for (cell, rows) in usageByCell() {
            let usage = CellRows(of: cell, among: rows, calculator: calculator)
            let ofEvents = ofEvents[cell] ?? 0
            guard usage.quantity > ofEvents else { continue }
            exceeding.formUnion(usage.indexes)
            let metered = Mutant.countUsageWhole.isActive ? 0 : ofEvents
            for (index, picos) in try usage.rest(beyond: metered) {
                try add(picos, to: &amounts[index, default: [:]][.usd, default: 0])
            }
        }
        return assembled(activity: activity(), isMetered: true, unpricedUsage: exceeding)
    }

    /// Events share B × min(1, E ÷ U); the rest goes to the provider's own dimensions; where U is
    /// 0, all of it spreads evenly over the hours.
    private mutating func share(
        _ amount: Int128, _ currency: Currency, dimensions: DimensionSet, usage: CellRows,
        events: CellRows
    ) throws(ServiceError) {
        guard usage.quantity > 0 else {
            let parts = LargestRemainder.splitEvenly(amount, into: 24)
            for (hour, part) in parts.enumerated() where part != 0 {
                spread.append(
                    SpendRow(
                        start: UTCDay.start(of: utcDay).advanced(bySeconds: Int64(hour) * 3600),
                        dimensions: dimensions, amount: Money(picos: part, currency: currency),
                        provisional: provisional, isUnmetered: hasEvents))
            }
            return
        }
        let toEvents = proportion(
            of: amount, part: min(events.quantity, usage.quantity), whole: usage.quantity)
        // Where a row of the cell has no rate, or all are free, quantity alone tells the shares.
        let byRate = usage.weights.map { $0.contains { $0 > 0 } } ?? false
        let weights = byRate ? events.weights.map { (usage: usage.weights, events: $0) } : nil
        let ofEvents = weights?.events.contains { $0 > 0 } ?? false ? weights?.events : nil
        try give(toEvents, currency, to: events, weights: ofEvents)
        try give(amount - toEvents, currency, to: usage, weights: weights?.usage)
    }

    private mutating func give(
        _ amount: Int128, _ currency: Currency, to cellRows: CellRows, weights: [UInt128]?
    ) throws(ServiceError) {
        guard amount != 0 else { return }
        let parts = LargestRemainder.split(amount, weights: weights ?? cellRows.quantities)
        for (index, part) in zip(cellRows.indexes, parts) {
            try add(part, to: &amounts[index, default: [:]][currency, default: 0])
        }
    }

    private func add(_ part: Int128, to sum: inout Int128) throws(ServiceError) {
        let (total, overflow) = sum.addingReportingOverflow(part)
        guard !overflow else {
            throw ServiceError(
                .outOfRange, "AMOUNT_OUT_OF_RANGE", "A day's bill is beyond 128 bits of picos.")
        }
        sum = total
    }

    /// The cells that a bill of the day's usage would have, each with its rows: each class of a row is in one.
    private func usageByCell() -> [BillCell: [(index: Int, row: RollupRow)]] {
        var result: [BillCell: [(index: Int, row: RollupRow)]] = [:]
        for (index, row) in rows.enumerated() where row.kind == .providerUsage {
            for cell in MeteredCells.own(row.quantities, as: row.dimensions) {
                result[cell, default: []].append((index, row))
            }
        }
        return result
    }

    /// How much of these cells events have.
    private func eventQuantities() -> [BillCell: Int128] {
        var result: [BillCell: Int128] = [:]
        for piece in matched.pieces where piece.isOfMoney {
            for cell in matched.cells.cells(of: piece.row.quantities, as: piece.words) {
                result[cell, default: 0] += cell.quantity(in: piece.row.quantities)
            }
        }
        return result
    }

    /// Requests and tokens of each row, counted once: events as they are, the provider's usage
    /// for what it exceeds them per project and model.
    private func activity() -> [Int: (requests: Int64, tokens: Int64)] {
        var result: [Int: (requests: Int64, tokens: Int64)] = [:]
        var groups: [ProjectModel: [Int]] = [:]
        for (index, row) in rows.enumerated() {
            switch row.kind {
            case .charge, .suppressed: continue
            case .event: result[index] = (row.requests, row.tokens)
            case .providerUsage:
                groups[ProjectModel(row.dimensions), default: []].append(index)
            }
        }
        for (group, usage) in groups {
            let members = usage.map { rows[$0] }
            let requests = LargestRemainder.split(
                matched.calls.requests(of: group),
                weights: members.map { UInt128(max(0, $0.requests)) })
            let tokens = LargestRemainder.split(
                matched.calls.tokens(of: group),
                weights: members.map { UInt128(max(0, $0.tokens)) })
            for (position, index) in usage.enumerated() {
                result[index] = (
                    Int64(clamping: requests[position]), Int64(clamping: tokens[position])
                )
            }
        }
        return result
    }

    /// One row a roll-up row and currency, and what was spread over hours.
    private func assembled(
        activity: [Int: (requests: Int64, tokens: Int64)], isMetered: Bool,
        unpricedUsage: Set<Int>? = nil
    ) -> [SpendRow] {
        var result: [SpendRow] = []
        for (index, row) in rows.enumerated()
        where row.kind == .event || row.kind == .providerUsage {
            let isUsage = row.kind == .providerUsage
            let countsUnpriced = isMetered && (!isUsage || unpricedUsage?.contains(index) ?? true)
            var figures = SpendRow(
                start: row.start, shared: row.shared, amount: .zero(row.amount.currency),
                requests: activity[index]?.requests ?? 0, tokens: activity[index]?.tokens ?? 0,
                unpricedEntries: countsUnpriced ? row.unpricedEntries : 0,
                unpricedTokens: countsUnpriced ? row.unpricedTokens : 0,
                provisional: provisional, isUnmetered: isUsage && hasEvents,
                isOfEvents: row.kind == .event)
            let shares = (amounts[index] ?? [:]).sorted { $0.key < $1.key }
            for (position, share) in shares.enumerated() {
                figures.amount = Money(picos: share.value, currency: share.key)
                result.append(figures)
                // Counts go with the first currency only.
                if position == 0 {
                    figures.requests = 0
                    figures.tokens = 0
                    figures.unpricedEntries = 0
                    figures.unpricedTokens = 0
                }
            }
            if shares.isEmpty { result.append(figures) }
        }
        return (result + spread).filter { !$0.isEmpty }
    }
}
