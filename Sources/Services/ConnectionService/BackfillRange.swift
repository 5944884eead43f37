import API
import Core
import Domain

/// A span of the past that somebody wants read, checked: whole days of UTC.
struct BackfillRange: Sendable {
    /// Days before now that a span may begin at most: three years and their leap day.
    static let daysMax: Int64 = 1096
    private static let daySeconds: Int64 = 86_400

    let from: Instant
    let through: Instant

    /// Checks run in the order of the fields.
    /// - Parameter keptFrom: from when on the organization's usage is kept; nil: all of it.
    init(
        wire request: BackfillConnectionRequest, now: Instant, keptFrom: Instant?
    ) throws(ServiceError) {
        guard let begin = request.from else {
            throw Self.refused(
                "BACKFILL_RANGE_MISSING", "from", "from says where the span of the past begins")
        }
        let start = try Self.instant(begin, "from")
        guard start < now else {
            throw Self.refused(
                "BACKFILL_RANGE_IN_FUTURE", "from",
                "from lies in the past; the present is pulled anyway")
        }
        let from = Self.day(of: start)
        guard from >= Self.day(of: now).advanced(bySeconds: -Self.daysMax * Self.daySeconds) else {
            throw Self.refused(
                "BACKFILL_RANGE_TOO_OLD", "from", "from lies at most \(Self.daysMax) days ago")
        }
        if let keptFrom, from < keptFrom {
            throw Self.refused(
                "BACKFILL_RANGE_TOO_OLD", "from",
                "The organization keeps usage from \(keptFrom.rfc3339) on (retention_months); begin "
                    + "after that.")
        }
        let end = try request.through.map { through throws(ServiceError) in
            try Self.instant(through, "through")
        }
        guard start < end ?? now else {
            throw Self.refused(
                "BACKFILL_RANGE_EMPTY", "through", "through comes after from")
        }
        self.from = from
        through = Self.day(
            of: min(end ?? now, now).advanced(byMicroseconds: Self.daySeconds * 1_000_000 - 1))
    }

    private static func instant(
        _ timestamp: Timestamp, _ field: String
    ) throws(ServiceError) -> Instant {
        do throws(ServiceError) {
            return try timestamp.instant()
        } catch {
            throw error.within(field)
        }
    }

    private static func refused(
        _ reason: ServiceError.Reason, _ field: String, _ message: String
    ) -> ServiceError {
        ServiceError(.invalidArgument, reason, field: field, message)
    }

    /// The beginning of an instant's day of UTC.
    private static func day(of instant: Instant) -> Instant {
        let seconds = instant.seconds
        let rest = seconds % daySeconds
        return Instant(seconds: seconds - (rest < 0 ? rest + daySeconds : rest))
    }
}
