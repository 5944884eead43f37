import Core
import Domain

/// One UTC day of one connection: its events, its provider's usage and its bill.
struct ConnectionDay {
    private let rows: [RollupRow]
    private let calculator: CostCalculator
    private let provisional: Bool
    private let utcDay: Int64
    /// In the words of the provider's report, where it has any for the same calls.
    private let events: [MatchedEvents.Piece]
    private var eventsByProject: [ExactText: [MatchedEvents.Piece]] = [:]
    private var usageByProject: [ExactText: [(index: Int, row: RollupRow)]] = [:]
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
        events = MatchedEvents(of: rows, calculator: calculator).pieces
        for piece in events where piece.isOfMoney {
            eventsByProject[ExactText(piece.words.project), default: []].append(piece)
        }
        for (index, row) in rows.enumerated() {
            let project = ExactText(row.dimensions.project)
            switch row.kind {
            case .event, .suppressed: continue
            case .providerUsage: usageByProject[project, default: []].append((index, row))
            case .charge: charges.append(row)
            }
        }
    }

    private var hasEvents: Bool { !events.isEmpty }

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
            let usage = usageRows(of: cell)
            let events = eventRows(of: cell)
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
        for cell in meteredCells() {
            let usage = usageRows(of: cell)
            let events = eventRows(of: cell)
            guard usage.quantity > events.quantity else { continue }
            exceeding.formUnion(usage.indexes)
            let metered = Mutant.countUsageWhole.isActive ? 0 : events.quantity
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

    private func usageRows(of cell: BillCell) -> CellRows {
        let candidates = usageByProject[cell.project, default: []].filter {
            cell.holds($0.row.dimensions)
        }
        return CellRows(of: cell, among: candidates, calculator: calculator)
    }

    private func eventRows(of cell: BillCell) -> CellRows {
        let candidates = eventsByProject[cell.project, default: []].filter { cell.holds($0.words) }
        return CellRows(
            of: cell, among: candidates.map { ($0.index, $0.row) }, calculator: calculator)
    }

    /// The cells that a bill of the day's usage would have.
    private func meteredCells() -> Set<BillCell> {
        var cells: Set<BillCell> = []
        for row in rows where row.kind == .providerUsage {
            for quantity in row.quantities.all where quantity.amount > 0 {
                cells.insert(
                    BillCell(usage: row.dimensions, quantityClass: quantity.quantityClass))
            }
        }
        return cells
    }

    /// Requests and tokens of each row, counted once: events as they are, the provider's usage
    /// for what it exceeds them per project and model.
    private func activity() -> [Int: (requests: Int64, tokens: Int64)] {
        var result: [Int: (requests: Int64, tokens: Int64)] = [:]
        var groups: [[ExactText]: (usage: [Int], requests: Int128, tokens: Int128)] = [:]
        for piece in events {
            let key = [ExactText(piece.words.project), ExactText(piece.words.model)]
            groups[key, default: ([], 0, 0)].requests -= Int128(piece.row.requests)
            groups[key, default: ([], 0, 0)].tokens -= Int128(piece.row.tokens)
        }
        for (index, row) in rows.enumerated() {
            let key = [ExactText(row.dimensions.project), ExactText(row.dimensions.model)]
            switch row.kind {
            case .charge, .suppressed: continue
            case .event: result[index] = (row.requests, row.tokens)
            case .providerUsage:
                groups[key, default: ([], 0, 0)].usage.append(index)
                groups[key, default: ([], 0, 0)].requests += Int128(row.requests)
                groups[key, default: ([], 0, 0)].tokens += Int128(row.tokens)
            }
        }
        for group in groups.values where !group.usage.isEmpty {
            let members = group.usage.map { rows[$0] }
            let requests = LargestRemainder.split(
                max(0, group.requests), weights: members.map { UInt128(max(0, $0.requests)) })
            let tokens = LargestRemainder.split(
                max(0, group.tokens), weights: members.map { UInt128(max(0, $0.tokens)) })
            for (position, index) in group.usage.enumerated() {
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
                start: row.start, dimensions: row.dimensions, amount: .zero(row.amount.currency),
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
