package import Domain
package import Jobs

/// Seals the users of dimension sets that were stored before users were sealed, and what connections say of
/// people, of all organizations. One job, which a migration made and which never ends: servers of before may
/// be running still.
package struct SealUsers: JobArguments {
    package static let kind = JobKind(rawValue: "seal_users")
    package static let priority = JobPriority.housekeeping
    /// Whose job it is: the platform's.
    package static let owner = OrganizationID(UUIDv7(high: 0, low: 0))

    package init() {}

    package var key: String { "all" }
}
