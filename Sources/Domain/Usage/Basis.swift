/// Which record a figure rests on. Every figure says it.
package enum Basis: String, Hashable, Sendable, CaseIterable {
    /// Billed where the bill is final, metered where it is not yet.
    case effective
    /// Quantities times catalogue prices.
    case metered
    /// What providers charge, final or not.
    case billed
}
