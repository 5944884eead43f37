import Core
import Domain

/// Months of UTC, by which the tables of entries are cut.
enum UTCMonth {
    /// Counted from year 0.
    static func number(of time: Instant) -> Int {
        let date = CivilDate(dayNumber: Int(UTCDay.number(of: time)))
        return date.year * 12 + date.month
    }
}
