package import Jobs

/// Compares roll-ups of one organization with their entries. It is the organization's own job, so that it rests
/// with it.
package struct VerifyOrganizationRollups: JobArguments {
    package static let kind = JobKind(rawValue: "verify_organization_rollups")
    package static let priority = JobPriority.housekeeping

    package init() {}

    package var key: String { "all" }
}
