import Core
import Domain

/// The days that a month-end forecast looks at, in the organization's zone.
struct ForecastCalendar: Equatable, Sendable {
    /// Half a year: enough for weekdays and level, and not all that was ever spent.
    static let historyDayCountMax = 182

    let today: CivilDate

    init(zone: OrganizationZone, now: Instant) {
        today = zone.day(containing: now)
    }

    /// The month in progress.
    var month: CivilMonth { today.monthOfYear }

    /// The history's days and today, which is the last.
    var days: Range<CivilDate> {
        today.advanced(byDays: -Self.historyDayCountMax)..<today.advanced(byDays: 1)
    }

    /// Days of the month that are not over, today included.
    var daysLeft: Int { month.lastDay.dayNumber - today.dayNumber + 1 }
}
