import Domain

/// Says of each cell and day what the bill has beyond the usage.
///
/// A price is believed when another day or project was billed at the same one, or when it is the only one
/// seen. What a believed price does not account for is looked for on the day before and after, then named by
/// what is missing, and is unexplained where nothing is.
struct BillComparison {
    /// What is sold at one price.
    private struct PriceKey: Hashable {
        let model: ExactText
        let serviceTier: ExactText
        let contextTier: ExactText
        let region: ExactText
        let classes: [QuantityClass]

        init(_ cell: BillCell) {
            model = cell.model
            serviceTier = cell.serviceTier
            contextTier = cell.contextTier
            region = cell.region
            classes = cell.classes
        }
    }

    /// Days that show what something costs: those that say more precisely what the price is come first.
    private struct PricesSeen {
        let ranked: [Int]
        /// Of them, those among which a better one is looked for: an account may have thousands.
        static let lookedAtMax = 64

        init(of indexes: [Int], _ days: [CellDay]) {
            ranked = indexes.filter { days[$0].charged > 0 && days[$0].usage.value > 0 }
                .sorted { days[$0].usage.value > days[$1].usage.value }
        }
    }

    private let days: [CellDay]
    /// Half of the largest power of ten of picos, up to a cent, that every line of the bill is a multiple of.
    private let halfGrain: Int128

    init(_ days: [CellDay]) {
        self.days = days.sorted { $0.utcDay < $1.utcDay }
        var grain: Int128 = 10_000_000_000
        for day in days { while day.charged % grain != 0 { grain /= 10 } }
        halfGrain = (grain + 1) / 2
    }

    func differences() -> [CellDifference] {
        var differences = days.map { CellDifference($0) }
        var unsettled: [BillCell: [(index: Int, picos: Int128)]] = [:]
        var byPrice: [PriceKey: [Int]] = [:]
        for (index, day) in days.enumerated() {
            differences[index].add(day.credited, .credit)
            let difference = day.charged - day.usage.value
            if !day.isFinal {
                differences[index].add(difference, .timing)
            } else if day.cell.classes.isEmpty {
                differences[index].add(difference, .otherCharge)
            } else if !day.usage.isPriced {
                differences[index].add(difference, .unpriced)
            } else {
                byPrice[PriceKey(day.cell), default: []].append(index)
            }
        }
        for indexes in byPrice.values {
            let prices = PricesSeen(of: indexes, days)
            var believed: [Int]?
            for index in indexes {
                let expected = expected(index, among: prices, &believed)
                differences[index].add(expected - days[index].usage.value, .price)
                let rest = days[index].charged - expected
                if rest.magnitude <= tolerance(of: days[index]).magnitude, days[index].lines > 0 {
                    differences[index].add(rest, .rounding)
                } else {
                    unsettled[days[index].cell, default: []].append((index, rest))
                }
            }
        }
        for rests in unsettled.values {
            for rest in settled(rests, &differences) where rest.picos != 0 {
                differences[rest.index].add(rest.picos, cause(of: rest.picos, days[rest.index]))
            }
        }
        return differences
    }

    /// What rounding each line may take or add, in picos; one more for our own.
    private func tolerance(of day: CellDay) -> Int128 {
        max(1, day.lines) * halfGrain + 1
    }

