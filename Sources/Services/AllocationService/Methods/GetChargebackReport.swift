import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

extension Service {
    /// What each unit answers for in one month: read and allocated as of now, in one snapshot.
    ///
    /// A caller who is limited to some units is shown each of those and of the ones below them, for
    /// the days on which it stood there, and what that sums to.
    func getChargebackReport(
        _ request: GetChargebackReportRequest, _ call: Call
    ) async throws -> ChargebackReport {
        let month = try Self.month(request.month)
        let basis = try Domain.Basis(wire: request.basis)
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keysUnlessAway()
        return try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let rules = try await spend.rules(of: organization, in: transaction)
            let view = UnitView(
                try await spend.calendar(
                    of: organization, month: month, zone: settings.zone, in: transaction),
                scope: call.unitScope, today: settings.zone.day(containing: now))
            let window = settings.zone.monthBounds(month)
            let (allocation, completeness) = try await spend.allocate(
                window, of: organization, keys: keys, currency: settings.currency, basis: basis,
                rules: rules?.rules.list ?? [], view: view, now: now, in: transaction)
            let money = { (picos: Int128) in
                Domain.Money(picos: picos, currency: settings.currency)
            }
            var report = ChargebackReport(
                month: Month(month), startTime: Timestamp(window.lowerBound),
                endTime: Timestamp(window.upperBound),
                units: try Self.charges(allocation, view, currency: settings.currency),
                total: API.Money(money(allocation.total)), ruleSetVersion: rules?.version ?? 0)
            if view.isWhole {
                report.unallocated = API.Money(money(allocation.unallocated))
                report.completeness = Completeness(
                    completeness, unallocated: money(allocation.unallocated))
            } else {
                report.completeness = Completeness(ofSomeUnits: completeness)
            }
            return report
        }
    }

    private static func month(_ wire: Month?) throws(ServiceError) -> CivilMonth {
        guard let wire else {
            throw ServiceError(
                .invalidArgument, "MONTH_MISSING", field: "month", "A report is of one month.")
        }
        do throws(ServiceError) {
            return try CivilMonth(wire: wire)
        } catch {
            throw error.within("month")
        }
    }

    /// Every unit that answers for spend on some shown day of the month, by code, as it is on the
    /// last of them.
    private static func charges(
        _ allocation: Allocation, _ view: UnitView, currency: Currency
    ) throws -> [UnitCharge] {
        let (direct, shared, own) = try (allocation.direct, allocation.shared, allocation.own)
        let totals = try allocation.totals(in: view.calendar.trees, where: view.shows)
        let money = { (picos: Int128?) in
            API.Money(Domain.Money(picos: picos ?? 0, currency: currency))
        }
        return try view.units.map { code, details in
            UnitCharge(
                unitCode: code.text, displayName: details.displayName,
                parentCode: details.parent?.text ?? "", direct: money(direct[code]),
                shared: money(shared[code]), own: money(own[code]), total: money(totals[code]))
        }
    }
}
