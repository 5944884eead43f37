import Core
import Domain

/// Which roll-up an entry counts in.
struct RollupKey: Hashable, Comparable {
    static let bucketMicroseconds: Int64 = 15 * 60 * 1_000_000

    let bucket: Instant
    let dimensionSetID: Int64
    let kind: RollupRow.Kind
    let currency: Currency

    init(time: Instant, dimensionSetID: Int64, kind: RollupRow.Kind, currency: Currency) {
        let remainder = time.microseconds % Self.bucketMicroseconds
        let intoBucket = remainder < 0 ? remainder + Self.bucketMicroseconds : remainder
        bucket = time.advanced(byMicroseconds: -intoBucket)
        self.dimensionSetID = dimensionSetID
        self.kind = kind
        self.currency = currency
    }

    /// Kinds and currencies are few: what tells roll-ups apart is enough.
    func hash(into hasher: inout Hasher) {
        hasher.combine(bucket)
        hasher.combine(dimensionSetID)
    }

    /// The order in which roll-ups are locked.
    static func < (left: RollupKey, right: RollupKey) -> Bool {
        if left.bucket != right.bucket { return left.bucket < right.bucket }
        if left.dimensionSetID != right.dimensionSetID {
            return left.dimensionSetID < right.dimensionSetID
        }
        return (left.kind.rawValue, left.currency) < (right.kind.rawValue, right.currency)
    }
}

/// What a batch adds to the roll-ups.
struct RollupDeltas {
    private var deltas: [RollupKey: RollupDelta] = [:]

    /// - Parameter countLikely: How many roll-ups may be added to: growing would move them all some times, and they
    ///   are large.
    mutating func reserve(countLikely: Int) {
        deltas.reserveCapacity(deltas.count + countLikely)
    }

    /// By their keys.
    var sorted: [(key: RollupKey, delta: RollupDelta)] {
        // Only keys are moved about while they are sorted: deltas are large.
        deltas.keys.sorted().compactMap { key in deltas[key].map { (key, $0) } }
    }

    /// Counts a root entry.
    mutating func add(
        _ figures: Figures, time: Instant, dimensionSetID: Int64, kind: RollupRow.Kind
    ) throws(ServiceError) {
        let key = RollupKey(
            time: time, dimensionSetID: dimensionSetID, kind: kind, currency: figures.currency)
        try deltas[key, default: RollupDelta()].addRoot(figures)
    }

    /// Counts the corrections that lead a root from what it came to so far to its target; all of them, or none.
    mutating func add(_ changes: [FiguresChange]) throws(ServiceError) {
        let steps = changes.flatMap { change in
            let after = change.newDimensionSetID ?? change.dimensionSetID
            return [
                Step(change, change.before, in: change.dimensionSetID, sign: -1),
                Step(change, change.after, in: after, sign: 1),
            ]
        }
        let former = steps.map { FormerDelta(deltas[$0.key], for: $0) }
        do throws(ServiceError) {
            for step in steps {
                try deltas[step.key, default: RollupDelta()].addCorrection(
                    step.figures, sign: step.sign)
            }
        } catch {
            for former in former { former.restore(in: &deltas) }
            throw error
        }
    }

    /// What is taken from, or added to, one roll-up.
    private struct Step {
        let key: RollupKey
        let figures: Figures
        let sign: Int64

        init(_ change: FiguresChange, _ figures: Figures, in set: Int64, sign: Int64) {
            key = RollupKey(
                time: change.time, dimensionSetID: set, kind: change.kind,
                currency: figures.currency)
            self.figures = figures
            self.sign = sign
        }
    }

    /// A delta before a step, but of its other quantities only those that the step changes: there may be as many of
    /// them as a call has events, and each step would copy them.
    private struct FormerDelta {
        private let key: RollupKey
        private let delta: RollupDelta?
        private var others: [(quantityClass: QuantityClass, amount: Int64?)] = []

        init(_ delta: RollupDelta?, for step: Step) {
            key = step.key
            var kept = delta
            kept?.others = [:]
            self.delta = kept
            others = step.figures.quantities.otherQuantities.map {
                ($0.quantityClass, delta?.others[$0.quantityClass])
            }
        }

        func restore(in deltas: inout [RollupKey: RollupDelta]) {
            guard var former = delta else {
                deltas[key] = nil
                return
            }
            swap(&former.others, &deltas[key, default: RollupDelta()].others)
            for (quantityClass, amount) in others { former.others[quantityClass] = amount }
            deltas[key] = former
        }
    }
}

/// What a batch adds to one roll-up. Deltas of corrections may be negative.
struct RollupDelta {
    static let tokenClassCount = QuantityClass.tokenClasses.count

    var entries: Int64 = 0
    var requests: Int64 = 0
    var picos: Int128 = 0
    var unpricedEntries: Int64 = 0
    var unpricedTokens: Int64 = 0
    /// One a token class. Within the value: a commit may add to as many roll-ups as it has events.
    var tokens = [15 of Int64](repeating: 0)
    var others: [QuantityClass: Int64] = [:]
    var isCorrection = false

    /// About as many bytes as the other quantities are as JSON.
    var otherQuantityByteCount: Int {
        others.keys.reduce(0) { $0 + $1.rawValue.utf8.count + 24 }
    }

    mutating func addRoot(_ figures: Figures) throws(ServiceError) {
        entries += 1
        try add(figures, sign: 1)
    }

    mutating func addCorrection(_ figures: Figures, sign: Int64) throws(ServiceError) {
        isCorrection = true
        try add(figures, sign: sign)
    }

    /// Counts `figures` once more (`sign` 1) or takes them back (`sign` -1).
    private mutating func add(_ figures: Figures, sign: Int64) throws(ServiceError) {
        requests = try Self.sum(requests, figures.requests, sign)
        let (amount, overflow) = picos.addingReportingOverflow(figures.picos * Int128(sign))
        guard !overflow else { throw Self.outOfRange }
        picos = amount
        unpricedEntries += figures.isUnpriced ? sign : 0
        unpricedTokens = try Self.sum(unpricedTokens, figures.unpricedTokens, sign)
        try figures.quantities.forEachToken { index, amount throws(ServiceError) in
            tokens[index] = try Self.sum(tokens[index], amount, sign)
        }
        for quantity in figures.quantities.otherQuantities {
            others[quantity.quantityClass] = try Self.sum(
                others[quantity.quantityClass] ?? 0, quantity.amount, sign)
        }
    }

    private static func sum(
        _ left: Int64, _ right: Int64, _ sign: Int64
    ) throws(ServiceError) -> Int64 {
        let (product, tooLarge) = right.multipliedReportingOverflow(by: sign)
        let (sum, overflow) = left.addingReportingOverflow(product)
        guard !tooLarge, !overflow else { throw outOfRange }
        return sum
    }

    private static var outOfRange: ServiceError {
        ServiceError(
            .outOfRange, "QUANTITY_OUT_OF_RANGE",
            "The quantities of one quarter of an hour are beyond 64 bits; check their unit.")
    }
}
