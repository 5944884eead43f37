import Core
import Domain

/// Months of UTC, by which the tables of entries are cut.
enum UTCMonth {
    /// Counted from year 0.
    static func number(of time: Instant) -> Int {
        let date = day(of: time)
        return date.year * 12 + date.month
    }

    /// First instant of the month that a time is in.
    static func start(of time: Instant) -> Instant {
        Instant(seconds: Int64(day(of: time).monthOfYear.firstDay.dayNumber) * UTCDay.seconds)
    }

    /// The first beginning of a month at or after a time.
    static func ceiling(_ time: Instant) -> Instant {
        let start = start(of: time)
        return start == time ? start : end(of: time)
    }

    /// First instant behind the month that a time is in.
    static func end(of time: Instant) -> Instant {
        Instant(seconds: Int64(day(of: time).monthOfYear.next.firstDay.dayNumber) * 86_400)
    }

    private static func day(of time: Instant) -> CivilDate {
        CivilDate(dayNumber: Int(UTCDay.number(of: time)))
    }
}
