/// What is known of a call's quantities: different states, never folded into one.
package enum UsageState: Int16, Hashable, Sendable, CaseIterable {
    /// The quantities are what the provider reported; none means an explicit zero.
    case reported = 1
    /// The provider reported only part of them.
    case partial = 2
    /// The provider reported no usage object, and will not; there are no quantities and no cost.
    case missing = 3
    /// The usage is not known yet, as that of a stream under way; there are no quantities and no cost
    /// until a correction settles it.
    case pending = 4

    /// Whether nothing is known of what the call used, so that its cost is unknown and not 0.
    package var isUnknown: Bool {
        switch self {
        case .reported, .partial: false
        case .missing, .pending: true
        }
    }
}
