/// Events of one call, which share a commit with those of others: it is recorded whole or not at all.
package struct EventShare: Sendable {
    package let events: [PricedEvent]
    /// Of the token that they came by, where it has one.
    package let quota: TokenEventQuota?

    package init(events: [PricedEvent], quota: TokenEventQuota? = nil) {
        self.events = events
        self.quota = quota
    }
}
