import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

extension Service {
    /// What each unit answers for in one month: read and allocated as of now, in one snapshot.
    ///
    /// A caller who is limited to some units is shown those, with their total for the organization's.
    func getChargebackReport(
        _ request: GetChargebackReportRequest, _ call: Call
    ) async throws -> ChargebackReport {
        let month = try Self.month(request.month)
        let basis = try Domain.Basis(wire: request.basis)
        let organization = try call.organizationID
        let now = call.clock.now
        return try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let rules = try await spend.rules(of: organization, in: transaction)
            let calendar = try await spend.calendar(
                of: organization, month: month, zone: settings.zone, in: transaction)
            let visible = try await call.visibleUnits(on: month.lastDay, in: transaction)
            let window = settings.zone.monthBounds(month)
            let (allocation, completeness) = try await spend.allocate(
                window, of: organization, currency: settings.currency, basis: basis,
                rules: rules?.rules.list ?? [], calendar: calendar, now: now, in: transaction)
            let money = { (picos: Int128) in
                Domain.Money(picos: picos, currency: settings.currency)
            }
            var report = ChargebackReport(
                month: Month(month), startTime: Timestamp(window.lowerBound),
                endTime: Timestamp(window.upperBound),
                units: try Self.charges(allocation, calendar, currency: settings.currency),
                ruleSetVersion: rules?.version ?? 0)
            if let visible {
                report.units = report.units.compactMap { Self.charge($0, seenBy: visible) }
                report.total = API.Money(
                    money(try Self.total(of: visible, allocation, calendar)))
                report.completeness = Completeness(completeness)
            } else {
                report.total = API.Money(money(allocation.total))
                report.unallocated = API.Money(money(allocation.unallocated))
                report.completeness = Completeness(
                    completeness, unallocated: money(allocation.unallocated))
            }
            return report
        }
    }

    /// A unit's charge as callers who see only `visible` are shown it; nil where they are not.
    private static func charge(_ charge: UnitCharge, seenBy visible: VisibleUnits) -> UnitCharge? {
        guard visible.contains(charge.unitCode) else { return nil }
        var charge = charge
        if visible.isTop(charge.unitCode) { charge.parentCode = "" }
        return charge
    }

    private static func total(
        of visible: VisibleUnits, _ allocation: Allocation, _ calendar: UnitCalendar
    ) throws(ServiceError) -> Int128 {
        let totals = try allocation.totals(in: calendar.trees)
        var sum: Int128 = 0
        for unit in visible.tops { try Allocation.add(totals[unit] ?? 0, to: &sum) }
        return sum
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

    /// Every unit that answers for spend on some day of the month, by code, as it is on the last of
    /// them.
    private static func charges(
        _ allocation: Allocation, _ calendar: UnitCalendar, currency: Currency
    ) throws(ServiceError) -> [UnitCharge] {
        let own = try allocation.own
        let totals = try allocation.totals(in: calendar.trees)
        let money = { (picos: Int128?) in
            API.Money(Domain.Money(picos: picos ?? 0, currency: currency))
        }
        return calendar.units.map { code, details in
            UnitCharge(
                unitCode: code.text, displayName: details.displayName,
                parentCode: details.parent?.text ?? "", direct: money(allocation.direct[code]),
                shared: money(allocation.shared[code]), own: money(own[code]),
                total: money(totals[code]))
        }
    }
}
