import ServiceRuntime

/// What a token may do, and where: what its successor has too.
struct TokenRights: Sendable, Hashable {
    let grant: Grant
    /// Where it may be used from; empty: anywhere.
    let sourceNetworks: [SourceNetwork]

    /// Everything, from anywhere.
    static let owner = TokenRights(grant: .owner, sourceNetworks: [])
}
