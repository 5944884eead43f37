import Core
import RPC
import Synchronization

/// Which failed calls of nobody that is known are logged: of each network so many a second.
final class StrangerMeter: Sendable {
    /// Ten a second, and ten seconds' worth at once.
    static let limit = RateLimit(perSecond: 10, burstSeconds: 10)
    private static let keysMax = 65_536

    private struct State {
        var meter = RateMeter<PeerNetwork>(keysMax: StrangerMeter.keysMax)
        /// Since the last that was logged, of networks that are over the limit.
        var omittedCounts: [PeerNetwork: Int] = [:]
    }

    private let clock: MonotonicClock
    private let state = Mutex(State())

    init(clock: MonotonicClock) {
        self.clock = clock
    }

    /// Counts a failed call.
    /// - Returns: how many of the network were not logged since the last that was; nil where this one is
    ///   not to be logged either.
    func admit(_ network: PeerNetwork) -> Int? {
        let now = clock.nanoseconds
        return state.withLock { state in
            guard state.meter.admit(network, Self.limit, at: now) == 0 else {
                // As many networks as the meter knows; those beyond are merely not counted.
                if state.omittedCounts[network] != nil || state.omittedCounts.count < Self.keysMax {
                    state.omittedCounts[network, default: 0] += 1
                }
                return nil
            }
            return state.omittedCounts.removeValue(forKey: network) ?? 0
        }
    }
}
