import Configuration
import ServiceRuntime

/// How often callers may call, each a whole number a second, for every server process by itself.
struct RateLimitSettings: Sendable {
    /// `TALLY_RATE_LIMIT_CALLS_PER_SECOND_PER_TOKEN`: 1 to 1,000,000. Default 5,000.
    let callsPerToken: Int
    /// `TALLY_RATE_LIMIT_CALLS_PER_SECOND_PER_ORGANIZATION`: 1 to 1,000,000. Default 10,000. The plan of
    /// an organization may say otherwise.
    let callsPerOrganization: Int
    /// `TALLY_RATE_LIMIT_INVALID_TOKENS_PER_SECOND_PER_ADDRESS`: 1 to 1,000,000; ten seconds' worth
    /// at once. Default 20.
    let invalidTokensPerAddress: Int
    /// `TALLY_RATE_LIMIT_OPEN_CALLS_PER_SECOND_PER_ADDRESS`: 1 to 1,000,000; ten seconds' worth at once.
    /// Default 100.
    let openCallsPerAddress: Int

    init(reader: ConfigReader) throws {
        let settings = NumberSettings(reader: reader)
        callsPerToken = try settings.number(
            "TALLY_RATE_LIMIT_CALLS_PER_SECOND_PER_TOKEN", RateLimit.perSecondRange, default: 5000)
        callsPerOrganization = try settings.number(
            "TALLY_RATE_LIMIT_CALLS_PER_SECOND_PER_ORGANIZATION", RateLimit.perSecondRange,
            default: 10_000)
        invalidTokensPerAddress = try settings.number(
            "TALLY_RATE_LIMIT_INVALID_TOKENS_PER_SECOND_PER_ADDRESS", RateLimit.perSecondRange,
            default: 20)
        openCallsPerAddress = try settings.number(
            "TALLY_RATE_LIMIT_OPEN_CALLS_PER_SECOND_PER_ADDRESS", RateLimit.perSecondRange,
            default: 100)
    }

    var limiter: CallRateLimiter {
        CallRateLimiter(
            source: PlannedCallRateLimits(
                standard: CallRateLimits(
                    perToken: RateLimit(perSecond: callsPerToken),
                    perOrganization: RateLimit(perSecond: callsPerOrganization))),
            openCallsPerAddress: RateLimit(perSecond: openCallsPerAddress, burstSeconds: 10))
    }

    var tokenGuesses: TokenGuessLimiter {
        TokenGuessLimiter(limit: RateLimit(perSecond: invalidTokensPerAddress, burstSeconds: 10))
    }
}
