import Core
import ServiceRuntime

/// A setting of an organization that callers may change, and what the contract calls it.
enum OrganizationField: String, CaseIterable, Sendable {
    case displayName = "display_name"
    case timeZone = "time_zone"
    case reportingCurrency = "reporting_currency"
    case fiscalYearStartMonth = "fiscal_year_start_month"
    case retentionMonths = "retention_months"
    case connectionsMax = "limits.connections_max"
    case eventsPerDayMax = "limits.events_per_day_max"
    case callsPerSecondMax = "limits.calls_per_second_max"

    /// Whether operators change it, and nobody else; the others are the organization's own.
    var isOfPlan: Bool {
        switch self {
        case .connectionsMax, .eventsPerDayMax, .callsPerSecondMax: true
        case .displayName, .timeZone, .reportingCurrency, .fiscalYearStartMonth, .retentionMonths:
            false
        }
    }

    /// Reads an update mask. Checks in order: `UPDATE_MASK_EMPTY`, `UPDATE_MASK_FIELD_UNKNOWN`,
    /// `UPDATE_MASK_FIELD_NOT_ALLOWED`.
    static func mask(
        _ names: [String], byOperator: Bool
    ) throws(ServiceError) -> Set<OrganizationField> {
        let mask: Set<OrganizationField> = try UpdateMask.fields(names)
        for (index, name) in names.enumerated()
        where mask.contains(where: { $0.rawValue == name && $0.isOfPlan != byOperator }) {
            let own = allCases.filter { $0.isOfPlan == byOperator }.map(\.rawValue)
                .joined(separator: ", ")
            throw ServiceError(
                .permissionDenied, "UPDATE_MASK_FIELD_NOT_ALLOWED", field: "update_mask[\(index)]",
                byOperator
                    ? "An organization's owners change \(name); operators change \(own)."
                    : "Who runs this platform changes \(name); owners change \(own).")
        }
        return mask
    }
}
