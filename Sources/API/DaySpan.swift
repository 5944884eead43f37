package import Core
package import Domain

/// The days that a report is asked for, both included.
package struct DaySpan: Equatable, Sendable {
    /// Days from the first to the last at most.
    package static let lengthMax = 366

    package let first: CivilDate
    package let last: CivilDate

    /// - Throws: `DATE_MISSING`, `DATE_INVALID`, `DAYS_REVERSED` or `DAYS_TOO_MANY`.
    package init(from: Date?, through: Date?) throws(ServiceError) {
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

    package var days: [CivilDate] {
        (first.dayNumber...last.dayNumber).map { CivilDate(dayNumber: $0) }
    }

    /// From the first instant of the first day to the first behind the last.
    package func bounds(in zone: OrganizationZone) -> Range<Instant> {
        zone.dayBounds(first).lowerBound..<zone.dayBounds(last).upperBound
    }

    private static func date(
        _ wire: Date?, _ field: String
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
