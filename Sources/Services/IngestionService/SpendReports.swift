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

    func spend(_ span: DaySpan, basis: Domain.Basis, call: Call) async throws -> Spend {
        let organization = try call.organizationID
        let now = call.clock.now
        let reader = SpendReader(catalogues: catalogues)
        return try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let bounds = span.bounds(in: settings.zone)
            let report = try await reader.spend(
                transaction, organization: organization, from: bounds.lowerBound,
                through: bounds.upperBound, basis: basis, now: now)
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

/// Sums of one group of rows.
struct SpendSum {
    var picos: Int128 = 0
    var requests: Int64 = 0
    var tokens: Int64 = 0
    var unpricedEntries: Int64 = 0

    mutating func add(_ row: SpendRow) throws(ServiceError) {
        let (sum, overflow) = picos.addingReportingOverflow(row.amount.picos)
        guard !overflow else {
            throw ServiceError(
                .outOfRange, "AMOUNT_OUT_OF_RANGE", "The sum is beyond 128 bits of picos.")
        }
        picos = sum
        requests = requests.addingClamped(row.requests)
        tokens = tokens.addingClamped(row.tokens)
        unpricedEntries = unpricedEntries.addingClamped(row.unpricedEntries)
    }
}
