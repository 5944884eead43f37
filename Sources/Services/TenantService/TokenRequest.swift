import API
import Core
import Domain
import ServiceRuntime

/// What a caller asks of a new token, checked as far as it can be without the organization's units.
struct TokenRequest: Sendable {
    let displayName: DisplayName
    let rights: TokenRights
    let expireTime: Instant?

    /// Checks the fields in their order, and behind the units that `caller` may hand out what is
    /// asked for; of networks, rate, quota and expiry also that they are within `limits`.
    init(
        wire request: CreateTokenRequest, caller: Grant, limits: TokenLimits = .none, now: Instant
    ) throws(ServiceError) {
        displayName = try DisplayName(request.displayName)
        let grant = try Grant(
            roles: CallerRoles(wire: request.roles), unitCodes: request.unitCodes)
        try caller.mustCover(grant)
        rights = TokenRights(
            grant: grant, sourceNetworks: try Self.networks(request.sourceAddresses),
            callsPerSecondMax: try Self.callsPerSecondMax(request.callsPerSecondMax),
            eventsPerDayMax: try Self.eventsPerDayMax(request.eventsPerDayMax))
        try limits.mustCover(rights.sourceNetworks)
        try limits.mustCover(callsPerSecondMax: rights.callsPerSecondMax)
        try limits.mustCover(eventsPerDayMax: rights.eventsPerDayMax)
        expireTime = try Self.expireTime(request.expireTime, now: now)
        try limits.mustCover(end: expireTime)
    }

    /// `TIMESTAMP_OUT_OF_RANGE`, `EXPIRE_TIME_NOT_IN_FUTURE`; nil for none.
    static func expireTime(
        _ wire: Timestamp?, now: Instant
    ) throws(ServiceError) -> Instant? {
        guard let wire else { return nil }
        let expiry = try ServiceError.naming("expire_time") { () throws(ServiceError) in
            try wire.instant()
        }
        guard expiry > now else {
            throw ServiceError(
                .invalidArgument, "EXPIRE_TIME_NOT_IN_FUTURE", field: "expire_time",
                "A token must expire in the future; leave the time out for one that does not.")
        }
        return expiry
    }

    /// `CALLS_PER_SECOND_OUT_OF_RANGE`; nil for the server's own limit.
    private static func callsPerSecondMax(_ number: Int32) throws(ServiceError) -> Int? {
        guard number != 0 else { return nil }
        guard RateLimit.perSecondRange.contains(Int(number)) else {
            throw ServiceError(
                .invalidArgument, "CALLS_PER_SECOND_OUT_OF_RANGE", field: "calls_per_second_max",
                "A token calls 1 to \(RateLimit.perSecondRange.upperBound) times a second; leave the "
                    + "number out for the server's own limit.")
        }
        return Int(number)
    }

    /// `EVENTS_PER_DAY_OUT_OF_RANGE`; nil for as many as the organization's plan allows.
    private static func eventsPerDayMax(_ number: Int64) throws(ServiceError) -> Int64? {
        guard number != 0 else { return nil }
        let range = StoredOrganization.Limits.eventsPerDayRange
        guard range.contains(number) else {
            throw ServiceError(
                .invalidArgument, "EVENTS_PER_DAY_OUT_OF_RANGE", field: "events_per_day_max",
                "A token brings 1 to \(range.upperBound) events a day; leave the number out for as many "
                    + "as the organization's plan allows.")
        }
        return number
    }

    /// `TOO_MANY_SOURCE_ADDRESSES`, `SOURCE_ADDRESS_MALFORMED`, `SOURCE_ADDRESS_HAS_HOST_BITS`.
    private static func networks(_ texts: [String]) throws(ServiceError) -> [SourceNetwork] {
        guard texts.count <= SourceNetwork.countMax else {
            throw ServiceError(
                .invalidArgument, "TOO_MANY_SOURCE_ADDRESSES", field: "source_addresses",
                "There are \(texts.count) networks; \(SourceNetwork.countMax) are allowed.")
        }
        var networks: [SourceNetwork] = []
        for text in texts {
            let network = try ServiceError.naming("source_addresses") { () throws(ServiceError) in
                try SourceNetwork(text)
            }
            if !networks.contains(network) { networks.append(network) }
        }
        return networks
    }
}
