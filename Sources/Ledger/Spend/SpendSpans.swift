import Core

/// Which roll-ups make up the steps of a window: as many whole months and days of UTC as can be. Where a step cuts
/// a day, the shorter part of it by quarters of an hour, and where it cuts a month, the shorter one by days, is added
/// or taken off.
struct SpendSpans: Sendable {
    struct Months: Hashable, Sendable {
        /// Of the step, counted from 1.
        let number: Int64
        let span: Range<Instant>
    }

    struct Days: Hashable, Sendable {
        /// Of the step, counted from 1.
        let number: Int64
        let span: Range<Instant>
        /// 1 where they are added, -1 where they are taken off; 0 where they only say when they were recorded.
        var sign: Int64 = 1
    }

    struct Quarters: Hashable, Sendable {
        /// Of the step, counted from 1.
        let number: Int64
        let span: Range<Instant>
        /// 1 where they are added, -1 where they are taken off.
        let sign: Int64
    }

    /// The whole days that hold all steps.
    let days: Range<Instant>
    /// Where each step begins, and where the last one ends.
    let bounds: [Instant]
    private(set) var wholeMonths: [Months] = []
    private(set) var wholeDays: [Days] = []
    private(set) var quarters: [Quarters] = []

    /// From when on months are used; nil: none is.
    private let monthsFrom: Instant?
    /// Days from then on have next to nothing, and cost nothing.
    private let emptyFrom: Instant

    /// - Parameters:
    ///   - steps: one behind the other, without gaps; none is empty.
    ///   - days: whole days of UTC that hold them.
    ///   - monthsFrom: from when on each month is what its days come to.
    init(
        of steps: [Range<Instant>], within days: Range<Instant>, monthsFrom: Instant? = nil,
        now: Instant = Instant(seconds: 0)
    ) {
        self.days = days
        self.monthsFrom = monthsFrom
        emptyFrom = UTCDay.floor(now).advanced(bySeconds: UTCDay.seconds)
        bounds = steps.map(\.lowerBound) + steps.suffix(1).map(\.upperBound)
        for (index, step) in steps.enumerated() {
            append(step, number: Int64(index) + 1)
        }
        guard let first = bounds.first, let last = bounds.last else { return }
        // What a day was recorded at counts for how complete a report is, also where the report has only a
        // part of the day. A month does not say it: what nothing is left of, without the days that are taken off, is
        // left out. With the step that is next, since what is summed for it is mostly of the same sets.
        for (cut, number) in [(first, 1), (last, Int64(steps.count))]
        where cut != UTCDay.floor(cut) && !isRead(cut) {
            wholeDays.append(
                Days(number: number, span: UTCDay.floor(cut)..<UTCDay.ceiling(cut), sign: 0))
        }
    }

    private mutating func append(_ step: Range<Instant>, number: Int64) {
        let from = UTCDay.nearest(step.lowerBound)
        let through = UTCDay.nearest(step.upperBound)
        guard from < through else {
            quarters.append(Quarters(number: number, span: step, sign: 1))
            return
        }
        appendDays(from..<through, number: number)
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

    /// By months, where that reads less.
    private mutating func appendDays(_ span: Range<Instant>, number: Int64) {
        guard let months = months(for: span) else {
            wholeDays.append(Days(number: number, span: span))
            return
        }
        wholeMonths.append(Months(number: number, span: months))
        for (edge, month, isLeftOfMonth) in [
            (span.lowerBound, months.lowerBound, true), (span.upperBound, months.upperBound, false),
        ]
        where edge != month {
            wholeDays.append(
                Days(
                    number: number, span: min(edge, month)..<max(edge, month),
                    sign: (edge < month) == isLeftOfMonth ? 1 : -1))
        }
    }

    /// The months that, with the days between their ends and the span's, have the fewest roll-ups.
    private func months(for span: Range<Instant>) -> Range<Instant>? {
        guard let monthsFrom else { return nil }
        let from = max(nearestMonth(span.lowerBound), UTCMonth.ceiling(monthsFrom))
        let through = nearestMonth(span.upperBound)
        guard from < through else { return nil }
        let months = Int64(UTCMonth.number(of: through) - UTCMonth.number(of: from))
        let read =
            months + dayCount(span.lowerBound, from) + dayCount(span.upperBound, through)
        return read < dayCount(span.lowerBound, span.upperBound) ? from..<through : nil
    }

    /// The beginning of a month with the fewest days between it and a beginning of a day.
    private func nearestMonth(_ day: Instant) -> Instant {
        let (before, after) = (UTCMonth.start(of: day), UTCMonth.ceiling(day))
        return dayCount(before, day) < dayCount(day, after) ? before : after
    }

    /// Days between two of their beginnings that are not empty.
    private func dayCount(_ left: Instant, _ right: Instant) -> Int64 {
        let (from, through) = (min(left, right), min(max(left, right), emptyFrom))
        return from < through ? (through.seconds - from.seconds) / UTCDay.seconds : 0
    }

    private func isRead(_ instant: Instant) -> Bool {
        wholeDays.contains { $0.sign >= 0 && $0.span.contains(instant) }
    }
}

extension UTCDay {
    /// The day boundary next to the instant; of two as near the later one.
    fileprivate static func nearest(_ instant: Instant) -> Instant {
        floor(instant.advanced(bySeconds: seconds / 2))
    }
}
