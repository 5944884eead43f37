package import Core
import Domain
import RPC
import Synchronization

/// How often a caller may call.
package struct CallRateLimits: Sendable {
    package let perToken: RateLimit
    package let perOrganization: RateLimit

    package init(perToken: RateLimit, perOrganization: RateLimit) {
        self.perToken = perToken
        self.perOrganization = perOrganization
    }
}

/// Says which limits hold for a caller. Asked at every call, so it answers from memory.
package protocol CallRateLimitSource: Sendable {
    func limits(of caller: Caller) -> CallRateLimits
}

/// The same limits for everybody.
package struct UniformCallRateLimits: CallRateLimitSource {
    private let limits: CallRateLimits

    package init(_ limits: CallRateLimits) {
        self.limits = limits
    }

    package func limits(of caller: Caller) -> CallRateLimits { limits }
}

/// The same limits for everybody, but for organizations whose plan says how often they may call, and
/// for tokens that were made with a rate of their own.
package struct PlannedCallRateLimits: CallRateLimitSource {
    private let standard: CallRateLimits

    /// - Parameter standard: What holds where nothing else is said.
    package init(standard: CallRateLimits) {
        self.standard = standard
    }

    package func limits(of caller: Caller) -> CallRateLimits {
        let (token, plan) = (caller.callsPerSecondMax, caller.standing.callsPerSecondMax)
        if token == nil, plan == nil { return standard }
        return CallRateLimits(
            perToken: token.map(Self.limit) ?? standard.perToken,
            perOrganization: plan.map(Self.limit) ?? standard.perOrganization)
    }

    private static func limit(_ perSecond: Int) -> RateLimit {
        let range = RateLimit.perSecondRange
        return RateLimit(perSecond: min(max(perSecond, range.lowerBound), range.upperBound))
    }
}

/// Keeps each token, each organization, and each address that calls without a token, to its rate of
/// calls, in this process.
///
/// Organizations are spread over parts with a lock each, so that callers on different event loops
/// seldom meet. A call that is refused counts for neither.
package final class CallRateLimiter: Sendable {
    private struct Meters {
        var organizations = RateMeter<OrganizationID>(keysMax: CallRateLimiter.keysMax)
        var tokens = RateMeter<String>(keysMax: CallRateLimiter.keysMax)
    }

    private final class Part: Sendable {
        let meters = Mutex(Meters())
    }

    /// Organizations, and tokens, that one part remembers.
    private static let keysMax = 8192
    private static let partCount = 16

    private let source: any CallRateLimitSource
    private let openLimit: RateLimit
    private let openCalls = Mutex(RateMeter<PeerNetwork>(keysMax: CallRateLimiter.keysMax))
    private let parts = (0..<CallRateLimiter.partCount).map { _ in Part() }
    private let clock: MonotonicClock?

    /// - Parameters:
    ///   - openCallsPerAddress: How often calls that need no token may come from one IPv4
    ///   address or IPv6 /64.
    ///   - clock: What the time is; nil for when a call arrived, which needs no look at a clock.
    package init(
        source: any CallRateLimitSource, openCallsPerAddress: RateLimit,
        clock: MonotonicClock? = nil
    ) {
        self.source = source
        openLimit = openCallsPerAddress
        self.clock = clock
    }

    /// Counts a call that came at `arrival`.
    /// - Throws: `RATE_LIMITED` where the token or its organization is ahead of its rate.
    func admit(_ verified: VerifiedCaller, at arrival: MonotonicInstant) throws(ServiceError) {
        // Its fields one by one: all of them would be copied.
        let limits = source.limits(of: verified.caller)
        let now = clock?.nanoseconds ?? arrival.nanoseconds
        let organization = verified.caller.organizationID
        let index = Int(truncatingIfNeeded: (organization?.uuid.bytes.low ?? 0) % 16)
        let wait = parts[index].meters.withLock { meters in
            let wait = meters.tokens.admit(verified.caller.tokenID, limits.perToken, at: now)
            guard wait == 0, let organization else { return wait }
            let other = meters.organizations.admit(
                organization, limits.perOrganization, at: now)
            // Rare, so it may cost another search.
            if other > 0 { meters.tokens.uncount(verified.caller.tokenID, limits.perToken) }
            return other
        }
        guard wait == 0 || Mutant.skipRateLimit.isActive else {
            throw ServiceError(
                .resourceExhausted, "RATE_LIMITED",
                "The token, or its organization, calls more often than it may. Wait, and send "
                    + "more in each call where the method allows it.",
                retryAfter: .nanoseconds(wait))
        }
    }

    /// Counts a call that needs no token. Those of this machine are not counted: a proxy in front of the
    /// server, which looks whether it is well, brings everybody's.
    /// - Throws: `RATE_LIMITED` where its address is ahead of its rate.
    func admitOpen(from address: String, at arrival: MonotonicInstant) throws(ServiceError) {
        if NetworkAddress.isOfThisMachine(address) { return }
        let network = PeerNetwork(address)
        let now = clock?.nanoseconds ?? arrival.nanoseconds
        let wait = openCalls.withLock { $0.admit(network, openLimit, at: now) }
        guard wait == 0 || Mutant.skipRateLimit.isActive else {
            throw ServiceError(
                .resourceExhausted, "RATE_LIMITED",
                "More calls without a token come from this address than may. Wait, or ask less often.",
                retryAfter: .nanoseconds(wait))
        }
    }
}
