import API
import Core
import Domain

/// An organization to create, checked.
struct NewOrganization: Sendable {
    let slug: OrganizationSlug
    let displayName: DisplayName
    let zone: OrganizationZone
    let reportingCurrency: Currency
    let ownerEmail: EmailAddress
    let fiscalYearStartMonth: Int
    let retentionMonths: Int
    let limits: StoredOrganization.Limits

    /// Checks the fields in their order; a missing zone is `TIME_ZONE_REQUIRED`.
    init(wire request: CreateOrganizationRequest) throws(ServiceError) {
        slug = try OrganizationSlug(request.slug)
        displayName = try DisplayName(request.displayName)
        guard !request.timeZone.isEmpty else {
            throw ServiceError(
                .invalidArgument, "TIME_ZONE_REQUIRED", field: "time_zone",
                "Give the IANA time zone that cuts days and months, such as Europe/Berlin.")
        }
        zone = try ServiceError.naming("time_zone") { () throws(ServiceError) in
            try OrganizationZone(request.timeZone)
        }
        let currency = request.reportingCurrency
        reportingCurrency =
            try currency.isEmpty
            ? .usd
            : ServiceError.naming("reporting_currency") { () throws(ServiceError) in
                try Currency(currency)
            }
        ownerEmail = try ServiceError.naming("owner_email") { () throws(ServiceError) in
            try EmailAddress(request.ownerEmail)
        }
        fiscalYearStartMonth =
            try request.fiscalYearStartMonth == 0
            ? 1 : OrganizationChange.fiscalYearStartMonth(request.fiscalYearStartMonth)
        retentionMonths = try OrganizationChange.retentionMonths(request.retentionMonths)
        limits = try StoredOrganization.Limits(wire: request.limits)
    }
}
