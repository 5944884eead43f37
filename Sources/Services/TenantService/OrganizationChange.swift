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
        fiscalYearStartMonth =
            try mask.contains(.fiscalYearStartMonth)
            ? Self.fiscalYearStartMonth(request.fiscalYearStartMonth) : 0
        retentionMonths =
            try mask.contains(.retentionMonths)
            ? Self.retentionMonths(request.retentionMonths) : 0
        limits = try StoredOrganization.Limits(wire: request.limits, of: mask)
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

    /// - Throws: `FISCAL_YEAR_START_MONTH_OUT_OF_RANGE`.
    static func fiscalYearStartMonth(_ month: Int32) throws(ServiceError) -> Int {
        guard (1...12).contains(month) else {
            throw ServiceError(
                .invalidArgument, "FISCAL_YEAR_START_MONTH_OUT_OF_RANGE",
                field: "fiscal_year_start_month", "A month is 1 to 12.")
        }
        return Int(month)
    }

    /// - Throws: `RETENTION_MONTHS_OUT_OF_RANGE`.
    static func retentionMonths(_ months: Int32) throws(ServiceError) -> Int {
        guard months == 0 || UsageRetention.monthsRange.contains(Int(months)) else {
            throw ServiceError(
                .invalidArgument, "RETENTION_MONTHS_OUT_OF_RANGE", field: "retention_months",
                "Usage is kept for 13 to 1200 months, or, with 0, for ever.")
        }
        return Int(months)
    }
}
