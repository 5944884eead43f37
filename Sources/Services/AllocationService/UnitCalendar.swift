import Core
import Domain

/// The trees of a window of days: one for each stretch of days in which no unit comes, moves, ends
/// or is restored. Names may change within one.
struct UnitCalendar: Sendable {
    /// In the order of their days.
    let trees: [UnitTree]
    let history: UnitHistory
    let days: Range<CivilDate>
    private let firstDays: [CivilDate]
    /// First instants of the stretches.
    let starts: [Instant]

    /// - Parameter days: not empty.
    init(_ history: UnitHistory, days: Range<CivilDate>, zone: OrganizationZone) {
        self.history = history
        self.days = days
        firstDays = history.shapeDays(within: days)
        trees = firstDays.map { UnitTree(history, on: $0) }
        starts = firstDays.map { zone.dayBounds($0).lowerBound }
    }

    /// The stretch that an instant of the window lies in, as an index of `trees`.
    func stretch(of instant: Instant) -> Int {
        max(0, (starts.firstIndex { $0 > instant } ?? starts.count) - 1)
    }

    /// The stretch that a day of the window lies in.
    func stretch(on day: CivilDate) -> Int {
        max(0, (firstDays.firstIndex { $0 > day } ?? firstDays.count) - 1)
    }

    func firstDay(of stretch: Int) -> CivilDate { firstDays[stretch] }

    func lastDay(of stretch: Int) -> CivilDate {
        let next = stretch + 1 < firstDays.count ? firstDays[stretch + 1] : days.upperBound
        return next.advanced(byDays: -1)
    }
}
