import API
import Core
import Domain

/// Days of UTC that somebody asks for, both included.
struct ActivityDays: Sendable {
    /// Days from the first to the last at most.
    static let lengthMax = 366
    private static let daySeconds: Int64 = 86_400

    let from: Instant
    /// Behind the last day.
    let through: Instant

    /// - Throws: `DATE_MISSING`, `DATE_INVALID`, `DAYS_REVERSED` or `DAYS_TOO_MANY`.
    init(from: API.Date?, through: API.Date?) throws(ServiceError) {
        let first = try Self.date(from, "from")
        let last = try Self.date(through, "through")
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
        self.from = Instant(seconds: Int64(first.dayNumber) * Self.daySeconds)
        self.through = Instant(seconds: Int64(last.dayNumber + 1) * Self.daySeconds)
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
