import Core
import Domain

/// The events of a connection's day, each under the words that its provider's report has for the same calls,
/// so that no call counts beside itself.
///
/// Events whose words the report has stay as they are, also where they are more than it counted. All others
/// are met with what is left of the usage that they may mean, class by class in proportion to it; what is left
/// of them then stays under its own words, as calls of which the provider knows nothing.
///
/// What may mean the least is met first, and then by its words, never by time, so that no order of rows changes
/// a figure. That is not always the most that could be met: where one group may mean projects a and b and
/// another b and c, the first takes of both, though taking of a alone would leave more to the second. What is
/// not met counts on top.
struct MatchedEvents {
    /// All of an event row, or a part of it.
    struct Piece {
        /// Of the row in the connection's day.
        let index: Int
        /// With the sender's words, and the part's own quantities; its requests are not divided.
        let row: RollupRow
        /// With the provider's words, where it has any.
        let words: DimensionSet
        /// Whether the provider's report has its words, or usage that it was met with.
        let isMatched: Bool
        /// Whether it stands for money of the provider's usage. What nobody could price does not, unless its
        /// words are the report's: it would take away what the usage is worth, and is worth nothing itself.
        let isOfMoney: Bool
    }

    private(set) var pieces: [Piece] = []
    /// Of the provider's usage.
    let cells: MeteredCells
    /// What no event is of.
    private(set) var calls: CallsLeft
    private var words: ProviderWords
    /// What is left of the usage.
    private var left: [BillCell: Int128] = [:]

    /// An event row, and what has become of it.
    private struct Member {
        let index: Int
        let row: RollupRow
        /// With a price, and not met.
        var open: UsageQuantities
        var parts: [BillCell: UsageQuantities] = [:]

        mutating func meet(
            _ amount: Int64, of quantityClass: QuantityClass, as words: BillCell
        ) {
            let met = parts[words, default: UsageQuantities()][quantityClass] ?? 0
            parts[words, default: UsageQuantities()][quantityClass] = met + amount
            open[quantityClass] = (open[quantityClass] ?? 0) - amount
        }
    }

    /// `rows` are in the order of shares.
    init(of rows: [RollupRow], calculator: CostCalculator) {
        let usage = rows.filter { $0.kind == .providerUsage }
        cells = MeteredCells(of: usage)
        calls = CallsLeft(of: usage)
        words = ProviderWords(of: usage, calculator: calculator)
        for row in usage { add(row.quantities, sign: 1, as: row.dimensions) }
        var groups: [ProviderWords.Meaning: [Member]] = [:]
        for (index, row) in rows.enumerated() where row.kind == .event {
            if let cell = words.exact(row.dimensions) {
                append(index, row, as: words.saying(row.dimensions, as: cell), isMatched: true)
            } else if !Mutant.takeWordsAsTheyAre.isActive,
                let meaning = words.meaning(of: row.dimensions)
            {
                groups[meaning, default: []].append(
                    Member(index: index, row: row, open: row.pricedQuantities))
                continue
            } else {
                append(index, row, as: row.dimensions, isMatched: false)
            }
            calls.take(
                requests: row.requests, tokens: row.tokens, of: ProjectModel(row.dimensions))
        }
        match(groups)
        pieces.sort { $0.index < $1.index }
    }

    private mutating func append(
        _ index: Int, _ row: RollupRow, as words: DimensionSet, isMatched: Bool,
        isOfMoney: Bool = true
    ) {
        pieces.append(
            Piece(
                index: index, row: row, words: words, isMatched: isMatched, isOfMoney: isOfMoney))
        guard isOfMoney else { return }
        add(row.quantities, sign: -1, as: words)
    }

    private mutating func add(
        _ quantities: UsageQuantities, sign: Int128, as words: DimensionSet
    ) {
        for quantity in quantities.all where quantity.amount > 0 {
            guard let cell = cells.cell(of: words, quantity.quantityClass) else { continue }
            left[cell, default: 0] += sign * Int128(quantity.amount)
        }
    }

