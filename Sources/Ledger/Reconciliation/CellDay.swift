import Domain

/// What the bill, the provider's usage and the events have of one cell on one UTC day.
struct CellDay: Sendable {
    /// How much there is of the cell's classes, and what that costs by the organization's prices.
    struct Metered: Hashable, Sendable {
        var quantity: Int128 = 0
        /// In picos, of what has a price.
        var value: Int128 = 0
        /// Whether all of it has a price.
        var isPriced = true
    }

    let utcDay: Int64
    let cell: BillCell
    /// The line of a bill that names no class of usage; empty for all others.
    var lineItem = ExactText("")
    let isFinal: Bool
    /// What its lines charge.
    var charged: Int128 = 0
    /// What its lines take off; not above 0.
    var credited: Int128 = 0
    /// Lines that charge.
    var lines: Int128 = 0
    var usage = Metered()
    /// Events under words of the provider's report.
    var events = Metered()
    /// Events, or parts of some, that the report has no words for.
    var unmatched = Metered()

    /// No amount of a cell and day is beyond, so that what is made of a few of them fits 128 bits.
    static let amountMax: Int128 = 1_000_000_000_000_000_000_000_000_000_000_000_000

    var billed: Int128 { charged + credited }

    /// What the usage comes to beyond the events, by cause.
    func eventCauses() -> [ReconciliationCause: Int128] {
        var causes: [ReconciliationCause: Int128] = [:]
        let missing = usage.quantity - events.quantity
        if missing > 0 {
            causes[.missingEvents] = proportion(
                of: usage.value, part: missing, whole: usage.quantity)
        } else if missing < 0 {
            causes[.surplusEvents] = -proportion(
                of: events.value, part: -missing, whole: events.quantity)
        }
        causes[.unmatchedEvents] = -unmatched.value
        causes[.eventPrice] =
            usage.value - events.value - (causes[.missingEvents] ?? 0)
            - (causes[.surplusEvents] ?? 0)
        return causes.filter { $0.value != 0 }
    }
}

/// Where the bill of one cell and day differs from the provider's usage, by cause.
struct CellDifference: Sendable {
    let day: CellDay
    private(set) var causes: [ReconciliationCause: Int128] = [:]

    init(_ day: CellDay) {
        self.day = day
    }

    mutating func add(_ picos: Int128, _ cause: ReconciliationCause) {
        guard picos != 0 else { return }
        let total = (causes[cause] ?? 0) + picos
        causes[cause] = total == 0 ? nil : total
    }
}
