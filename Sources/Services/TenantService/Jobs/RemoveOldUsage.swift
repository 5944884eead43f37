package import Jobs

/// Looks whose usage is older than it is to be kept, and makes a job for each organization. One job,
/// which a migration made and which never ends.
package struct RemoveOldUsage: JobArguments {
    package static let kind = JobKind(rawValue: "remove_old_usage")
    package static let priority = JobPriority.housekeeping

    package init() {}

    package var key: String { "all" }
}
