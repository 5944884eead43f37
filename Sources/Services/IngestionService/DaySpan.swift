import API
import Core
import Domain

/// The days that a report is asked for, both included.
struct DaySpan: Equatable {
    /// Days from the first to the last at most.
    static let lengthMax = 366

    let first: CivilDate
    let last: CivilDate

    /// - Throws: `DATE_MISSING`, `DATE_INVALID`, `DAYS_REVERSED` or `DAYS_TOO_MANY`.
    init(from: API.Date?, through: API.Date?) throws(ServiceError) {
        first = try Self.date(from, "from")
        last = try Self.date(through, "through")
        guard first <= last else {
            throw ServiceError(
                .invalidArgument, "DAYS_REVERSED", field: "through",
                "The last day is before the first.")
        }
        guard last.dayNumber - first.dayNumber <= Self.lengthMax else {
            throw ServiceError(
                .invalidArgument, "DAYS_TOO_MANY", field: "through",
                "The last day is at most \(Self.lengthMax) days after the first.")
        }
    }

    var days: [CivilDate] {
        (first.dayNumber...last.dayNumber).map { CivilDate(dayNumber: $0) }
    }

    /// From the first instant of the first day to the first behind the last.
    func bounds(in zone: OrganizationZone) -> Range<Instant> {
        zone.dayBounds(first).lowerBound..<zone.dayBounds(last).upperBound
    }

    private static func date(
        _ wire: API.Date?, _ field: String
    ) throws(ServiceError) -> CivilDate {
        guard let wire else {
            throw ServiceError(
                .invalidArgument, "DATE_MISSING", field: field, "Give the first and last day.")
        }
        do throws(ServiceError) {
            return try CivilDate(wire: wire)
        } catch {
            throw error.within(field)
        }
    }
}
