import Core
import Domain

/// The events of a connection's day, each under the words that its provider's report has for the same calls,
/// so that no call counts beside itself.
///
/// Events whose words the report has stay as they are, also where they are more than it counted. All others
/// are met with what is left of the usage that they may mean, class by class in proportion to it; what is left
/// of them then stays under its own words, as calls of which the provider knows nothing.
struct MatchedEvents {
    /// All of an event row, or a part of it.
    struct Piece {
        /// Of the row in the connection's day.
        let index: Int
        /// With the sender's words, and the part's own quantities.
        let row: RollupRow
        /// With the provider's words, where it has any.
        let words: DimensionSet
        /// Whether it stands for money of the provider's usage. What nobody could price does not: it would take
        /// away what the usage is worth, and is worth nothing itself.
        let isOfMoney: Bool
    }

    private(set) var pieces: [Piece] = []
    private let words: ProviderWords
    /// What is left of the usage, by words and by class as a bill has it.
    private var left: [Capacity: Int128] = [:]

    private struct Capacity: Hashable {
        let words: BillCell
        let classes: [QuantityClass]
    }

    /// Event rows that mean the same.
    private struct Unknown {
        let meant: [BillCell]
        var rows: [(index: Int, row: RollupRow)] = []
    }

    /// `rows` are in the order of shares.
    init(of rows: [RollupRow], calculator: CostCalculator) {
        let usage = rows.filter { $0.kind == .providerUsage }
        words = ProviderWords(of: usage, catalogue: calculator.catalogue)
        var exact: [(words: BillCell, row: RollupRow)] = []
        var unknown: [Unknown] = []
        var places: [[ExactText]: Int?] = [:]
        for (index, row) in rows.enumerated() where row.kind == .event {
            guard !usage.isEmpty, !Mutant.takeWordsAsTheyAre.isActive else {
                append(index, row, as: row.dimensions)
                continue
            }
            if let cell = words.exact(row.dimensions) {
                exact.append((cell, row))
                append(index, row, as: row.dimensions)
                continue
            }
            let key = Self.key(of: row.dimensions)
            if places[key] == nil {
                let meant = words.meant(by: row.dimensions, at: row)
                places[key] = .some(meant.isEmpty ? nil : unknown.count)
                if !meant.isEmpty { unknown.append(Unknown(meant: meant)) }
            }
            if let place = places[key] ?? nil {
                unknown[place].rows.append((index, row))
            } else {
                append(index, row, as: row.dimensions)
            }
        }
        guard !unknown.isEmpty else { return }
        countLeft(usage, exact)
        // What means the least comes first: it has nothing else that it may be.
        for unknown in unknown.enumerated().sorted(by: {
            ($0.element.meant.count, $0.offset) < ($1.element.meant.count, $1.offset)
        }).map(\.element) {
            match(unknown)
        }
    }

    private static func key(of event: DimensionSet) -> [ExactText] {
        [
            event.provider, event.project, event.model, event.serviceTier, event.contextTier,
            event.region,
        ].map { ExactText($0) }
    }

    private mutating func append(
        _ index: Int, _ row: RollupRow, as words: DimensionSet, isOfMoney: Bool = true
    ) {
        pieces.append(Piece(index: index, row: row, words: words, isOfMoney: isOfMoney))
    }

    private mutating func countLeft(
        _ usage: [RollupRow], _ exact: [(words: BillCell, row: RollupRow)]
    ) {
        for row in usage {
            add(row.quantities, sign: 1, to: ProviderWords.cell(of: row.dimensions))
        }
        for (words, row) in exact { add(row.quantities, sign: -1, to: words) }
    }

    private mutating func add(_ quantities: UsageQuantities, sign: Int128, to words: BillCell) {
        for quantity in quantities.all where quantity.amount > 0 {
            guard let capacity = capacity(of: words, quantity.quantityClass) else { continue }
            left[capacity, default: 0] += sign * Int128(quantity.amount)
        }
    }

    private func capacity(of cell: BillCell, _ quantityClass: QuantityClass) -> Capacity? {
        words.dimensions(of: cell).map {
            let billed = BillCell(usage: $0, quantityClass: quantityClass)
            return Capacity(words: cell, classes: billed.classes)
        }
    }