    /// What the bill of a day would be at the price that is believed, of those seen the nearest in time.
    /// - Parameter believed: Days whose price another one has, too; found once it is asked for.
    private func expected(
        _ index: Int, among prices: PricesSeen, _ believed: inout [Int]?
    ) -> Int128 {
        let day = days[index]
        guard day.usage.value > 0 else { return 0 }
        let isOurs = (day.charged - day.usage.value).magnitude <= tolerance(of: day).magnitude
        if isOurs, day.lines > 0 { return day.usage.value }
        if day.charged > 0 {
            guard prices.ranked.count > 1 else { return day.charged }
            let others = prices.ranked.lazy.filter { $0 != index }
            // One that fits by rounding alone is among the first, where there is one.
            let other =
                others.prefix(PricesSeen.lookedAtMax).first { isRounding(index, $0) }
                ?? others.first { isAlike(index, $0) }
            if let other {
                // The larger bill says what the price is, unless others agree that it is not.
                let isOurs =
                    day.usage.value > days[other].usage.value
                    && (isRounding(index, other)
                        || !prices.ranked.prefix(PricesSeen.lookedAtMax).contains {
                            $0 != index && $0 != other && isRounding($0, other)
                        })
                return isOurs
                    ? day.charged : Self.scaled(day.usage.value, by: days[other]) ?? day.charged
            }
        }
        let found = believed ?? prices.ranked.filter { isBelieved($0, among: prices) }
        believed = found
        let nearest = found.min {
            (days[$0].utcDay - day.utcDay).magnitude < (days[$1].utcDay - day.utcDay).magnitude
        }
        return nearest.flatMap { Self.scaled(day.usage.value, by: days[$0]) } ?? day.usage.value
    }

    /// Whether another day was billed at the day's price, or nearly: bills of little usage are rounded.
    private func isBelieved(_ candidate: Int, among prices: PricesSeen) -> Bool {
        prices.ranked.contains { other in
            guard other != candidate,
                let fitting = Self.scaled(days[other].usage.value, by: days[candidate])
            else { return false }
            return (days[other].charged - fitting).magnitude
                <= tolerance(of: days[other]).magnitude + days[other].charged.magnitude / 200
        }
    }

    /// Whether the smaller of two bills differs from the larger one's price by no more than its lines are
    /// rounded.
    private func isRounding(_ one: Int, _ other: Int) -> Bool { fits(one, other, within: 0) }

    /// The same, or by half a percent: the price of little usage is not told precisely.
    private func isAlike(_ one: Int, _ other: Int) -> Bool { fits(one, other, within: 200) }

    /// - Parameter part: Of the bill, one by so many; 0 for none.
    private func fits(_ one: Int, _ other: Int, within part: UInt128) -> Bool {
        let (small, large) =
            days[other].usage.value >= days[one].usage.value
            ? (days[one], days[other]) : (days[other], days[one])
        guard let fitting = Self.scaled(small.usage.value, by: large) else { return false }
        return (small.charged - fitting).magnitude
            <= tolerance(of: small).magnitude + (part == 0 ? 0 : small.charged.magnitude / part)
    }

    /// value × billed ÷ usage of a day, rounded half-even; nil beyond 128 bits.
    private static func scaled(_ value: Int128, by day: CellDay) -> Int128? {
        let product = value.magnitude.multipliedFullWidth(by: day.charged.magnitude)
        guard product.high < day.usage.value.magnitude / 2 else { return nil }
        return proportion(of: value, part: day.charged, whole: day.usage.value)
    }

    /// Takes off what stands on one day too much and on the next as much too little, or the other way round.
    private func settled(
        _ rests: [(index: Int, picos: Int128)], _ differences: inout [CellDifference]
    ) -> [(index: Int, picos: Int128)] {
        var rests = rests
        for position in rests.indices.dropFirst() {
            let (before, after) = (rests[position - 1], rests[position])
            guard days[after.index].utcDay - days[before.index].utcDay == 1,
                (before.picos < 0) != (after.picos < 0)
            else { continue }
            let moved = min(before.picos.magnitude, after.picos.magnitude)
            let picos = after.picos < 0 ? -Int128(moved) : Int128(moved)
            differences[after.index].add(picos, .timing)
            differences[before.index].add(-picos, .timing)
            rests[position].picos -= picos
            rests[position - 1].picos += picos
        }
        return rests
    }

    private func cause(of rest: Int128, _ day: CellDay) -> ReconciliationCause {
        if day.usage.quantity == 0 { return rest < 0 ? .unexplained : .missingUsage }
        return day.lines == 0 ? .unbilledUsage : .unexplained
    }
}
