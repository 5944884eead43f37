import API
import Core
import ServiceRuntime

/// How a token makes way for its successor.
struct TokenRotation: Sendable {
    /// Seconds for which both work.
    let overlapSeconds: Int64
    /// When the successor expires; nil: as the token did.
    let expireTime: Instant?

    static let overlapSecondsDefault: Int64 = 24 * 3600
    static let overlapSecondsMax: Int64 = 30 * 24 * 3600

    /// Checks in order: `OVERLAP_OUT_OF_RANGE`, the time of expiry.
    init(wire request: RotateTokenRequest, now: Instant) throws(ServiceError) {
        switch request.overlap {
        case nil: overlapSeconds = Self.overlapSecondsDefault
        case .overlapSeconds(let seconds):
            guard (0...Self.overlapSecondsMax).contains(seconds) else {
                throw ServiceError(
                    .invalidArgument, "OVERLAP_OUT_OF_RANGE", field: "overlap_seconds",
                    "Both tokens work for 0 to \(Self.overlapSecondsMax) seconds, 30 days.")
            }
            overlapSeconds = seconds
        }
        expireTime = try TokenRequest.expireTime(request.expireTime, now: now)
    }

    /// When the successor of `token` expires; nil where it does not.
    ///
    /// It lives as long as the token was to live from its beginning, but not longer than `limits`
    /// allow. Throws `EXPIRE_TIME_BEYOND_CALLER` where a later time was asked for.
    func successorExpiry(
        of token: StoredToken, within limits: TokenLimits, now: Instant
    ) throws(ServiceError) -> Instant? {
        if let expireTime {
            try limits.mustCover(end: expireTime)
            return expireTime
        }
        guard let end = token.expireTime else { return limits.expireTime }
        let (time, isFar) = now.microseconds.addingReportingOverflow(
            end.microseconds - token.createTime.microseconds)
        let latest = limits.expireTime ?? Instant.calendarRange.upperBound
        return isFar ? latest : min(Instant(microseconds: time), latest)
    }

    /// When `token` itself ends: after the overlap, or earlier where it would have anyway.
    func end(of token: StoredToken, now: Instant) -> Instant {
        let end = now.advanced(bySeconds: overlapSeconds)
        return token.expireTime.map { min($0, end) } ?? end
    }
}