    private mutating func match(_ groups: [ProviderWords.Meaning: [Member]]) {
        var open: [(meaning: ProviderWords.Meaning, meant: [BillCell], members: [Member])] = []
        for (meaning, members) in groups {
            open.append((meaning, words.cells(of: meaning), Self.ordered(members)))
        }
        open.sort {
            $0.meant.count == $1.meant.count
                ? $0.meaning.precedes($1.meaning) : $0.meant.count < $1.meant.count
        }
        for index in open.indices {
            match(&open[index].members, open[index].meant)
        }
        // Only what is met tells what is left of the calls.
        var unknown: [(groups: [ProjectModel], requests: Int128, tokens: Int128)] = []
        for (_, meant, members) in open {
            var rest = (requests: Int128(0), tokens: Int128(0))
            for member in members {
                let counted = close(member, meant)
                rest.requests += counted.requests
                rest.tokens += counted.tokens
            }
            var groups: [ProjectModel] = []
            for cell in meant where groups.last != ProjectModel(cell) {
                groups.append(ProjectModel(cell))
            }
            unknown.append((groups, rest.requests, rest.tokens))
        }
        for (groups, requests, tokens) in unknown {
            calls.take(requests: requests, tokens: tokens, from: groups)
        }
    }

    /// By their words, then in the order of shares.
    private static func ordered(_ members: [Member]) -> [Member] {
        members.map { (member: $0, words: $0.row.dimensions.wordsOfCall) }.sorted {
            $0.words == $1.words
                ? $0.member.index < $1.member.index
                : $0.words.lexicographicallyPrecedes($1.words)
        }.map(\.member)
    }

    /// Meets the members with what is left of the cells that they mean, each set of dimensions in proportion to
    /// what it has, and each with the same share of every cell: which of two keys was in whose project nobody
    /// said, so neither its hour nor its place in an order does.
    private mutating func match(_ members: inout [Member], _ meant: [BillCell]) {
        let sets = Self.positionsBySet(members)
        let classes = Set(members.flatMap { $0.open.all.map(\.quantityClass) })
        for quantityClass in classes.sorted() {
            let amounts = members.map { UInt128(max(0, $0.open[quantityClass] ?? 0)) }
            let ofSets = sets.map { positions in
                positions.reduce(UInt128(0)) { $0 + amounts[$1] }
            }
            let taken = take(Int128(ofSets.reduce(0, +)), of: quantityClass, from: meant)
            guard !taken.isEmpty else { continue }
            // No part is more than its weight, since all of them are not.
            var open = LargestRemainder.split(
                taken.reduce(0) { $0 + $1.amount }, weights: ofSets)
            var rests = zip(sets, open).map { positions, part in
                let parts = LargestRemainder.split(part, weights: positions.map { amounts[$0] })
                return zip(positions, parts).filter { $1 > 0 }[...]
            }
            let isShared = sets.count * taken.count <= Self.sharesMax
            for (words, amount) in taken {
                let parts =
                    isShared
                    ? LargestRemainder.split(amount, weights: open.map { UInt128($0) })
                    : Self.inOrder(amount, open)
                for (set, part) in parts.enumerated() where part > 0 {
                    open[set] -= part
                    // Within a set row by row: parts of two words in each row would be too many.
                    Self.give(part, to: &rests[set]) {
                        members[$0].meet($1, of: quantityClass, as: words)
                    }
                }
            }
        }
    }

    /// Each share becomes a row. Beyond so many, cells are handed out to sets in their order, which no hour
    /// changes either.
    private static let sharesMax = 20_000

    /// As much to each as it has left, until nothing is left of the amount.
    private static func inOrder(_ amount: Int128, _ open: [Int128]) -> [Int128] {
        var rest = amount
        return open.map { left in
            let part = min(rest, left)
            rest -= part
            return part
        }
    }

    /// Hands a part out to rows, as much to each as it has left.
    private static func give(
        _ part: Int128, to rest: inout ArraySlice<(Int, Int128)>, _ meet: (Int, Int64) -> Void
    ) {
        var part = part
        while part > 0, let (position, left) = rest.first {
            let met = min(part, left)
            meet(position, Int64(met))
            part -= met
            rest[rest.startIndex].1 = left - met
            if left == met { rest.removeFirst() }
        }
    }

    /// Positions of the members of each set of dimensions; sets in an order that no hour changes.
    private static func positionsBySet(_ members: [Member]) -> [[Int]] {
        let bySet = Dictionary(grouping: members.indices) { members[$0].row.dimensions }
        return bySet.map { (set: $0, positions: $1, text: ExactText($0.canonicalText)) }
            .sorted { $0.text < $1.text }.map(\.positions)
    }

