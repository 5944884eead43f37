import Core
package import Domain
import FoundationEssentials
package import Postgres

/// The queue in the local table `jobs`: at least once, one worker at a time, by the database's
/// clock.
///
/// A claim is a lease. A worker that dies lets it run out and the next one takes the job over; one
/// that only seemed dead finds its lease gone and can write nothing more (`hold`).
package struct JobQueue: Sendable {
    private let pool: PostgresPool
    private let owner: String
    private let options: TransactionOptions

    /// - Parameters:
    ///   - owner: this process, for people who look at the table.
    ///   - role: role that may claim jobs; nil keeps the login's own.
    package init(pool: PostgresPool, owner: String, role: String? = "tally_worker") {
        self.pool = pool
        self.owner = owner
        self.options = TransactionOptions(role: role, statementTimeout: .seconds(10))
    }

    /// Adds a job in the caller's transaction, so that it exists exactly if what it is about does.
    /// Does nothing where a job of this kind and key is there already.
    package static func enqueue(
        _ arguments: some JobArguments, for organizationID: OrganizationID,
        after delay: Duration = .zero, in transaction: PostgresTransaction
    ) async throws {
        try await enqueue(
            kind: type(of: arguments).kind, key: arguments.key,
            argumentsJSON: encoded(arguments), organizationID, delay, transaction)
    }

    /// Makes jobs due at once, in the caller's transaction, for what it changes about them.
    ///
    /// A run under way loses its lease, so that nothing it began before the change is written after
    /// it. Call it before other rows are locked: runs lock their job first.
    package static func restart<Arguments: JobArguments>(
        _ jobs: [Arguments], for organizationID: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws {
        _ = try await transaction.run(
            RestartJobs(
                organizationID: organizationID, kind: Arguments.kind, keys: jobs.map(\.key)))
        for job in jobs { try await enqueue(job, for: organizationID, in: transaction) }
    }

    private static func encoded(_ arguments: some JobArguments) throws -> String {
        String(decoding: try JSONEncoder().encode(arguments), as: UTF8.self)
    }

    private static func enqueue(
        kind: JobKind, key: String, argumentsJSON: String, _ organizationID: OrganizationID,
        _ delay: Duration, _ transaction: PostgresTransaction
    ) async throws {
        _ = try await transaction.run(
            InsertJob(
                id: .make(), organizationID: organizationID, kind: kind, key: key,
                argumentsJSON: argumentsJSON, delay: delay))
    }

    /// Claims up to `limit` due jobs, the longest due first; jobs that another worker is claiming
    /// are passed over.
    package func claim(
        _ kinds: [JobKind], limit: Int, lease: Duration
    ) async throws -> [Job] {
        guard limit > 0, !kinds.isEmpty else { return [] }
        return try await pool.transaction(options) { transaction in
            try await transaction.run(
                ClaimJobs(kinds: kinds, limit: limit, owner: owner, lease: lease))
        }
    }

    /// Extends the lease to `duration` from now; false where it is gone.
    package func renew(_ lease: JobLease, for duration: Duration) async throws -> Bool {
        try await pool.transaction(options) { transaction in
            try await !transaction.run(RenewLease(lease: lease, duration: duration)).isEmpty
        }
    }

    /// Stores what a run came to; false where the lease is gone and nothing was written.
    @discardableResult
    package func record(_ update: JobUpdate, of lease: JobLease) async throws -> Bool {
        try await pool.transaction(options) { transaction in
            switch update.change {
            case .remove:
                try await !transaction.run(RemoveJob(lease: lease)).isEmpty
            case .makeDue(let delay):
                try await !transaction.run(
                    MakeJobDue(
                        lease: lease, failures: update.failures, lastError: update.lastError,
                        delay: delay)
                ).isEmpty
            }
        }
    }

    /// Makes sure, for the rest of `transaction`, that the lease is held.
    ///
    /// Call it first in every transaction that writes for the job: the row stays locked, so that a
    /// takeover waits until the transaction is over.
    /// - Throws: `JOB_LEASE_LOST` where another worker has the job.
    package static func hold(
        _ lease: JobLease, in transaction: PostgresTransaction
    ) async throws {
        guard try await !transaction.run(HoldLease(lease: lease)).isEmpty else {
            throw ServiceError(
                .aborted, "JOB_LEASE_LOST", "another worker has taken the job over")
        }
    }

    /// Makes waiting jobs of these kinds due at once.
    package func expedite(_ kinds: [JobKind]) async throws {
        try await pool.transaction(options) { transaction in
            _ = try await transaction.run(ExpediteJobs(kinds: kinds))
        }
    }

    package func counts(_ kinds: [JobKind]) async throws -> JobCounts {
        let rows = try await pool.transaction(options) { transaction in
            try await transaction.run(CountJobs(kinds: kinds))
        }
        return rows.first ?? JobCounts(unsettled: 0, withError: 0, untilNextDue: nil)
    }
}
