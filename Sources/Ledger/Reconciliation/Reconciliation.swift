import Core
package import Domain

/// What a connection's bill, its provider's usage and its events came to, and what the differences are: no
/// part of them is left out, and none stands twice.
///
/// For each row, in picos: `billed - usage` is the sum of its causes of the bill, and where there are events
/// `usage - events` that of the others.
package struct Reconciliation: Sendable {
    /// One UTC day of one model, or of a line of the bill that names no usage.
    package struct Row: Hashable, Sendable {
        package let day: CivilDate
        /// Empty where the bill's line names none.
        package let model: String
        /// The bill's own words for a line that no usage stands for; empty for all others.
        package let lineItem: String
        /// Whether the day's bill will not change any more.
        package let isFinal: Bool
        package fileprivate(set) var figures = Figures()
    }

    /// Picos of one currency.
    package struct Figures: Hashable, Sendable {
        package fileprivate(set) var billed: Int128 = 0
        /// The provider's usage at the organization's prices; what has no price counts nothing.
        package fileprivate(set) var usage: Int128 = 0
        /// The events' quantities at the organization's prices.
        package fileprivate(set) var events: Int128 = 0
        /// Those that are not 0.
        package fileprivate(set) var causes: [ReconciliationCause: Int128] = [:]
    }

    /// By day, model and line.
    package let rows: [Row]
    package let total: Figures
    /// Whether any event of the connection was recorded for these days; where none was, nothing is said of
    /// events.
    package let hasEvents: Bool
    package let currency: Currency
    /// Of all rows, what is unexplained, each without its sign.
    package let unexplained: Int128

    /// - Parameters:
    ///   - differences: of cells and days.
    /// - Throws: `AMOUNT_OUT_OF_RANGE` where a sum is beyond 128 bits.
    init(
        _ differences: [CellDifference], hasEvents: Bool, currency: Currency
    ) throws(ServiceError) {
        struct Key: Hashable {
            let day: Int64
            let model: ExactText
            let lineItem: ExactText
        }
        var rows: [Key: Row] = [:]
        var total = Figures()
        var unexplained: Int128 = 0
        for difference in differences {
            let day = difference.day
            let key = Key(day: day.utcDay, model: day.cell.model, lineItem: day.lineItem)
            var row =
                rows[key]
                ?? Row(
                    day: CivilDate(dayNumber: Int(day.utcDay)), model: key.model.text,
                    lineItem: key.lineItem.text, isFinal: day.isFinal)
            var causes = difference.causes
            if hasEvents {
                causes.merge(day.eventCauses()) { bill, _ in bill }
            }
            try row.figures.add(day, causes)
            try total.add(day, causes)
            rows[key] = row
            unexplained = try sum(
                unexplained, Int128((causes[.unexplained] ?? 0).magnitude))
        }
        self.rows = rows.sorted {
            ($0.key.day, $0.key.model, $0.key.lineItem) < (
                $1.key.day, $1.key.model, $1.key.lineItem
            )
        }.map(\.value)
        self.total = total
        self.hasEvents = hasEvents
        self.currency = currency
        self.unexplained = unexplained
    }
}

extension Reconciliation.Figures {
    fileprivate mutating func add(
        _ day: CellDay, _ causes: [ReconciliationCause: Int128]
    ) throws(ServiceError) {
        billed = try sum(billed, day.billed)
        usage = try sum(usage, day.usage.value)
        events = try sum(try sum(events, day.events.value), day.unmatched.value)
        for (cause, picos) in causes {
            let total = try sum(self.causes[cause] ?? 0, picos)
            self.causes[cause] = total == 0 ? nil : total
        }
    }
}

/// The sum of two amounts; `AMOUNT_OUT_OF_RANGE` beyond 128 bits.
private func sum(_ left: Int128, _ right: Int128) throws(ServiceError) -> Int128 {
    let (total, overflow) = left.addingReportingOverflow(right)
    guard !overflow else {
        throw ServiceError(
            .outOfRange, "AMOUNT_OUT_OF_RANGE", "What is reconciled is beyond 128 bits of picos.")
    }
    return total
}
