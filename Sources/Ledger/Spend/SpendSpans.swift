import Core

/// Which roll-ups make up the steps of a window: as many whole days of UTC as can be, and where a step cuts a
/// day, the shorter part of it by quarters of an hour, added or taken off.
struct SpendSpans: Sendable {
    struct Days: Hashable, Sendable {
        /// Of the step, counted from 1; `around` for days that only say when they were recorded.
        let number: Int64
        let span: Range<Instant>
    }

    struct Quarters: Hashable, Sendable {
        /// Of the step, counted from 1.
        let number: Int64
        let span: Range<Instant>
        /// 1 where they are added, -1 where they are taken off.
        let sign: Int64
    }

    /// The number of no step.
    static let around: Int64 = 0

    /// The whole days that hold all steps.
    let days: Range<Instant>
    /// Where each step begins, and where the last one ends.
    let bounds: [Instant]
    private(set) var wholeDays: [Days] = []
    private(set) var quarters: [Quarters] = []

    /// - Parameters:
    ///   - steps: one behind the other, without gaps; none is empty.
    ///   - days: whole days of UTC that hold them.
    init(of steps: [Range<Instant>], within days: Range<Instant>) {
        self.days = days
        bounds = steps.map(\.lowerBound) + steps.suffix(1).map(\.upperBound)
        for (index, step) in steps.enumerated() {
            append(step, number: Int64(index) + 1)
        }
        guard let first = bounds.first, let last = bounds.last else { return }
        // What a day was recorded at counts for how complete a report is, also where the report has only a
        // part of the day.
        for cut in Set([first, last]) where cut != UTCDay.floor(cut) && !isRead(cut) {
            wholeDays.append(
                Days(number: Self.around, span: UTCDay.floor(cut)..<UTCDay.ceiling(cut)))
        }
    }

    private mutating func append(_ step: Range<Instant>, number: Int64) {
        let from = UTCDay.nearest(step.lowerBound)
        let through = UTCDay.nearest(step.upperBound)
        guard from < through else {
            quarters.append(Quarters(number: number, span: step, sign: 1))
            return
        }
        wholeDays.append(Days(number: number, span: from..<through))
        for (cut, day, isLeftOfDay) in [
            (step.lowerBound, from, true), (step.upperBound, through, false),
        ]
        where cut != day {
            quarters.append(
                Quarters(
                    number: number, span: min(cut, day)..<max(cut, day),
                    sign: (cut < day) == isLeftOfDay ? 1 : -1))
        }
    }

    private func isRead(_ instant: Instant) -> Bool {
        wholeDays.contains { $0.span.contains(instant) }
    }
}

extension UTCDay {
    /// The day boundary next to the instant; of two as near the later one.
    fileprivate static func nearest(_ instant: Instant) -> Instant {
        floor(instant.advanced(bySeconds: seconds / 2))
    }
}
