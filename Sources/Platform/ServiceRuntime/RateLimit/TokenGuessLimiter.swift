package import Core
import Synchronization

/// Keeps an address from having the database asked for one token after the other that nobody has.
///
/// A look for a token that was not valid here lately counts from its beginning, so that many at the
/// same time stay within the limit too, and no longer once the token proves valid. Tokens in use
/// pass, however many wrong ones come from the same address, as from behind one proxy.
package final class TokenGuessLimiter: Sendable {
    private struct State {
        var guesses = RateMeter<PeerNetwork>(keysMax: TokenGuessLimiter.keysMax)
        /// Ids of tokens that were valid, and those of before the last turn.
        var valid: Set<String> = []
        var validBefore: Set<String> = []

        func isValid(_ id: String) -> Bool { valid.contains(id) || validBefore.contains(id) }

        mutating func remember(_ id: String) {
            if valid.count >= TokenGuessLimiter.keysMax {
                validBefore = valid
                valid = []
            }
            valid.insert(id)
        }

        mutating func forget(_ id: String) {
            valid.remove(id)
            validBefore.remove(id)
        }
    }

    /// Addresses, and twice as many ids of tokens, that are remembered.
    private static let keysMax = 65_536

    private let limit: RateLimit
    private let state = Mutex(State())
    private let clock: MonotonicClock

    package init(limit: RateLimit, clock: MonotonicClock = .system) {
        self.limit = limit
        self.clock = clock
    }

    /// Asks the directory for the token `id` by `look`, unless too many looks from `address` found
    /// nothing that was valid.
    /// - Parameter look: gives what the token is, nil where it is not valid.
    /// - Throws: `RATE_LIMITED`; what `look` throws, which counts for nothing.
    func guarding<Found: Sendable>(
        _ id: String, from address: String, _ look: () async throws -> Found?
    ) async throws -> Found? {
        if state.withLock({ $0.isValid(id) }) {
            let found = try await look()
            if found == nil { state.withLock { $0.forget(id) } }
            return found
        }
        let network = PeerNetwork(address)
        try begin(network)
        do {
            guard let found = try await look() else { return nil }
            state.withLock { state in
                state.guesses.uncount(network, limit)
                state.remember(id)
            }
            return found
        } catch {
            state.withLock { $0.guesses.uncount(network, limit) }
            throw error
        }
    }

    private func begin(_ network: PeerNetwork) throws(ServiceError) {
        let now = clock.nanoseconds
        let wait = state.withLock { $0.guesses.admit(network, limit, at: now) }
        guard wait == 0 else {
            throw ServiceError(
                .resourceExhausted, "RATE_LIMITED", field: "authorization",
                "Too many tokens that are not valid came from this address. Check the token, and "
                    + "wait.", retryAfter: .nanoseconds(wait))
        }
    }
}

/// What of a peer's address stands for one party: all of an IPv4 address, the first 64 bits of an
/// IPv6 address, whose other bits one party has all to itself.
struct PeerNetwork: Hashable, Sendable {
    let text: String

    init(_ address: String) {
        // Anything else: IPv4, IPv4 in IPv6 form, `unix`.
        guard address.utf8.contains(UInt8(ascii: ":")), !address.utf8.contains(UInt8(ascii: "."))
        else {
            text = address
            return
        }
        // `::` stands for as many groups of zeros as are missing.
        let gap = address.firstRange(of: "::")
        let head = address[..<(gap?.lowerBound ?? address.endIndex)].split(separator: ":")
        let tail = gap.map { address[$0.upperBound...].split(separator: ":") } ?? []
        let zeros = max(0, 8 - head.count - tail.count)
        let groups = head + Array(repeating: "0", count: zeros) + tail
        text = groups.prefix(4).joined(separator: ":") + "::/64"
    }
}
