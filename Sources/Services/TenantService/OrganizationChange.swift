import API
import Core
import Domain

/// New settings of an organization, checked as far as they can be without it.
struct OrganizationChange: Sendable {
    private let mask: Set<OrganizationField>
    private let displayName: String
    private let zone: String
    private let reportingCurrency: String
    private let fiscalYearStartMonth: Int
    private let retentionMonths: Int
    private let limits: StoredOrganization.Limits

    /// Checks the mask, then the fields of it in the order of the contract.
    init(wire request: UpdateOrganizationRequest, byOperator: Bool) throws(ServiceError) {
        mask = try OrganizationField.mask(request.updateMask, byOperator: byOperator)
        displayName =
            mask.contains(.displayName) ? try DisplayName(request.displayName).text : ""
        zone = mask.contains(.timeZone) ? try Self.zone(request.timeZone) : ""
        reportingCurrency =
            mask.contains(.reportingCurrency) ? try Self.currency(request.reportingCurrency) : ""
        fiscalYearStartMonth = Int(request.fiscalYearStartMonth)
        guard !mask.contains(.fiscalYearStartMonth) || (1...12).contains(fiscalYearStartMonth)
        else {
            throw ServiceError(
                .invalidArgument, "FISCAL_YEAR_START_MONTH_OUT_OF_RANGE",
                field: "fiscal_year_start_month", "A month is 1 to 12.")
        }
        retentionMonths = Int(request.retentionMonths)
        guard
            !mask.contains(.retentionMonths) || retentionMonths == 0
                || UsageRetention.monthsRange.contains(retentionMonths)
        else {
            throw ServiceError(
                .invalidArgument, "RETENTION_MONTHS_OUT_OF_RANGE", field: "retention_months",
                "Usage is kept for 13 to 1200 months, or, with 0, for ever.")
        }
        let given = request.limits ?? PlanLimits()
        limits = StoredOrganization.Limits(
            connectionsMax: try Self.limit(
                Int64(given.connectionsMax), 1...10_000, .connectionsMax, of: mask
            ).map(Int.init),
            eventsPerDayMax: try Self.limit(
                given.eventsPerDayMax, 1...1_000_000_000_000, .eventsPerDayMax, of: mask),
            callsPerSecondMax: try Self.limit(
                Int64(given.callsPerSecondMax), 1...1_000_000, .callsPerSecondMax, of: mask
            ).map(Int.init))
    }

    /// The fields of the mask change, the others stay.
    func apply(to organization: inout StoredOrganization) {
        for field in mask {
            switch field {
            case .displayName: organization.displayName = displayName
            case .timeZone: organization.zone = zone
            case .reportingCurrency: organization.reportingCurrency = reportingCurrency
            case .fiscalYearStartMonth: organization.fiscalYearStartMonth = fiscalYearStartMonth
            case .retentionMonths: organization.retentionMonths = retentionMonths
            case .connectionsMax: organization.limits.connectionsMax = limits.connectionsMax
            case .eventsPerDayMax: organization.limits.eventsPerDayMax = limits.eventsPerDayMax
            case .callsPerSecondMax:
                organization.limits.callsPerSecondMax = limits.callsPerSecondMax
            }
        }
    }

    private static func zone(_ name: String) throws(ServiceError) -> String {
        try ServiceError.naming("time_zone") { () throws(ServiceError) in
            try OrganizationZone(name).identifier
        }
    }

    private static func currency(_ code: String) throws(ServiceError) -> String {
        try ServiceError.naming("reporting_currency") { () throws(ServiceError) in
            try Currency(code).code
        }
    }

    /// Nil for 0, which is the server's own limit, and for what does not change.
    private static func limit(
        _ value: Int64, _ range: ClosedRange<Int64>, _ field: OrganizationField,
        of mask: Set<OrganizationField>
    ) throws(ServiceError) -> Int64? {
        guard mask.contains(field), value != 0 else { return nil }
        guard range.contains(value) else {
            throw ServiceError(
                .invalidArgument, "PLAN_LIMIT_OUT_OF_RANGE", field: field.rawValue,
                "A limit is \(range.lowerBound) to \(range.upperBound), or 0 for the server's own.")
        }
        return value
    }
}
