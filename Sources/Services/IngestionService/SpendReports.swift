import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

/// Reads the spend of a span of days for one call.
struct SpendReports: Sendable {
    let catalogues: PriceCatalogueStore

    struct Spend: Sendable {
        let zone: OrganizationZone
        /// The one currency that all amounts are in.
        let currency: Currency
        let report: SpendReport
    }

    /// - Parameters:
    ///   - unit: how far the caller tells times apart; nil: not at all.
    ///   - needsUsers: whether the report depends on users: then it waits for the organization's keys, and
    ///     without them is none.
    ///   - filter: what the report is of. A bill is shared out before: what passes is the same as without
    ///     a filter.
    func spend(
        _ span: DaySpan, by unit: TrendSteps.Unit? = nil, basis: Domain.Basis,
        needsUsers: Bool = false, filter: SpendFilter = .none, call: Call
    ) async throws -> Spend {
        let organization = try call.organizationID
        let now = call.clock.now
        let reader = SpendReader(catalogues: catalogues)
        let keys = try await call.keysUnlessAway()
        if needsUsers || filter.asksForUsers { try keys.mustNotBeAway() }
        return try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let bounds = span.bounds(in: settings.zone)
            let steps =
                unit.map { TrendSteps(span, by: $0, zone: settings.zone).steps.map(\.bounds) }
                ?? [bounds]
            var report = try await reader.spend(
                transaction, organization: organization, keys: keys, from: bounds.lowerBound,
                through: bounds.upperBound, by: steps, basis: basis, now: now)
            if !filter.isNone { report = report.filtered { filter.passes($0.dimensions) } }
            return Spend(
                zone: settings.zone,
                currency: try Self.currency(of: report.rows, preferred: settings.currency),
                report: report)
        }
    }

    /// The currency of the rows: no total adds two of them.
    static func currency(
        of rows: [SpendRow], preferred: Currency
    ) throws(ServiceError) -> Currency {
        let found = Set(rows.filter { $0.amount.picos != 0 }.map(\.amount.currency))
        guard found.count < 2 else {
            throw ServiceError(
                .failedPrecondition, "CURRENCY_CONVERSION_MISSING",
                "The spend is in several currencies, and no rates to convert them are known yet.")
        }
        return found.first ?? preferred
    }
}
