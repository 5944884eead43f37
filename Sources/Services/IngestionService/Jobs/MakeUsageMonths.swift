package import Domain
package import Jobs

/// Makes the parts of the usage tables for the months to come. One job, which a migration made and which never
/// ends.
package struct MakeUsageMonths: JobArguments {
    package static let kind = JobKind(rawValue: "make_usage_months")
    package static let priority = JobPriority.housekeeping
    /// Whose job it is: the platform's.
    package static let owner = OrganizationID(UUIDv7(high: 0, low: 0))

    package init() {}

    package var key: String { "all" }
}
