package import Jobs

/// Deletes recorded calls whose 24 hours are over, of all organizations. One job, which a migration
/// made and which never ends.
package struct DeleteExpiredCalls: JobArguments {
    package static let kind = JobKind(rawValue: "delete_expired_calls")
    package static let priority = JobPriority.housekeeping

    package init() {}

    package var key: String { "all" }
}
