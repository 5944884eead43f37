package import Core
package import Domain
package import Ledger
package import Postgres

/// Reads an organization's spend and allocates it: what the chargeback report shows, and what
/// budgets are compared with.
package struct AllocatedSpend: Sendable {
    private let reader: SpendReader

    package init(reader: SpendReader) {
        self.reader = reader
    }

    /// The units' effective spend of a month, and of single days for forecasts.
    package struct UnitSpend: Sendable {
        /// Picos of the month: each unit's own and that of all units below it.
        package let totals: [BusinessUnitCode: Int128]
        /// Picos of each of the days asked for, the same way. An estimate: a split of a month has
        /// no days.
        package let dailyTotalsEstimate: [BusinessUnitCode: [Int128]]
        /// What of the month no rule took, in picos.
        package let unallocated: Int128
        package let completeness: SpendCompleteness
    }

    /// - Parameter days: for the daily estimates; empty where none is wanted.
    package func unitSpend(
        of organization: OrganizationID, zone: OrganizationZone, currency: Currency,
        month: CivilMonth, days: Range<CivilDate>, now: Instant,
        in transaction: PostgresTransaction
    ) async throws -> UnitSpend {
        let rules = try await rules(of: organization, in: transaction)
        let tree = try await tree(of: organization, in: transaction)
        let window = zone.monthBounds(month)
        let (allocation, completeness) = try await allocate(
            window, of: organization, currency: currency, basis: .effective,
            rules: rules?.rules.list ?? [], now: now, in: transaction)
        let daily = try await dailyTotals(
            of: organization, zone: zone, currency: currency, days: days,
            rules: rules?.rules.list ?? [], tree: tree, now: now, in: transaction)
        return UnitSpend(
            totals: try tree.totals(of: try allocation.own), dailyTotalsEstimate: daily,
            unallocated: allocation.unallocated, completeness: completeness)
    }

    /// The rules in force; nil where none was ever set.
    func rules(
        of organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws -> StoredRuleSet? {
        try await transaction.first(SelectAllocationRuleSet(organization: organization))
    }

    func tree(
        of organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws -> UnitTree {
        UnitTree(try await transaction.run(SelectBusinessUnits(organization: organization)))
    }

    /// Reads the window and allocates all of it.
    func allocate(
        _ window: Range<Instant>, of organization: OrganizationID, currency: Currency,
        basis: Basis, rules: [AllocationRule], now: Instant, in transaction: PostgresTransaction
    ) async throws -> (Allocation, SpendCompleteness) {
        let report = try await reader.spend(
            transaction, organization: organization, from: window.lowerBound,
            through: window.upperBound, basis: basis, now: now)
        try Self.check(report, currency: currency)
        let allocation = try Allocation(
            rows: report.rows.lazy.map { ($0.dimensions, $0.amount.picos) }, rules: rules)
        return (allocation, report.completeness)
    }

    private func dailyTotals(
        of organization: OrganizationID, zone: OrganizationZone, currency: Currency,
        days: Range<CivilDate>, rules: [AllocationRule], tree: UnitTree, now: Instant,
        in transaction: PostgresTransaction
    ) async throws -> [BusinessUnitCode: [Int128]] {
        guard !days.isEmpty else { return [:] }
        let first = days.lowerBound.dayNumber
        let report = try await reader.spend(
            transaction, organization: organization,
            from: zone.dayBounds(days.lowerBound).lowerBound,
            through: zone.dayBounds(days.upperBound).lowerBound, basis: .effective, now: now)
        try Self.check(report, currency: currency)
        let estimate = try DailyAllocationEstimate(
            rows: report.rows.lazy.map { row in
                let day = zone.day(containing: row.start).dayNumber - first
                return (day, row.dimensions, row.amount.picos)
            }, dayCount: days.upperBound.dayNumber - first, rules: rules)
        return try estimate.totals(in: tree)
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
