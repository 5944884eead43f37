import API
import Core
import ServiceRuntime

/// A token as it is kept: everything but its secret.
struct StoredToken: Sendable {
    let id: String
    let displayName: String
    let rights: TokenRights
    let createTime: Instant
    /// Nil where it does not expire.
    var expireTime: Instant?
    /// Nil while it was not revoked.
    var revokeTime: Instant?
    /// Nil where it was never used.
    var lastUseTime: Instant?
    /// Public part of the token that was made in its place.
    var successorID: String?
    /// Public part of the token whose count of events it goes on with; nil where it has its own.
    var countedAs: String?
    /// What its maker, and whoever rotated it, was limited in.
    var handedOn: TokenLimits.Kinds = []

    /// Whether it was revoked, or has expired by `now`.
    func hasEnded(by now: Instant) -> Bool {
        revokeTime != nil || expireTime.map { $0 <= now } ?? false
    }

    var position: TokenPosition {
        TokenPosition(createTime: createTime, id: id)
    }

    var message: Token {
        Token(
            id: id, displayName: displayName, roles: rights.grant.roles.wire,
            createTime: Timestamp(createTime), expireTime: expireTime.map { Timestamp($0) },
            revokeTime: revokeTime.map { Timestamp($0) }, unitCodes: rights.grant.units.codes,
            sourceAddresses: rights.sourceNetworks.map(\.text),
            lastUseTime: lastUseTime.map { Timestamp($0) }, successorID: successorID ?? "",
            callsPerSecondMax: Int32(rights.callsPerSecondMax ?? 0),
            eventsPerDayMax: rights.eventsPerDayMax ?? 0, countsWithID: countedAs ?? "",
            handedOn: limitsHandedOn)
    }

    /// Of a frontend's, by number; other tokens hand all of their limits on.
    private var limitsHandedOn: [TokenLimit] {
        guard rights.grant.roles.contains(.frontend) else { return [] }
        let known: [(TokenLimits.Kinds, TokenLimit)] = [
            (.networks, .sourceAddresses), (.expiry, .expireTime), (.rate, .callsPerSecond),
        ]
        return known.filter { handedOn.contains($0.0) }.map(\.1)
            + (rights.eventsPerDayMax == nil ? [] : [.eventsPerDay])
    }
}
