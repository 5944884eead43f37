package import Core
package import Domain

/// An amount on one basis, at one time, with everything it can be broken down by.
package struct SpendRow: Hashable, Sendable {
    /// First instant of the bucket: 15 minutes, or an hour where a provider reports by the hour.
    package var start: Instant
    /// What it can be broken down by: once for all rows of a set, which is large, and rows are copied often.
    package var shared: SharedDimensions
    package var amount: Money
    package var requests: Int64
    package var tokens: Int64
    /// Entries whose cost is not known; they count nothing in `amount`.
    package var unpricedEntries: Int64
    package var unpricedTokens: Int64
    /// The amount may still change.
    package var provisional: Bool
    /// Part of a bill that no event explains, though events name the connection that day.
    package var isUnmetered: Bool
    /// It is of events, and not of a provider's report or bill.
    package var isOfEvents: Bool
    /// Of the calls, where somebody asked for them.
    package var attributes: CallAttributes?

    package init(
        start: Instant, shared: SharedDimensions, amount: Money, requests: Int64 = 0,
        tokens: Int64 = 0, unpricedEntries: Int64 = 0, unpricedTokens: Int64 = 0,
        provisional: Bool = false, isUnmetered: Bool = false, isOfEvents: Bool = false,
        attributes: CallAttributes? = nil
    ) {
        self.start = start
        self.shared = shared
        self.amount = amount
        self.requests = requests
        self.tokens = tokens
        self.unpricedEntries = unpricedEntries
        self.unpricedTokens = unpricedTokens
        self.provisional = provisional
        self.isUnmetered = isUnmetered
        self.isOfEvents = isOfEvents
        self.attributes = attributes
    }

    package init(
        start: Instant, dimensions: DimensionSet, amount: Money, requests: Int64 = 0,
        tokens: Int64 = 0, unpricedEntries: Int64 = 0, unpricedTokens: Int64 = 0,
        provisional: Bool = false, isUnmetered: Bool = false, isOfEvents: Bool = false
    ) {
        self.init(
            start: start, shared: SharedDimensions(dimensions), amount: amount, requests: requests,
            tokens: tokens, unpricedEntries: unpricedEntries, unpricedTokens: unpricedTokens,
            provisional: provisional, isUnmetered: isUnmetered, isOfEvents: isOfEvents)
    }

    /// A copy of what is shared.
    package var dimensions: DimensionSet {
        get { shared.set }
        set { shared = SharedDimensions(newValue) }
    }

    /// Carries no figure at all.
    var isEmpty: Bool {
        amount.picos == 0 && requests == 0 && tokens == 0 && unpricedEntries == 0
            && unpricedTokens == 0
    }
}
