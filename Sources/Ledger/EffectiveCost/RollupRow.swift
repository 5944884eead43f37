package import Core
package import Domain

/// What a quarter of an hour of one dimension set comes to.
package struct RollupRow: Hashable, Sendable {
    package enum Kind: Int16, Hashable, Sendable, CaseIterable {
        /// Events that callers sent.
        case event = 1
        /// Rows of a provider's usage report.
        case providerUsage = 2
        /// Lines of a provider's bill.
        case charge = 3
        /// Events of calls that another source had told of: no spend, whatever the basis.
        case suppressed = 4
    }

    /// First instant of the bucket, a multiple of 15 minutes of UTC.
    package var start: Instant
    package var kind: Kind
    /// Once for all rows of a set, as of `SpendRow`.
    package var shared: SharedDimensions
    package var amount: Money
    /// Root entries; corrections change sums, not this count.
    package var entries: Int64
    package var requests: Int64
    package var quantities: UsageQuantities
    /// Root entries whose cost is not known; they count nothing in `amount`.
    package var unpricedEntries: Int64
    package var unpricedTokens: Int64
    package var lastRecordedAt: Instant
    /// When an entry of the bucket was last corrected; nil where none ever was.
    package var lastCorrectedAt: Instant?

    package init(
        start: Instant, kind: Kind, shared: SharedDimensions, amount: Money, entries: Int64 = 1,
        requests: Int64 = 0, quantities: UsageQuantities = UsageQuantities(),
        unpricedEntries: Int64 = 0, unpricedTokens: Int64 = 0,
        lastRecordedAt: Instant = Instant(seconds: 0), lastCorrectedAt: Instant? = nil
    ) {
        self.start = start
        self.kind = kind
        self.shared = shared
        self.amount = amount
        self.entries = entries
        self.requests = requests
        self.quantities = quantities
        self.unpricedEntries = unpricedEntries
        self.unpricedTokens = unpricedTokens
        self.lastRecordedAt = lastRecordedAt
        self.lastCorrectedAt = lastCorrectedAt
    }

    package init(
        start: Instant, kind: Kind, dimensions: DimensionSet, amount: Money, entries: Int64 = 1,
        requests: Int64 = 0, quantities: UsageQuantities = UsageQuantities(),
        unpricedEntries: Int64 = 0, unpricedTokens: Int64 = 0,
        lastRecordedAt: Instant = Instant(seconds: 0), lastCorrectedAt: Instant? = nil
    ) {
        self.init(
            start: start, kind: kind, shared: SharedDimensions(dimensions), amount: amount,
            entries: entries, requests: requests, quantities: quantities,
            unpricedEntries: unpricedEntries, unpricedTokens: unpricedTokens,
            lastRecordedAt: lastRecordedAt, lastCorrectedAt: lastCorrectedAt)
    }

    /// A copy of what is shared.
    package var dimensions: DimensionSet {
        get { shared.set }
        set { shared = SharedDimensions(newValue) }
    }

    /// Tokens of every class; sums beyond 64 bits stay at the largest number.
    package var tokens: Int64 { quantities.totalTokens ?? .max }

    /// Number of the UTC day since 1970.
    var utcDay: Int64 { UTCDay.number(of: start) }
}

/// Days of UTC, which are the days of providers' bills.
enum UTCDay {
    static let seconds: Int64 = 86_400

    static func number(of instant: Instant) -> Int64 {
        let second = instant.seconds
        return (second >= 0 ? second : second - (seconds - 1)) / seconds
    }

    static func start(of number: Int64) -> Instant { Instant(seconds: number * seconds) }

    /// The last day boundary at or before the instant.
    static func floor(_ instant: Instant) -> Instant { start(of: number(of: instant)) }

    /// The first day boundary at or after the instant.
    static func ceiling(_ instant: Instant) -> Instant {
        let floor = floor(instant)
        return floor == instant ? floor : floor.advanced(bySeconds: seconds)
    }
}
