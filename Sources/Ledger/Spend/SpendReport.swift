import Core
package import Domain

/// The spend of a window on one basis, and how complete it is.
package struct SpendReport: Sendable {
    /// Within the window; in no particular order.
    package let rows: [SpendRow]
    package let completeness: SpendCompleteness
    /// What events came to whose calls another source had told of: part of no sum.
    package let suppressed: [SpendRow]

    package init(
        rows: [SpendRow], completeness: SpendCompleteness, suppressed: [SpendRow] = []
    ) {
        self.rows = rows
        self.completeness = completeness
        self.suppressed = suppressed
    }

    /// Of the rows that pass: what has no price is counted of them, the sources stay.
    package func filtered(_ passes: (SpendRow) -> Bool) -> SpendReport {
        let rows = rows.filter(passes)
        var completeness = completeness
        completeness.unpricedEntries = Self.unpricedEntries(rows)
        completeness.unpricedTokens = Self.unpricedTokens(rows)
        return SpendReport(
            rows: rows, completeness: completeness, suppressed: suppressed.filter(passes))
    }

    static func unpricedEntries(_ rows: [SpendRow]) -> Int64 {
        rows.reduce(0) { $0.addingClamped($1.unpricedEntries) }
    }

    static func unpricedTokens(_ rows: [SpendRow]) -> Int64 {
        rows.reduce(0) { $0.addingClamped($1.unpricedTokens) }
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
