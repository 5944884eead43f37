import ServiceRuntime

/// What a token may do, where, and how much: what its successor has too.
struct TokenRights: Sendable, Hashable {
    let grant: Grant
    /// Where it may be used from; empty: anywhere.
    let sourceNetworks: [SourceNetwork]
    /// Calls in a second; nil: the server's own limit.
    var callsPerSecondMax: Int?
    /// New events in a day of UTC; nil: as many as the organization's plan allows.
    var eventsPerDayMax: Int64?

    /// Everything, from anywhere.
    static let owner = TokenRights(grant: .owner, sourceNetworks: [])

    /// The platform's, from anywhere.
    static let `operator` = TokenRights(
        grant: Grant(stored: .operator, .wholeOrganization), sourceNetworks: [])
}
