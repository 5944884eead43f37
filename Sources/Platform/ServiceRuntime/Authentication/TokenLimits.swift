package import Core
import Domain

/// Where from, until when and how much a token works, which holds of every token that is made with it.
///
/// A frontend that acts for a member passes its quota of events on, and what its maker was limited in: else whoever
/// has a limit had a token without by making a frontend's. What limits the frontend alone it keeps to itself: its
/// networks are those of its hosts, and a token that a member makes works elsewhere, too.
package struct TokenLimits: Sendable, Hashable {
    /// Empty: anywhere.
    package let sourceNetworks: [SourceNetwork]
    /// Nil where it does not expire.
    package let expireTime: Instant?
    /// Calls in a second; nil: the server's own limit.
    package let callsPerSecondMax: Int?
    /// New events in a day of UTC; nil: as many as the organization's plan allows.
    package let eventsPerDayMax: Int64?

    package init(
        sourceNetworks: [SourceNetwork] = [], expireTime: Instant? = nil,
        callsPerSecondMax: Int? = nil, eventsPerDayMax: Int64? = nil
    ) {
        self.sourceNetworks = sourceNetworks
        self.expireTime = expireTime
        self.callsPerSecondMax = callsPerSecondMax
        self.eventsPerDayMax = eventsPerDayMax
    }

    package static let none = TokenLimits()

    /// What may be limited beside events, as a column holds it.
    package struct Kinds: OptionSet, Sendable, Hashable {
        package let rawValue: Int

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }

        package static let networks = Kinds(rawValue: 1)
        package static let expiry = Kinds(rawValue: 2)
        package static let rate = Kinds(rawValue: 4)
    }

    /// What is limited, beside events.
    package var kinds: Kinds {
        var kinds: Kinds = []
        if !sourceNetworks.isEmpty { kinds.insert(.networks) }
        if expireTime != nil { kinds.insert(.expiry) }
        if callsPerSecondMax != nil { kinds.insert(.rate) }
        return kinds
    }

    /// What of a frontend's limits holds of what it makes for members.
    func ofFrontend(handingOn kinds: Kinds) -> TokenLimits {
        TokenLimits(
            sourceNetworks: kinds.contains(.networks) ? sourceNetworks : [],
            expireTime: kinds.contains(.expiry) ? expireTime : nil,
            callsPerSecondMax: kinds.contains(.rate) ? callsPerSecondMax : nil,
            eventsPerDayMax: eventsPerDayMax)
    }

    /// Checks that a token of `networks` works nowhere that this one does not.
    /// - Throws: `SOURCE_ADDRESSES_BEYOND_CALLER`.
    package func mustCover(_ networks: [SourceNetwork]) throws(ServiceError) {
        guard !sourceNetworks.isEmpty else { return }
        let isWithin =
            !networks.isEmpty
            && networks.allSatisfy { network in
                sourceNetworks.contains { $0.contains(network) }
            }
        guard isWithin else {
            throw ServiceError(
                .permissionDenied, "SOURCE_ADDRESSES_BEYOND_CALLER", field: "source_addresses",
                "Your token works from \(sourceNetworks.map(\.text).joined(separator: ", ")) only, "
                    + "and so does what it makes. Name networks within these, or ask an owner.")
        }
    }

    /// Checks that a token calls no more often than this one; nil: as often as the server allows.
    /// - Throws: `CALLS_PER_SECOND_BEYOND_CALLER`.
    package func mustCover(callsPerSecondMax other: Int?) throws(ServiceError) {
        guard let callsPerSecondMax else { return }
        guard let other, other <= callsPerSecondMax else {
            throw ServiceError(
                .permissionDenied, "CALLS_PER_SECOND_BEYOND_CALLER", field: "calls_per_second_max",
                "Your token calls \(callsPerSecondMax) times a second at most, and so does what it "
                    + "makes. Give a number up to that, or ask an owner.")
        }
    }

    /// Checks that a token brings no more events than this one; nil: as many as the plan allows.
    /// - Throws: `EVENTS_PER_DAY_BEYOND_CALLER`.
    package func mustCover(eventsPerDayMax other: Int64?) throws(ServiceError) {
        guard let eventsPerDayMax else { return }
        guard let other, other <= eventsPerDayMax else {
            throw ServiceError(
                .permissionDenied, "EVENTS_PER_DAY_BEYOND_CALLER", field: "events_per_day_max",
                "Your token brings \(eventsPerDayMax) events a day at most, and so does what it makes. "
                    + "Give a number up to that, or ask an owner.")
        }
    }

    /// Checks that a token that ends at `end` does not outlive this one.
    /// - Throws: `EXPIRE_TIME_BEYOND_CALLER`.
    package func mustCover(end: Instant?) throws(ServiceError) {
        guard let expireTime else { return }
        guard let end, end <= expireTime else {
            throw ServiceError(
                .permissionDenied, "EXPIRE_TIME_BEYOND_CALLER", field: "expire_time",
                "Your token expires at \(expireTime.rfc3339), and what it makes no later. Give an earlier "
                    + "time, or ask an owner.")
        }
    }
}
