package import Core
package import Domain
package import Encryption
package import Ledger
package import Postgres
package import ServiceRuntime

/// Reads an organization's spend and allocates it: what the chargeback report shows, and what
/// budgets are compared with.
package struct AllocatedSpend: Sendable {
    private let reader: SpendReader

    package init(reader: SpendReader) {
        self.reader = reader
    }

    /// The units' effective spend of a month, and of single days for forecasts, as far as it is the
    /// caller's: each unit's on the days on which it stands in the caller's part of the organization.
    package struct UnitSpend: Sendable {
        /// Picos of the month: each unit's own and that of all units below it.
        package let totals: [BusinessUnitCode: Int128]
        /// Picos of the month of all units together.
        package let total: Int128
        /// Picos of each of the days asked for, under the tree of the last. An estimate: a split of
        /// a month has no days.
        package let dailyTotalsEstimate: [BusinessUnitCode: [Int128]]
        /// Picos of each of those days of all units together.
        package let dailyTotalEstimate: [Int128]
        /// What of the month no rule took, in picos; 0 for those who are limited to some units.
        package let unallocated: Int128
        /// Units whose amounts of the month lack days on which they were not the caller's.
        package let partlyShown: Set<BusinessUnitCode>
        /// Units whose daily amounts do, their own or those of a unit below.
        package let partlyShownByDay: Set<BusinessUnitCode>
        package let completeness: SpendCompleteness
    }

    /// - Parameters:
    ///   - keys: the organization's, for rules that ask for users.
    ///   - scope: what of the organization to count.
    ///   - days: for the daily estimates; empty where none is wanted.
    package func unitSpend(
        of organization: OrganizationID, keys: any PersonalFieldKeys, scope: UnitScope,
        zone: OrganizationZone, currency: Currency, month: CivilMonth, days: Range<CivilDate>,
        now: Instant,
        in transaction: PostgresTransaction
    ) async throws -> UnitSpend {
        let rules = try await rules(of: organization, in: transaction)?.rules.list ?? []
        let view = UnitView(
            try await calendar(of: organization, month: month, zone: zone, in: transaction),
            scope: scope, today: zone.day(containing: now))
        let (allocation, completeness) = try await allocate(
            zone.monthBounds(month), of: organization, keys: keys, currency: currency,
            basis: .effective, rules: rules, view: view, now: now, in: transaction)
        let daily = try await daily(
            of: organization, keys: keys, scope: scope, zone: zone, currency: currency, days: days,
            rules: rules, now: now, in: transaction)
        return UnitSpend(
            totals: try allocation.totals(in: view.calendar.trees, where: view.shows),
            total: try allocation.own.values.reduce(0) { sum, own in
                var sum = sum
                try Allocation.add(own, to: &sum)
                return sum
            }, dailyTotalsEstimate: try daily?.totals ?? [:],
            dailyTotalEstimate: try daily?.total ?? [], unallocated: allocation.unallocated,
            partlyShown: try view.partlyShown, partlyShownByDay: daily?.partlyShown ?? [],
            completeness: completeness)
    }

    /// What of a window's spend rules give to single units, as far as it is the caller's.
    /// - Parameters: As of `unitSpend`.
    /// - Throws: `KEYS_DATABASE_UNAVAILABLE` where a rule asks for users, and the keys are away.
    package func directRows(
        of organization: OrganizationID, keys: any PersonalFieldKeys, scope: UnitScope,
        zone: OrganizationZone, days: Range<CivilDate>, now: Instant,
        in transaction: PostgresTransaction
    ) async throws -> DirectSpendRows {
        let rules = try await rules(of: organization, in: transaction)?.rules.list ?? []
        if rules.contains(where: \.asksForUsers) { try keys.mustNotBeAway() }
        let history = try await history(
            of: organization, through: days.upperBound.advanced(byDays: -1), in: transaction)
        return DirectSpendRows(
            rules: rules,
            view: UnitView(
                UnitCalendar(history, days: days, zone: zone), scope: scope,
                today: zone.day(containing: now)))
    }

    /// The rules in force; nil where none was ever set.
    func rules(
        of organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws -> StoredRuleSet? {
        try await transaction.first(SelectAllocationRuleSet(organization: organization))
    }

    /// The trees of a month.
    func calendar(
        of organization: OrganizationID, month: CivilMonth, zone: OrganizationZone,
        in transaction: PostgresTransaction
    ) async throws -> UnitCalendar {
        let history = try await history(of: organization, through: month.lastDay, in: transaction)
        return UnitCalendar(
            history, days: month.firstDay..<month.next.firstDay, zone: zone)
    }

    private func history(
        of organization: OrganizationID, through day: CivilDate,
        in transaction: PostgresTransaction
    ) async throws -> UnitHistory {
        UnitHistory(
            try await transaction.run(
                SelectUnitPlaces(organization: organization, through: day)))
    }

    /// Reads the window, allocates all of it, and answers with what of it is shown; the view's
    /// calendar is that of the window's days.
    /// - Throws: `KEYS_DATABASE_UNAVAILABLE` where a rule asks for users, and the keys are away.
    func allocate(
        _ window: Range<Instant>, of organization: OrganizationID, keys: any PersonalFieldKeys,
        currency: Currency, basis: Basis, rules: [AllocationRule], view: UnitView, now: Instant,
        in transaction: PostgresTransaction
    ) async throws -> (Allocation, SpendCompleteness) {
        if rules.contains(where: \.asksForUsers) { try keys.mustNotBeAway() }
        let report = try await reader.spend(
            transaction, organization: organization, keys: keys, from: window.lowerBound,
            through: window.upperBound, basis: basis, now: now)
        try Self.check(report, currency: currency)
        let allocation = try Allocation(
            rows: report.rows.lazy.map {
                (view.calendar.stretch(of: $0.start), $0.shared.set, $0.amount.picos)
            }, rules: rules, trees: view.calendar.trees)
        return (
            view.isWhole ? allocation : try allocation.part(where: view.shows),
            report.completeness
        )
    }

    /// All days count under the tree of the last: what a unit will spend follows from what those
    /// below it now have spent, wherever they stood then; but a caller who is limited to some units
    /// learns nothing of the days on which one stood elsewhere.
    private func daily(
        of organization: OrganizationID, keys: any PersonalFieldKeys, scope: UnitScope,
        zone: OrganizationZone, currency: Currency, days: Range<CivilDate>, rules: [AllocationRule],
        now: Instant,
        in transaction: PostgresTransaction
    ) async throws -> DailyAllocationEstimate? {
        guard !days.isEmpty else { return nil }
        let first = days.lowerBound.dayNumber
        let history = try await history(
            of: organization, through: days.upperBound.advanced(byDays: -1), in: transaction)
        let view = UnitView(
            UnitCalendar(history, days: days, zone: zone), scope: scope,
            today: zone.day(containing: now))
        let report = try await reader.spend(
            transaction, organization: organization, keys: keys,
            from: zone.dayBounds(days.lowerBound).lowerBound,
            through: zone.dayBounds(days.upperBound).lowerBound, basis: .effective, now: now)
        try Self.check(report, currency: currency)
        return try DailyAllocationEstimate(
            rows: report.rows.lazy.map { row in
                let day = zone.day(containing: row.start).dayNumber - first
                return (day, row.shared.set, row.amount.picos)
            }, rules: rules, view: view)
    }

    /// Currencies never add up, and there are no conversions yet: a report that would leave an
    /// amount out is refused.
    private static func check(_ report: SpendReport, currency: Currency) throws(ServiceError) {
        guard let other = report.rows.first(where: { $0.amount.currency != currency }) else {
            return
        }
        throw ServiceError(
            .failedPrecondition, "CURRENCY_CONVERSION_MISSING",
            "There is spend in \(other.amount.currency), which cannot be converted to "
                + "\(currency) yet.")
    }
}
