package import Core
import Domain

/// Compares the bill of one account with its provider's usage and its events, cell by cell and day by day:
/// pure.
///
/// The rules stand in `Ledger.docc`. Rows must cover whole UTC days.
package struct Reconciler: Sendable {
    private let calculator: CostCalculator

    /// - Parameter calculator: the prices that the organization pays, its overrides included.
    package init(calculator: CostCalculator) {
        self.calculator = calculator
    }

    /// - Parameter rows: of any connections; those of others are left out.
    /// - Throws: as `reconcile` of an account.
    package func reconcile(
        _ rows: [RollupRow], of reading: ConnectionReading, now: Instant
    ) throws(ServiceError) -> Reconciliation {
        try reconcile(rows, of: AccountReading(members: [reading]), now: now)
    }

    /// - Parameter rows: of any connections; those of other accounts are left out.
    /// - Throws: `CURRENCY_CONVERSION_MISSING` where the bill is in another currency than the price catalogue;
    ///   `AMOUNT_OUT_OF_RANGE` where a sum is beyond 128 bits.
    func reconcile(
        _ rows: [RollupRow], of account: AccountReading, now: Instant
    ) throws(ServiceError) -> Reconciliation {
        let members = Set(account.members.map(\.id))
        let rows = rows.filter {
            $0.kind != .suppressed && $0.dimensions.connectionID.map(members.contains) ?? false
        }
        var days: [CellDay] = []
        for (utcDay, rows) in Dictionary(grouping: rows, by: \.utcDay) {
            let told = account.day(utcDay, rows, basis: .billed, now: now)
            let day = DayCells(
                utcDay: utcDay, rows: EffectiveCost.ordered(told.rows),
                isFinal: told.isBillFinal)
            days += try day.cells(calculator)
        }
        return try Reconciliation(
            BillComparison(days).differences(),
            hasEvents: rows.contains { $0.kind == .event }, currency: .usd)
    }
}
