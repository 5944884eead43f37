import API

/// How one report of a connection is doing, by the numbers of the contract's `ConnectionHealth`.
package enum PullHealth: Int16, Sendable, CaseIterable {
    /// Not yet read to the present.
    case pending = 1
    /// Read to the present; the last pull succeeded.
    case healthy = 2
    /// The last pull failed and is tried again.
    case degraded = 3
    /// The provider refuses the key; someone must replace it.
    case keyRefused = 4

    package var isBroken: Bool { self == .degraded || self == .keyRefused }

    var wire: ConnectionHealth { ConnectionHealth(rawValue: Int32(rawValue)) }
}
