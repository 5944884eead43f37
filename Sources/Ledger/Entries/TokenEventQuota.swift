/// How many new events a token may bring in a day of UTC.
package struct TokenEventQuota: Sendable, Hashable {
    /// Public part of the token.
    package let tokenID: String
    package let eventsPerDayMax: Int64

    package init(tokenID: String, eventsPerDayMax: Int64) {
        self.tokenID = tokenID
        self.eventsPerDayMax = eventsPerDayMax
    }
}
