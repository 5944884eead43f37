import API
import Core
import Postgres
import ServiceRuntime

extension Service {
    /// Changes settings; time zone and reporting currency only while there is no usage, whose days,
    /// months and sums would become others without a word, and the currency only before any budget.
    func updateOrganization(
        _ request: UpdateOrganizationRequest, _ call: Call
    ) async throws -> Organization {
        let change = try OrganizationChange(wire: request, byOperator: call.caller.isOperator)
        return try await edit(request.organization, etag: request.etag, call) {
            organization, transaction in
            let before = organization
            change.apply(to: &organization)
            let field =
                organization.zone != before.zone
                ? "time_zone"
                : organization.reportingCurrency != before.reportingCurrency
                    ? "reporting_currency" : nil
            guard let field else { return }
            // Locked, so that no usage comes in meanwhile.
            let lastEntry = try await transaction.first(
                LockLedgerClock(organization: organization.id))
            guard lastEntry ?? 0 == 0 else {
                throw ServiceError(
                    .failedPrecondition, "ORGANIZATION_HAS_USAGE", field: field,
                    "The organization has usage already, and \(field) decides what its months and "
                        + "sums are. Make another organization for another \(field).")
            }
            guard organization.reportingCurrency != before.reportingCurrency else { return }
            let hasBudgets = try await transaction.first(
                SelectWhetherBudgetsAreThere(organization: organization.id))
            guard hasBudgets == false else {
                throw ServiceError(
                    .failedPrecondition, "ORGANIZATION_HAS_BUDGETS", field: "reporting_currency",
                    "The organization has budgets in \(before.reportingCurrency). Make another "
                        + "organization for another currency.")
            }
        }
    }
}
