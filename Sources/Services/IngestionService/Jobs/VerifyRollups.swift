package import Domain
package import Jobs

/// Looks whose roll-ups were not compared with their entries for a day, and makes a job for each organization.
/// One job, which a migration made and which never ends.
package struct VerifyRollups: JobArguments {
    package static let kind = JobKind(rawValue: "verify_rollups")
    package static let priority = JobPriority.housekeeping
    /// Whose job it is: the platform's.
    package static let owner = OrganizationID(UUIDv7(high: 0, low: 0))

    package init() {}

    package var key: String { "all" }
}
