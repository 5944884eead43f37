import API
import Domain
import Testing

@testable import TenantService

@Suite struct NewOrganizationTests {
    private static let valid = CreateOrganizationRequest(
        slug: "northwind", displayName: "Northwind", timeZone: "Europe/Berlin",
        reportingCurrency: "EUR", ownerEmail: "owner@northwind.example")

    private static func request(
        _ change: (inout CreateOrganizationRequest) -> Void
    ) -> CreateOrganizationRequest {
        var request = valid
        change(&request)
        return request
    }

    @Test(arguments: [
        ("a", ""),
        ("0-9", ""),
        (String(repeating: "a", count: 63), ""),
        ("", "ORGANIZATION_SLUG_MALFORMED slug"),
        (String(repeating: "a", count: 64), "ORGANIZATION_SLUG_MALFORMED slug"),
        ("-a", "ORGANIZATION_SLUG_MALFORMED slug"),
        ("a-", "ORGANIZATION_SLUG_MALFORMED slug"),
        ("Northwind", "ORGANIZATION_SLUG_MALFORMED slug"),
        ("north_wind", "ORGANIZATION_SLUG_MALFORMED slug"),
        ("nörth", "ORGANIZATION_SLUG_MALFORMED slug"),
        ("a\u{0}", "ORGANIZATION_SLUG_MALFORMED slug"),
        ("a\n", "ORGANIZATION_SLUG_MALFORMED slug"),
    ])
    func slugsFitAddresses(_ slug: String, _ expected: String) {
        let request = Self.request { $0.slug = slug }
        #expect(reason { _ = try NewOrganization(wire: request) } == expected)
    }

    @Test(arguments: [
        ("UTC", ""),
        ("America/Argentina/Buenos_Aires", ""),
        ("", "TIME_ZONE_REQUIRED time_zone"),
        ("CET", "TIME_ZONE_UNKNOWN time_zone"),
        ("GMT+3", "TIME_ZONE_UNKNOWN time_zone"),
        ("+01:00", "TIME_ZONE_UNKNOWN time_zone"),
        ("Europe/Atlantis", "TIME_ZONE_UNKNOWN time_zone"),
        ("../../etc/localtime", "TIME_ZONE_UNKNOWN time_zone"),
        ("Europe/../Europe/Berlin", "TIME_ZONE_UNKNOWN time_zone"),
        ("right/Europe/Berlin", "TIME_ZONE_UNKNOWN time_zone"),
        ("europe/berlin", "TIME_ZONE_UNKNOWN time_zone"),
        ("Europe/Berlin\u{0}", "TIME_ZONE_UNKNOWN time_zone"),
    ])
    func zonesAreNamesWithRules(_ zone: String, _ expected: String) {
        let request = Self.request { $0.timeZone = zone }
        #expect(reason { _ = try NewOrganization(wire: request) } == expected)
    }

    @Test func fieldsAreCheckedInTheirOrder() {
        var request = CreateOrganizationRequest(
            reportingCurrency: "euro", fiscalYearStartMonth: 13, retentionMonths: 12,
            limits: PlanLimits(
                connectionsMax: -1, eventsPerDayMax: -1, callsPerSecondMax: 1_000_001))
        var reasons: [String] = []
        let repairs: [(inout CreateOrganizationRequest) -> Void] = [
            { $0.slug = "a" }, { $0.displayName = "A" }, { $0.timeZone = "UTC" },
            { $0.reportingCurrency = "" }, { $0.ownerEmail = "a@example.com" },
            { $0.fiscalYearStartMonth = 0 }, { $0.retentionMonths = 0 },
            { $0.limits?.connectionsMax = 0 }, { $0.limits?.eventsPerDayMax = 0 },
            { $0.limits?.callsPerSecondMax = 1_000_000 },
        ]
        for repair in repairs {
            reasons.append(reason { _ = try NewOrganization(wire: request) })
            repair(&request)
        }
        reasons.append(reason { _ = try NewOrganization(wire: request) })
        #expect(
            reasons == [
                "ORGANIZATION_SLUG_MALFORMED slug", "DISPLAY_NAME_REQUIRED display_name",
                "TIME_ZONE_REQUIRED time_zone", "CURRENCY_MALFORMED reporting_currency",
                "EMAIL_REQUIRED owner_email",
                "FISCAL_YEAR_START_MONTH_OUT_OF_RANGE fiscal_year_start_month",
                "RETENTION_MONTHS_OUT_OF_RANGE retention_months",
                "PLAN_LIMIT_OUT_OF_RANGE limits.connections_max",
                "PLAN_LIMIT_OUT_OF_RANGE limits.events_per_day_max",
                "PLAN_LIMIT_OUT_OF_RANGE limits.calls_per_second_max", "",
            ])
    }

    @Test func dollarsAreTheDefault() throws {
        let request = Self.request { $0.reportingCurrency = "" }
        #expect(try NewOrganization(wire: request).reportingCurrency == .usd)
        #expect(try NewOrganization(wire: Self.valid).reportingCurrency == .eur)
    }
}
