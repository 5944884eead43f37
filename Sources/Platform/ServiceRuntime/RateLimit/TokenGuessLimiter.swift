package import Core
import RPC
import Synchronization

/// Keeps an address from having the database asked for one token after the other that nobody has,
/// for one slug after the other that is not of the token's organization, or for one person after the
/// other who is no member of it.
///
/// A look for a name that was not right here lately counts from its beginning, so that many at the
/// same time stay within the limit too, and no longer once the name proves right. Calls that come with
/// the same name while it is looked for count as one: a client may begin with many. Names in use
/// pass, however many wrong ones come from the same address, as from behind one proxy, and whatever
/// secrets others send with them.
package final class TokenGuessLimiter: Sendable {
    /// What a look came to.
    enum Look<Found: Sendable>: Sendable {
        case right(Found)
        /// There is such a thing, but the caller did not prove that it is its own: that says nothing
        /// against those who did.
        case unproven
        case unknown
    }

    private struct Guess: Hashable {
        let network: PeerNetwork
        let id: String
    }

    /// Calls that wait for the same.
    private struct Wait {
        var callCount = 1
        /// Whether the look counts as a guess.
        var isCounted = true
    }

    private struct State {
        /// Bounded by the calls that the server serves at once.
        var waits: [Guess: Wait] = [:]
        var guesses = RateMeter<PeerNetwork>(keysMax: TokenGuessLimiter.keysMax)
        /// Names that were right, and those of before the last turn.
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

    /// Addresses, and twice as many names, that are remembered.
    private static let keysMax = 65_536

    private let limit: RateLimit
    private let state = Mutex(State())
    private let clock: MonotonicClock

    package init(limit: RateLimit, clock: MonotonicClock = .system) {
        self.limit = limit
        self.clock = clock
    }

    /// Asks the directory for a name by `look`, unless too many looks from `address` found nothing
    /// that was right.
    /// - Parameters:
    ///   - id: What is asked for, such as the id of a token: never what proves it.
    ///   - field: The key of the metadata that holds it.
    /// - Returns: Nil where it is not right.
    /// - Throws: `RATE_LIMITED`; what `look` throws, which counts for nothing.
    func guarding<Found: Sendable>(
        _ id: String, field: String, from address: String,
        _ look: () async throws -> Look<Found>
    ) async throws -> Found? {
        if state.withLock({ $0.isValid(id) }) {
            switch try await look() {
            case .right(let found):
                return found
            case .unproven:
                return nil
            case .unknown:
                state.withLock { $0.forget(id) }
                return nil
            }
        }
        let guess = Guess(network: PeerNetwork(address), id: id)
        try begin(guess, field)
        do {
            guard case .right(let found) = try await look() else {
                end(guess, wasGuess: true)
                return nil
            }
            end(guess, wasGuess: false) { $0.remember(id) }
            return found
        } catch {
            end(guess, wasGuess: false)
            throw error
        }
    }

    private func begin(_ guess: Guess, _ field: String) throws(ServiceError) {
        let now = clock.nanoseconds
        let wait: Int64 = state.withLock { state in
            if state.waits[guess] != nil {
                state.waits[guess]?.callCount += 1
                return 0
            }
            let wait = state.guesses.admit(guess.network, limit, at: now)
            if wait == 0 { state.waits[guess] = Wait() }
            return wait
        }
        guard wait == 0 else {
            throw ServiceError(
                .resourceExhausted, "RATE_LIMITED", field: field,
                "Too many tokens, or names of organizations or people, that are not valid came from "
                    + "this address. Check \(field), and wait.", retryAfter: .nanoseconds(wait))
        }
    }

    private func end(
        _ guess: Guess, wasGuess: Bool, _ change: (inout State) -> Void = { _ in }
    ) {
        state.withLock { state in
            change(&state)
            guard var wait = state.waits[guess] else { return }
            if !wasGuess, wait.isCounted {
                state.guesses.uncount(guess.network, limit)
                wait.isCounted = false
            }
            wait.callCount -= 1
            state.waits[guess] = wait.callCount > 0 ? wait : nil
        }
    }
}
