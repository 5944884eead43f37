/// What an entry of the ledger stands for.
package enum EntryKind: Int16, Hashable, Sendable, CaseIterable {
    /// A metered event, or a row of a provider's usage report.
    case usage = 1
    /// A line the provider billed.
    case charge = 2
    /// Money given back; negative.
    case credit = 3
    case seat = 4
    /// An imported line of a cloud bill.
    case cloud = 5
    /// Target minus the current sum of its root entry; numbered per root.
    case correction = 6
    /// Minus the current sum of its root entry, once.
    case reversal = 7
    case adjustment = 8
}