    private mutating func match(_ unknown: Unknown) {
        var parts: [Int: [BillCell: UsageQuantities]] = [:]
        var rest = unknown.rows.map(\.row.quantities)
        let isPriced = unknown.rows.map { $0.row.isWorthSomething }
        let classes = Set(rest.flatMap { $0.all.filter { $0.amount > 0 }.map(\.quantityClass) })
        for quantityClass in classes.sorted() {
            let amount = zip(rest, isPriced).reduce(Int128(0)) {
                $0 + ($1.1 ? Int128(max(0, $1.0[quantityClass] ?? 0)) : 0)
            }
            var taken = take(amount, of: quantityClass, from: unknown.meant)[...]
            // Row by row, words by words: parts that both have become one.
            for position in rest.indices where isPriced[position] {
                var open = max(0, rest[position][quantityClass] ?? 0)
                while open > 0, let (cell, available) = taken.first {
                    let part = Int64(min(Int128(open), available))
                    parts[position, default: [:]][cell, default: UsageQuantities()][
                        quantityClass] = part
                    open -= part
                    taken[taken.startIndex].amount -= Int128(part)
                    if taken[taken.startIndex].amount == 0 { taken.removeFirst() }
                }
                if open != rest[position][quantityClass] ?? 0 {
                    rest[position][quantityClass] = open > 0 ? open : nil
                }
            }
        }
        for (position, (index, row)) in unknown.rows.enumerated() {
            append(
                index, row, parts[position] ?? [:], rest: rest[position],
                isPriced: isPriced[position], meant: unknown.meant)
        }
    }

    /// Takes of what is left, in proportion to it, as much as there is.
    private mutating func take(
        _ amount: Int128, of quantityClass: QuantityClass, from meant: [BillCell]
    ) -> [(cell: BillCell, amount: Int128)] {
        let open = meant.compactMap { cell in
            capacity(of: cell, quantityClass).flatMap { capacity in
                left[capacity].flatMap { $0 > 0 ? (cell: cell, capacity: capacity, left: $0) : nil }
            }
        }
        let whole = open.reduce(Int128(0)) { $0 + $1.left }
        guard whole > 0, amount > 0 else { return [] }
        // No part is more than its weight, since all of them are not.
        let parts = LargestRemainder.split(
            min(amount, whole), weights: open.map { UInt128($0.left) })
        for (one, part) in zip(open, parts) { left[one.capacity] = one.left - part }
        return zip(open, parts).filter { $1 > 0 }.map { ($0.cell, $1) }
    }

    /// The parts of one row, its requests shared out by their tokens.
    private mutating func append(
        _ index: Int, _ row: RollupRow, _ parts: [BillCell: UsageQuantities],
        rest: UsageQuantities, isPriced: Bool, meant: [BillCell]
    ) {
        var split = meant.compactMap { cell in
            parts[cell].flatMap { part in words.dimensions(of: cell).map { ($0, part) } }
        }
        let hasRest = rest.all.contains { $0.amount > 0 }
        if split.isEmpty, !isPriced || !hasRest {
            // Its calls are the provider's, though they take nothing of its money.
            let dimensions = meant.first.flatMap { words.dimensions(of: $0) } ?? row.dimensions
            append(index, row, as: dimensions.saying(row.dimensions), isOfMoney: isPriced)
            return
        }
        if split.isEmpty || hasRest { split.append((row.dimensions, rest)) }
        let requests = LargestRemainder.split(
            Int128(row.requests), weights: split.map { UInt128(max(0, $1.totalTokens ?? .max)) })
        for ((words, quantities), requests) in zip(split, requests) {
            var part = row
            part.quantities = quantities
            part.requests = Int64(clamping: requests)
            append(index, part, as: words.saying(row.dimensions))
        }
    }
}

extension DimensionSet {
    /// The event's dimensions, in these words of a provider.
    fileprivate func saying(_ event: DimensionSet) -> DimensionSet {
        var said = event
        said.project = project
        said.model = model
        said.serviceTier = serviceTier
        said.contextTier = contextTier
        said.region = region
        return said
    }
}

extension RollupRow {
    /// Whether any of its usage has a price.
    fileprivate var isWorthSomething: Bool { unpricedEntries == 0 || unpricedTokens < tokens }
}
