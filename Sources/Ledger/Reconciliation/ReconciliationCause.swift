/// Why a bill, the provider's usage and the events differ.
package enum ReconciliationCause: String, Hashable, Sendable, CaseIterable {
    // What the bill has beyond the provider's usage at the organization's prices.

    /// The day's bill is not final, or its money stands on the day before or after.
    case timing
    /// A line that takes money off, and that no usage stands for.
    case credit
    /// A line for what no usage report counts, such as a fee.
    case otherCharge
    /// The bill's price is not ours: the same of another day or project at least, or the only one there is.
    case price
    /// We know no price of the usage, or not of all of it.
    case unpriced
    /// No more than what rounding each line of the bill takes or adds.
    case rounding
    /// The bill has quantities of which the usage report has none.
    case missingUsage
    /// The usage report has quantities of which the bill has none.
    case unbilledUsage
    /// None of these.
    case unexplained

    // What the provider's usage comes to beyond the events.

    /// Usage of which no event was sent.
    case missingEvents
    /// Events beyond the usage that the provider counted of the same words; negative.
    case surplusEvents
    /// Events, or parts of some, under words that the provider's report has not, and that no usage of it is left
    /// for: calls of another account or project, or under a model that it does not know; negative.
    case unmatchedEvents
    /// The same quantities at other prices: events name another tier, region or context.
    case eventPrice

    /// Whether it is of the bill and the usage, not of the usage and the events.
    package var isOfBill: Bool {
        switch self {
        case .missingEvents, .surplusEvents, .unmatchedEvents, .eventPrice: false
        default: true
        }
    }
}
