package import Core
package import Domain

/// One row of a provider's report, as of the read that brought it.
///
/// A row is known again by its connection, stream, time and dimensions: those are its natural key.
package struct ReportRow: Hashable, Sendable {
    package enum Figures: Hashable, Sendable {
        case usage(UsageQuantities, requests: Int64, state: UsageState)
        /// Usage that the provider no longer reports: it costs 0, whether its model has a price or not.
        case retractedUsage
        /// An amount the provider charges; a negative one is a credit.
        case charge(Money)
    }

    /// Begin of the provider's bucket.
    package let time: Instant
    /// With the connection and, for a charge, the line item and its class.
    package let dimensions: DimensionSet
    package let figures: Figures
    /// What its provider tells of it that contradicts itself, in words that its entries keep; empty: nothing. The figures
    /// stand all the same, and it is no part of what makes a row another one.
    package var contradiction: String

    package init(
        time: Instant, dimensions: DimensionSet, figures: Figures, contradiction: String = ""
    ) {
        self.time = time
        self.dimensions = dimensions
        self.figures = figures
        self.contradiction = contradiction
    }

    var rollupKind: RollupRow.Kind {
        switch figures {
        case .usage, .retractedUsage: .providerUsage
        case .charge: .charge
        }
    }

    /// The sum with another row of the same natural key; nil where the two do not add up.
    func adding(_ other: ReportRow) -> ReportRow? {
        let contradiction = contradiction.isEmpty ? other.contradiction : contradiction
        switch (figures, other.figures) {
        case (.usage(let left, let count, let state), .usage(let right, let more, let other)):
            let (requests, overflow) = count.addingReportingOverflow(more)
            guard let sum = left.adding(right), !overflow else { return nil }
            return ReportRow(
                time: time, dimensions: dimensions,
                figures: .usage(sum, requests: requests, state: max(state, other)),
                contradiction: contradiction)
        case (.charge(let left), .charge(let right)):
            guard let sum = try? left.adding(right) else { return nil }
            return ReportRow(
                time: time, dimensions: dimensions, figures: .charge(sum),
                contradiction: contradiction)
        default: return nil
        }
    }

    /// The largest charge or credit: 10^15 units, so that no sum of them comes near 128 bits.
    static let picosMax = 1_000_000_000_000_000 * Money.picosPerUnit
    /// The largest count of one class, or of requests: no sum of a day's comes near 64 bits.
    static let countMax: Int64 = 1_000_000_000_000_000

    /// Refuses figures that no provider can mean, before anything adds them up:
    /// `AMOUNT_OUT_OF_RANGE` or `QUANTITY_OUT_OF_RANGE`.
    func checkRange() throws(ServiceError) {
        switch figures {
        case .retractedUsage: return
        case .charge(let amount):
            guard amount.picos.magnitude <= Self.picosMax.magnitude else {
                throw ServiceError(
                    .outOfRange, "AMOUNT_OUT_OF_RANGE",
                    "A line of a provider's bill is beyond 10^15 units of its currency.")
            }
        case .usage(let quantities, let requests, _):
            let counts = quantities.all.map(\.amount) + [requests]
            guard counts.allSatisfy({ (0...Self.countMax).contains($0) }) else {
                throw ServiceError(
                    .outOfRange, "QUANTITY_OUT_OF_RANGE",
                    "A count of a provider's report is below 0 or beyond 10^15.")
            }
        }
    }

    /// What the row says, in one unambiguous form.
    var content: [UInt8] {
        switch figures {
        case .retractedUsage: return Array("r1".utf8)
        case .usage(let quantities, let requests, let state):
            var text = "u1;\(requests);\(state.rawValue);"
            for quantity in quantities.all {
                text += "\(quantity.quantityClass.rawValue)=\(quantity.amount),"
            }
            return Array(text.utf8)
        case .charge(let amount):
            return Array("c1;\(amount.picos);\(amount.currency.code)".utf8)
        }
    }
}

extension UsageState: Comparable {
    /// The less is known, the greater.
    package static func < (left: UsageState, right: UsageState) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What a report changed.
package struct ReportOutcome: Hashable, Sendable {
    /// Rows seen for the first time.
    package var recorded = 0
    /// Rows whose figures changed since the last read.
    package var corrected = 0
    package var unchanged = 0
    /// Of all those, rows that contradict themselves.
    package var contradicted = 0

    package init(
        recorded: Int = 0, corrected: Int = 0, unchanged: Int = 0, contradicted: Int = 0
    ) {
        self.recorded = recorded
        self.corrected = corrected
        self.unchanged = unchanged
        self.contradicted = contradicted
    }
}
