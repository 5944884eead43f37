/// How the call that an entry tells of ended.
package enum EventStatus: Int16, Hashable, Sendable, CaseIterable {
    case ok = 1
    /// The provider answered with an error.
    case error = 2
    /// The answer was broken off.
    case aborted = 3
}