    /// Takes of what is left, in proportion to it, as much as there is.
    private mutating func take(
        _ amount: Int128, of quantityClass: QuantityClass, from meant: [BillCell]
    ) -> [(words: BillCell, amount: Int128)] {
        var seen: Set<BillCell> = []
        let open = meant.compactMap { words -> (words: BillCell, cell: BillCell, left: Int128)? in
            guard let dimensions = self.words.dimensions(of: words),
                let cell = cells.cell(of: dimensions, quantityClass),
                let left = left[cell], left > 0, seen.insert(cell).inserted
            else { return nil }
            return (words, cell, left)
        }
        let whole = open.reduce(Int128(0)) { $0 + $1.left }
        guard whole > 0, amount > 0 else { return [] }
        let parts = LargestRemainder.split(
            min(amount, whole), weights: open.map { UInt128($0.left) })
        for (one, part) in zip(open, parts) { left[one.cell] = one.left - part }
        return zip(open, parts).filter { $1 > 0 }.map { ($0.words, $1) }
    }

    /// The parts of one row; its requests and tokens of which it is not known yet what they are of.
    private mutating func close(
        _ member: Member, _ meant: [BillCell]
    ) -> (requests: Int128, tokens: Int128) {
        var row = member.row
        let unpriced = row.quantities.subtracting(row.pricedQuantities)
        let isUnpriced = row.unpricedEntries > 0
        row.unpricedEntries = 0
        row.unpricedTokens = 0
        var tokens = Int128(row.tokens)
        let own = ProjectModel(row.dimensions)
        for cell in meant {
            guard let part = member.parts[cell] else { continue }
            row.quantities = part
            // It was taken already.
            pieces.append(
                Piece(
                    index: member.index, row: row, words: words.saying(row.dimensions, as: cell),
                    isMatched: true, isOfMoney: true))
            guard !calls.contains(own) else { continue }
            calls.take(tokens: row.tokens, of: ProjectModel(cell))
            tokens -= Int128(row.tokens)
        }
        row.quantities = member.open
        let hasOpen = row.quantities.all.contains { $0.amount > 0 }
        if hasOpen || (member.parts.isEmpty && !isUnpriced) {
            append(member.index, row, as: row.dimensions, isMatched: false)
        }
        if isUnpriced {
            row = member.row
            row.quantities = unpriced ?? row.quantities
            append(member.index, row, as: row.dimensions, isMatched: false, isOfMoney: false)
        }
        guard calls.contains(own) else {
            return (Int128(member.row.requests), max(0, tokens))
        }
        calls.take(requests: member.row.requests, tokens: member.row.tokens, of: own)
        return (0, 0)
    }
}

extension DimensionSet {
    /// What tells calls apart here.
    fileprivate var wordsOfCall: [ExactText] {
        [provider, project, model, serviceTier, contextTier, region].map { ExactText($0) }
    }
}

extension RollupRow {
    /// What of its usage has a price: of each class of tokens in proportion to all that have one, of anything
    /// else in proportion to the entries that have one.
    fileprivate var pricedQuantities: UsageQuantities {
        let positive = quantities.all.filter { $0.amount > 0 }
        guard unpricedEntries > 0 else { return UsageQuantities(positive) }
        let ofTokens = positive.filter { $0.quantityClass.tokenIndex != nil }
        let all = ofTokens.reduce(Int128(0)) { $0 + Int128($1.amount) }
        let priced = max(0, all - Int128(max(0, unpricedTokens)))
        let parts = LargestRemainder.split(priced, weights: ofTokens.map { UInt128($0.amount) })
        var result = UsageQuantities()
        for (quantity, part) in zip(ofTokens, parts) where part > 0 {
            result[quantity.quantityClass] = Int64(part)
        }
        let pricedEntries = max(0, entries - unpricedEntries)
        for quantity in positive where quantity.quantityClass.tokenIndex == nil {
            guard pricedEntries > 0 else { continue }
            let part = proportion(
                of: Int128(quantity.amount), part: Int128(pricedEntries), whole: Int128(entries))
            if part > 0 { result[quantity.quantityClass] = Int64(part) }
        }
        return result
    }
}
