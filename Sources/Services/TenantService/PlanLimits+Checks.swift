import API
import Core
import Domain

extension StoredOrganization.Limits {
    /// New events in a day of UTC.
    static let eventsPerDayRange: ClosedRange<Int64> = 1...1_000_000_000_000

    /// What a request says of some limits; 0 is the server's own, nil here, as is what it does not say.
    /// - Throws: `PLAN_LIMIT_OUT_OF_RANGE`.
    init(
        wire limits: PlanLimits?,
        of fields: Set<OrganizationField> = [
            .connectionsMax, .eventsPerDayMax, .callsPerSecondMax,
        ]
    ) throws(ServiceError) {
        let given = limits ?? PlanLimits()
        self.init(
            connectionsMax: try Self.limit(
                Int64(given.connectionsMax), 1...10_000, .connectionsMax, of: fields
            ).map(Int.init),
            eventsPerDayMax: try Self.limit(
                given.eventsPerDayMax, Self.eventsPerDayRange, .eventsPerDayMax, of: fields),
            callsPerSecondMax: try Self.limit(
                Int64(given.callsPerSecondMax), 1...1_000_000, .callsPerSecondMax, of: fields
            ).map(Int.init))
    }

    private static func limit(
        _ value: Int64, _ range: ClosedRange<Int64>, _ field: OrganizationField,
        of fields: Set<OrganizationField>
    ) throws(ServiceError) -> Int64? {
        guard fields.contains(field), value != 0 else { return nil }
        guard range.contains(value) else {
            throw ServiceError(
                .invalidArgument, "PLAN_LIMIT_OUT_OF_RANGE", field: field.rawValue,
                "A limit is \(range.lowerBound) to \(range.upperBound), or 0 for the server's own.")
        }
        return value
    }
}
