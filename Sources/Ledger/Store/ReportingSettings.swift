import Core
package import Domain
package import Postgres

/// What cuts an organization's days and months, and what its reports and budgets are in.
package struct ReportingSettings: Sendable {
    package let zone: OrganizationZone
    package let currency: Currency

    /// Reads those of the caller's organization; `ORGANIZATION_NOT_FOUND` where there is none.
    package static func read(
        of organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws -> ReportingSettings {
        let select = SelectReportingSettings(organization: PostgresUUID(organization))
        guard let settings = try await transaction.first(select) else {
            throw ServiceError(
                .notFound, "ORGANIZATION_NOT_FOUND", "There is no such organization.")
        }
        return settings
    }
}

struct SelectReportingSettings: PostgresStatement {
    let organization: PostgresUUID

    static let sql = "SELECT time_zone, reporting_currency FROM organizations WHERE id = $1"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> ReportingSettings {
        ReportingSettings(
            zone: try OrganizationZone(try row.string(0)),
            currency: try Currency(try row.string(1)))
    }
}
