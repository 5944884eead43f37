/// What is known of a call's quantities: three different states, never folded into one.
package enum UsageState: Int16, Hashable, Sendable, CaseIterable {
    /// The quantities are what the provider reported; none means an explicit zero.
    case reported = 1
    /// The provider reported only part of them.
    case partial = 2
    /// The provider reported no usage object; there are no quantities and no cost.
    case missing = 3
}
