package import Domain

/// What holds of an organization as a whole, known with each call: whether it is served, how often it
/// may call, and how long its usage is kept.
package struct OrganizationStanding: Sendable, Hashable {
    /// Why an organization is not served as usual; several may hold at once.
    package struct Obstacles: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// An operator suspended it.
        package static let suspension = Obstacles(rawValue: 1)
        /// Its deletion was asked for, and can still be taken back.
        package static let deletion = Obstacles(rawValue: 2)
        /// Its erasure began.
        package static let erasure = Obstacles(rawValue: 4)
    }

    package let obstacles: Obstacles
    /// Calls of all of its tokens in a second; nil: the server's own limit.
    package let callsPerSecondMax: Int?
    /// Nil: for ever.
    package let retention: UsageRetention?

    package init(
        obstacles: Obstacles = [], callsPerSecondMax: Int? = nil, retention: UsageRetention? = nil
    ) {
        self.obstacles = obstacles
        self.callsPerSecondMax = callsPerSecondMax
        self.retention = retention
    }

    /// Of most organizations, and of operators, who belong to none.
    package static let active = OrganizationStanding()
}
