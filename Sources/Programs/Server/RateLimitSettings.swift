import Configuration
import ServiceRuntime

/// How often callers may call, each a whole number a second, for every server process by itself.
struct RateLimitSettings: Sendable {
    /// `TALLY_RATE_LIMIT_CALLS_PER_SECOND_PER_TOKEN`: 1 to 1,000,000. Default 5,000.
    let callsPerToken: Int
    /// `TALLY_RATE_LIMIT_CALLS_PER_SECOND_PER_ORGANIZATION`: 1 to 1,000,000. Default 10,000.
    let callsPerOrganization: Int
    /// `TALLY_RATE_LIMIT_INVALID_TOKENS_PER_SECOND_PER_ADDRESS`: 1 to 1,000,000; ten seconds' worth
    /// at once. Default 20.
    let invalidTokensPerAddress: Int

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
    }

    var limiter: CallRateLimiter {
        CallRateLimiter(
            source: UniformCallRateLimits(
                CallRateLimits(
                    perToken: RateLimit(perSecond: callsPerToken),
                    perOrganization: RateLimit(perSecond: callsPerOrganization))))
    }

    var tokenGuesses: TokenGuessLimiter {
        TokenGuessLimiter(limit: RateLimit(perSecond: invalidTokensPerAddress, burstSeconds: 10))
    }
}
