package import Core
package import Domain
package import Postgres

/// How many jobs of a kind and priority there are.
package struct QueueDepth: Hashable, Sendable {
    package let kind: String
    /// As `JobPriority` numbers them.
    package let priority: Int
    /// To be claimed now.
    package let due: Int
    package let running: Int
    /// For their time.
    package let waiting: Int
    /// Until somebody revives them.
    package let setAside: Int
    /// Since when the one waits that is due longest; nil where none is due.
    package let oldestDueAt: Instant?
}

/// A worker that holds jobs; one that is idle is not seen.
package struct WorkerSeen: Hashable, Sendable {
    package let name: String
    package let jobs: Int
    /// When it last claimed a job or renewed a lease.
    package let heartbeatAt: Instant
}

/// What people do with the queue. Nothing here tells what a job is about beyond its kind.
extension JobQueue {
    /// A job that is not tried before somebody revives it.
    package struct SetAsideJob: Hashable, Sendable {
        package let id: JobID
        package let organizationID: OrganizationID
        package let kind: String
        /// Stable reason of what waiting did not mend, or `WORKERS_DIED`.
        package let reason: String
        package let at: Instant
    }

    package struct Overview: Sendable {
        package let depths: [QueueDepth]
        /// The first so many.
        package let setAside: [SetAsideJob]
        package let workers: [WorkerSeen]
    }

    /// Rows of each list at most.
    package static let overviewMax = 1000

    /// How the queue stands.
    package static func overview(in transaction: PostgresTransaction) async throws -> Overview {
        Overview(
            depths: try await transaction.run(SelectQueueDepths()),
            setAside: try await transaction.run(SelectSetAsideJobs(limit: overviewMax)),
            workers: try await transaction.run(SelectWorkersSeen(limit: overviewMax)))
    }

    /// Lets jobs be tried again that were set aside, at most `overviewMax` at once: those that are named, or,
    /// where none is, all.
    /// - Returns: what was revived, and what was not, though it was set aside: somebody else is changing it.
    package static func revive(
        _ ids: [JobID], in transaction: PostgresTransaction
    ) async throws -> (revived: [SetAsideJob], passedOver: [SetAsideJob]) {
        let rows = try await transaction.run(ReviveJobs(ids: ids, limit: overviewMax))
        return (
            rows.filter(\.isRevived).map(\.job), rows.filter { !$0.isRevived }.map(\.job)
        )
    }

    /// Makes waiting jobs due at once, before others, in the caller's transaction; adds those that are not
    /// there, and revives those that were set aside. Those that run go on.
    /// - Parameters:
    ///   - waitingReasons: jobs whose last error is one of them keep their time.
    ///   - breaksHolds: whether they do not, nor anything else waits that shares their concurrency keys.
    /// - Returns: the keys of those that are due now.
    package static func hasten<Arguments: JobArguments>(
        _ jobs: [Arguments], for organizationID: OrganizationID, priority: JobPriority,
        exceptFor waitingReasons: [String], breaksHolds: Bool = false,
        in transaction: PostgresTransaction
    ) async throws -> Set<String> {
        for job in jobs { try await enqueue(job, for: organizationID, in: transaction) }
        let keys = jobs.map(\.key)
        let due = try await transaction.run(
            HastenJobs(
                organizationID: organizationID, kind: Arguments.kind, keys: keys,
                priority: priority, waitingReasons: waitingReasons, breaksHolds: breaksHolds))
        if breaksHolds {
            try await transaction.execute(
                BreakHolds(organizationID: organizationID, kind: Arguments.kind, keys: keys))
        }
        return Set(due)
    }
}
