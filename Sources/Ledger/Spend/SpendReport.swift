import Core
package import Domain

/// The spend of a window on one basis, and how complete it is.
package struct SpendReport: Sendable {
    /// Within the window; in no particular order.
    package let rows: [SpendRow]
    package let completeness: SpendCompleteness

    package init(rows: [SpendRow], completeness: SpendCompleteness) {
        self.rows = rows
        self.completeness = completeness
    }

    /// Sum per currency: currencies never add up.
    package var totals: [Currency: Money] {
        get throws(ServiceError) {
            var totals: [Currency: Money] = [:]
            for row in rows {
                let before = totals[row.amount.currency] ?? .zero(row.amount.currency)
                totals[row.amount.currency] = try before.adding(row.amount)
            }
            return totals
        }
    }
}
