import Core
import Domain

/// The trees of a window of days: one for each stretch of days in which no unit comes, moves, ends
/// or is restored. Names may change within one.
struct UnitCalendar: Sendable {
    /// In the order of their days.
    let trees: [UnitTree]
    private let history: UnitHistory
    private let firstDays: [CivilDate]
    private let days: Range<CivilDate>
    /// First instants of the stretches.
    private let starts: [Instant]

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

    /// What each unit that is active on some day of the window is on the last of them, by code.
    var units: [(code: BusinessUnitCode, details: UnitDetails)] {
        history.versions.keys.sorted().compactMap { code in
            for index in firstDays.indices.reversed() {
                let next = index + 1 < firstDays.count ? firstDays[index + 1] : days.upperBound
                let details = history.details(of: code, on: next.advanced(byDays: -1))
                if let details, details.status == .active { return (code, details) }
            }
            return nil
        }
    }
}
