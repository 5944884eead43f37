import API
import Core
import Domain
import Ledger

/// What the rows of a summary are told apart by, in order.
struct UsageBreakdown: Sendable {
    static let partsMax = 6

    enum Part: Hashable, Sendable {
        case dimension(UsageDimension)
        case day
        case week
        case month
    }

    let parts: [Part]

    /// Attributes of calls that it tells apart.
    var attributes: Set<CallAttribute> {
        Set(
            parts.compactMap { part in
                if case .dimension(.call(let attribute)) = part { attribute } else { nil }
            })
    }

    var tellsUsersApart: Bool { parts.contains(.dimension(.named(.user))) }

    /// How far it tells times apart; nil: not at all. A week may have days of two months.
    var unit: TrendSteps.Unit? {
        if parts.contains(.day) || (parts.contains(.week) && parts.contains(.month)) { return .day }
        return parts.contains(.week) ? .week : parts.contains(.month) ? .month : nil
    }

    /// - Throws: `BREAKDOWNS_TOO_MANY`, `DUPLICATE_BREAKDOWN`, and as `UsageDimension`.
    init(wire: [String]) throws(ServiceError) {
        guard wire.count <= Self.partsMax else {
            throw ServiceError(
                .invalidArgument, "BREAKDOWNS_TOO_MANY", field: "breakdowns",
                "Rows are told apart by at most \(Self.partsMax).")
        }
        var parts: [Part] = []
        for (index, text) in wire.enumerated() {
            let part: Part
            do throws(ServiceError) {
                part = try Self.part(text)
            } catch {
                throw error.within("breakdowns[\(index)]")
            }
            guard !parts.contains(part) else {
                throw ServiceError(
                    .invalidArgument, "DUPLICATE_BREAKDOWN", field: "breakdowns[\(index)]",
                    "Give each breakdown once.")
            }
            parts.append(part)
        }
        self.parts = parts
    }

    private static func part(_ text: String) throws(ServiceError) -> Part {
        switch text {
        case "day": .day
        case "week": .week
        case "month": .month
        default: .dimension(try UsageDimension(text, ofCalls: true))
        }
    }

    /// The values of rows, one a part.
    struct Reader {
        private let parts: [Part]
        private let days: TrendSteps
        /// One a day of the span.
        private let texts: [Part: [ExactText]]

        init(_ breakdown: UsageBreakdown, span: DaySpan, zone: OrganizationZone) {
            parts = breakdown.parts
            days = TrendSteps(span, by: .day, zone: zone)
            var texts: [Part: [ExactText]] = [:]
            for part in parts {
                switch part {
                case .dimension: continue
                case .day: texts[part] = span.days.map { ExactText("\($0)") }
                case .week: texts[part] = span.days.map { ExactText("\($0.monday)") }
                case .month: texts[part] = span.days.map { ExactText("\($0.monthOfYear)") }
                }
            }
            self.texts = texts
        }

        /// `SPEND_OUTSIDE_OF_DAYS` where the row lies in none of the days.
        func values(of row: SpendRow) throws(ServiceError) -> [UsageValue] {
            let day = try texts.isEmpty ? 0 : days.index(of: row.start)
            return parts.map { part in
                if case .dimension(let dimension) = part {
                    return dimension.value(of: row)
                }
                return texts[part].map { .value($0[day]) } ?? .absent
            }
        }
    }
}

extension CivilDate {
    /// The Monday of its week.
    var monday: CivilDate {
        // 1970-01-01 was a Thursday.
        CivilDate(dayNumber: dayNumber - (dayNumber + 3) % 7)
    }
}
