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

    /// The order in which roll-ups are locked.
    static func < (left: RollupKey, right: RollupKey) -> Bool {
        (left.bucket, left.dimensionSetID, left.kind.rawValue, left.currency)
            < (right.bucket, right.dimensionSetID, right.kind.rawValue, right.currency)
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
    var tokens = [Int64](repeating: 0, count: tokenClassCount)
    var others: [QuantityClass: Int64] = [:]
    var isCorrection = false

    /// Counts `figures` once more (`sign` 1) or takes them back (`sign` -1).
    mutating func add(_ figures: Figures, sign: Int64) throws(ServiceError) {
        requests = try Self.sum(requests, figures.requests, sign)
        let (amount, overflow) = picos.addingReportingOverflow(figures.picos * Int128(sign))
        guard !overflow else { throw Self.outOfRange }
        picos = amount
        unpricedEntries += figures.isUnpriced ? sign : 0
        unpricedTokens = try Self.sum(unpricedTokens, figures.unpricedTokens, sign)
        for index in tokens.indices {
            guard let amount = figures.quantities.token(index) else { continue }
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
