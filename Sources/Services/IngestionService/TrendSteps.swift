import API
import Core
import Domain

/// The hours, days, weeks or months of a span, one behind the other.
struct TrendSteps: Sendable {
    enum Unit: Hashable, Sendable, CaseIterable {
        case hour
        case day
        case week
        case month

        /// `TREND_STEP_UNKNOWN` for a step that we do not know.
        init(wire: API.TrendStep) throws(ServiceError) {
            switch wire {
            case .unspecified, .day: self = .day
            case .hour: self = .hour
            case .week: self = .week
            case .month: self = .month
            default:
                throw ServiceError(
                    .invalidArgument, "TREND_STEP_UNKNOWN", field: "step",
                    "A step is an hour, a day, a week or a month.")
            }
        }
    }

    struct Step: Hashable, Sendable {
        /// The day that it begins in.
        let date: CivilDate
        var bounds: Range<Instant>
    }

    /// By the hour: days from the first to the last at most.
    static let hourlyLengthMax = 30

    let steps: [Step]

    init(_ span: DaySpan, by unit: Unit, zone: OrganizationZone) {
        var steps: [Step] = []
        for day in span.days {
            let bounds = zone.dayBounds(day)
            let isNew =
                switch unit {
                case .hour, .day: true
                case .week: steps.isEmpty || day == day.monday
                case .month: steps.isEmpty || day.day == 1
                }
            if unit == .hour {
                steps += zone.hourBounds(day).map { Step(date: day, bounds: $0) }
            } else if isNew {
                steps.append(Step(date: day, bounds: bounds))
            } else {
                let last = steps.count - 1
                steps[last].bounds = steps[last].bounds.lowerBound..<bounds.upperBound
            }
        }
        self.steps = steps
    }

    /// Which of them holds the instant; `SPEND_OUTSIDE_OF_DAYS` where none does.
    func index(of instant: Instant) throws(ServiceError) -> Int {
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].bounds.upperBound <= instant {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < steps.count, steps[low].bounds.contains(instant) else {
            throw ServiceError(
                .internal, "SPEND_OUTSIDE_OF_DAYS",
                "Spend of the report lies in none of its days.")
        }
        return low
    }
}

extension DaySpan {
    /// `DAYS_TOO_MANY_FOR_HOURS` where it has more hours than a trend shows.
    func check(_ unit: TrendSteps.Unit) throws(ServiceError) {
        let length = last.dayNumber - first.dayNumber
        guard unit != .hour || length <= TrendSteps.hourlyLengthMax else {
            throw ServiceError(
                .invalidArgument, "DAYS_TOO_MANY_FOR_HOURS", field: "through",
                "By the hour, the last day is at most \(TrendSteps.hourlyLengthMax) days after the "
                    + "first; ask for fewer days, or for days.")
        }
    }
}
