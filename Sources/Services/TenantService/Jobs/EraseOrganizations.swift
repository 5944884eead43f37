package import Jobs

/// Looks which organizations' grace periods are over, and makes a job for each. One job, which a
/// migration made and which never ends.
package struct EraseOrganizations: JobArguments {
    package static let kind = JobKind(rawValue: "erase_organizations")
    package static let priority = JobPriority.housekeeping

    package init() {}

    package var key: String { "all" }
}
