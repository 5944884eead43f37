import Core

/// From what an answer as known at an instant is made: whole days and quarters of an hour of roll-ups, where nothing
/// was recorded since, and entries where something was.
struct KnownSpans: Sendable, Hashable {
    /// The whole days that hold all steps.
    let days: Range<Instant>
    /// Where each step begins, and where the last one ends.
    let bounds: [Instant]
    /// Spans of which entries are summed, in order, none next to another; of whole quarters of an hour.
    private(set) var late: [Range<Instant>] = []
    /// Whole days of which nothing was recorded since, and which no step cuts; none next to another.
    private(set) var wholeDays: [Range<Instant>] = []
    /// What is left of the days.
    private(set) var quarters: [Range<Instant>] = []

    /// - Parameters:
    ///   - steps: one behind the other, without gaps; none is empty.
    ///   - days: whole days of UTC that hold them.
    ///   - lateQuarters: beginnings of the quarters of an hour in which something was recorded since, in order.
    init(of steps: [Range<Instant>], within days: Range<Instant>, lateQuarters: [Instant]) {
        self.days = days
        bounds = steps.map(\.lowerBound) + steps.suffix(1).map(\.upperBound)
        for quarter in lateQuarters {
            Self.append(
                quarter..<quarter.advanced(byMicroseconds: RollupKey.bucketMicroseconds), to: &late)
        }
        var cuts = bounds[...]
        var spans = late[...]
        var day = days.lowerBound
        while day < days.upperBound {
            let next = day.advanced(bySeconds: UTCDay.seconds)
            cuts = cuts.drop { $0 <= day }
            spans = spans.drop { $0.upperBound <= day }
            let isCut = cuts.first.map { $0 < next } ?? false
            if !isCut, spans.first.map({ $0.lowerBound >= next }) ?? true {
                Self.append(day..<next, to: &wholeDays)
            } else {
                appendQuarters(of: day..<next, without: spans)
            }
            day = next
        }
    }

    private mutating func appendQuarters(
        of day: Range<Instant>, without spans: ArraySlice<Range<Instant>>
    ) {
        var begin = day.lowerBound
        for span in spans where begin < day.upperBound {
            guard span.lowerBound < day.upperBound else { break }
            if begin < span.lowerBound { Self.append(begin..<span.lowerBound, to: &quarters) }
            begin = max(begin, span.upperBound)
        }
        if begin < day.upperBound { Self.append(begin..<day.upperBound, to: &quarters) }
    }

    /// As part of the last span, where it goes on with it.
    private static func append(_ span: Range<Instant>, to spans: inout [Range<Instant>]) {
        if let last = spans.last, last.upperBound == span.lowerBound {
            spans[spans.count - 1] = last.lowerBound..<span.upperBound
        } else {
            spans.append(span)
        }
    }
}
