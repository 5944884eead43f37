import Core
package import Domain
package import Postgres

/// What cuts an organization's days and months, and what its reports and budgets are in.
package struct ReportingSettings: Sendable {
    package let zone: OrganizationZone
    package let currency: Currency
    /// How many roll-ups commits have added to since they were merged: what each report adds up.
    package let unmergedRollups: Int

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

    static let sql = """
        SELECT time_zone, reporting_currency, (
            SELECT coalesce(max(c.unmerged_rollups), 0) FROM ledger_clocks AS c WHERE c.org_id = $1)
        FROM organizations WHERE id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> ReportingSettings {
        ReportingSettings(
            zone: try OrganizationZone(try row.string(0)),
            currency: try Currency(try row.string(1)), unmergedRollups: try row.int(2))
    }
}
