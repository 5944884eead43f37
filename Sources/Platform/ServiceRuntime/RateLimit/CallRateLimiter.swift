package import Core
import Domain
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

/// Keeps each token and each organization to its rate of calls, in this process.
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
    private let parts = (0..<CallRateLimiter.partCount).map { _ in Part() }
    private let clock: MonotonicClock

    package init(source: any CallRateLimitSource, clock: MonotonicClock = .system) {
        self.source = source
        self.clock = clock
    }

    /// Counts a call.
    /// - Throws: `RATE_LIMITED` where the token or its organization is ahead of its rate.
    func admit(_ caller: Caller) throws(ServiceError) {
        let limits = source.limits(of: caller)
        let now = clock.nanoseconds
        let organization = caller.organizationID
        let index = Int(truncatingIfNeeded: (organization?.uuid.bytes.low ?? 0) % 16)
        let wait = parts[index].meters.withLock { meters in
            let wait = meters.tokens.admit(caller.tokenID, limits.perToken, at: now)
            guard wait == 0, let organization else { return wait }
            let other = meters.organizations.admit(
                organization, limits.perOrganization, at: now)
            // Rare, so it may cost another search.
            if other > 0 { meters.tokens.uncount(caller.tokenID, limits.perToken) }
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
}
