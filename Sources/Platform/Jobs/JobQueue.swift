import Core
package import Domain
package import Postgres

/// The queue in the local table `jobs`: at least once, one worker at a time, by the database's
/// clock.
///
/// A claim is a lease. A worker that dies lets it run out and the next one takes the job over; one
/// that only seemed dead finds its lease gone and can write nothing more (`hold`). Jobs of smaller
/// priority go first, organizations take turns, and what cannot be done is set aside.
package struct JobQueue: Sendable {
    private let pool: PostgresPool
    private let owner: String
    private let options: TransactionOptions
    private let turn = ClaimTurn()
    /// Workers that die in a row while they run a job, with nothing done, set it aside: it may be the job
    /// that kills them. More than a few, as whoever starts workers anew may be in a hurry. Housekeeping, which
    /// nobody could ask for again, is tried once an hour then.
    package static let deathsMax = 10

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
        _ = try await transaction.run(
            InsertJob(arguments, for: organizationID, after: delay))
    }

    /// Lets jobs that are there share a concurrency key from now on, of whatever kind, in the caller's
    /// transaction. Call it before other rows are locked, as `restart`.
    /// - Parameters:
    ///   - argument: the name of one of their arguments.
    ///   - value: what it is of those that share the key.
    package static func share(
        _ concurrencyKey: String, amongJobsWhose argument: String, is value: String,
        for organizationID: OrganizationID, in transaction: PostgresTransaction
    ) async throws {
        _ = try await transaction.run(
            ShareConcurrencyKey(
                organizationID: organizationID, argument: argument, value: value,
                concurrencyKey: concurrencyKey))
    }

    /// Makes jobs due at once, in the caller's transaction, for what it changes about them.
    ///
    /// A run under way loses its lease, so that nothing it began before the change is written after
    /// it. One that was set aside is tried again. Call it before other rows are locked: runs lock their
    /// job first.
    /// - Parameter priority: of the next run; nil leaves the usual one.
    package static func restart<Arguments: JobArguments>(
        _ jobs: [Arguments], for organizationID: OrganizationID, priority: JobPriority? = nil,
        in transaction: PostgresTransaction
    ) async throws {
        _ = try await transaction.run(
            RestartJobs(
                organizationID: organizationID, kind: Arguments.kind, keys: jobs.map(\.key),
                priority: priority))
        for job in jobs { try await enqueue(job, for: organizationID, in: transaction) }
    }

    /// Claims up to `limit` due jobs: those of the smallest priority first, of one organization after the
    /// other, and of each the longest due first. Jobs that another worker is claiming are passed over. Those that
    /// keep time with each other may be claimed as one, with one token: they count as one job.
    /// - Parameter perConcurrencyKey: jobs of one concurrency key at once; nil for any number.
    package func claim(
        _ kinds: [JobKind], limit: Int, lease: Duration, perConcurrencyKey: Int? = nil
    ) async throws -> [Job] {
        guard limit > 0, !kinds.isEmpty else { return [] }
        let choice = turn.next()
        let jobs = try await pool.transaction(options) { transaction in
            try await transaction.run(
                ClaimJobs(
                    kinds: kinds, limit: limit, owner: owner, lease: lease,
                    perConcurrencyKey: perConcurrencyKey, choice: choice))
        }
        turn.claimed(jobs.map { ($0.priority, $0.organizationID) }, by: choice)
        return jobs
    }

    /// Extends leases to `duration` from now.
    /// - Returns: Those that were not gone.
    func renew(_ leases: [JobLease], for duration: Duration) async throws -> Set<JobID> {
        if let only = leases.first, leases.count == 1 {
            return try await renew(only, for: duration) ? [only.jobID] : []
        }
        return try await pool.transaction(renewing(for: duration)) { transaction in
            Set(try await transaction.run(RenewLeases(leases: leases, duration: duration)))
        }
    }

    /// Extends the lease to `duration` from now; false where it is gone.
    package func renew(_ lease: JobLease, for duration: Duration) async throws -> Bool {
        try await pool.transaction(renewing(for: duration)) { transaction in
            try await !transaction.run(RenewLease(lease: lease, duration: duration)).isEmpty
        }
    }

    /// A statement that waits for others for a third of the lease gives up, so that there may be time for another try.
    private func renewing(for duration: Duration) -> TransactionOptions {
        var options = options
        options.statementTimeout = max(.seconds(1), min(.seconds(10), duration / 3))
        return options
    }

    /// Whether no job of a job's concurrency key may be claimed for a while.
    func isHeld(_ job: JobID) async throws -> Bool {
        try await pool.transaction(options) { transaction in
            try await transaction.first(SelectHold(job: job)) != nil
        }
    }

    /// Stores what a run came to, once nobody else has locked its job; false where the lease is gone and nothing was
    /// written.
    @discardableResult
    package func record(_ update: JobUpdate, of lease: JobLease) async throws -> Bool {
        try await pool.transaction(options) { transaction in
            guard let due = MakeJobsDue.Job(update, of: lease) else {
                return try await Self.record(update, of: lease, in: transaction)
            }
            _ = try await transaction.run(HoldJob(lease: lease))
            return try await !transaction.run(MakeJobsDue(jobs: [due])).isEmpty
        }
    }

    /// What came of storing what a run came to.
    enum Recorded: Hashable, Sendable {
        case written
        /// Nothing was written: another worker has the job, or somebody took it away.
        case leaseGone
        /// Nothing was written: somebody else has locked the job.
        case locked
    }

    /// Stores what runs came to, all of them or, where it throws, none; but for those whose jobs somebody else has
    /// locked, for whom the others do not wait. A job may be among them twice: where what it came to was locked, and it was
    /// taken away meanwhile, and claimed again.
    func record(_ updates: [(JobUpdate, JobLease)]) async throws -> [Recorded] {
        try await pool.transaction(options) { transaction in
            var free = updates
            if updates.contains(where: { MakeJobsDue.Job($0.0, of: $0.1) == nil }) {
                let held = Set(try await transaction.run(HoldFreeJobs(leases: updates.map(\.1))))
                free = updates.filter { held.contains(HeldJob($0.1)) }
            }
            let due = free.compactMap { MakeJobsDue.Job($0.0, of: $0.1) }
            var written =
                due.isEmpty ? [] : Set(try await transaction.run(MakeJobsDue(jobs: due)))
            for (update, lease) in free where MakeJobsDue.Job(update, of: lease) == nil {
                if try await Self.record(update, of: lease, in: transaction) {
                    written.insert(HeldJob(lease))
                }
            }
            let missing = updates.map(\.1).filter { !written.contains(HeldJob($0)) }
            let locked =
                missing.isEmpty ? [] : Set(try await transaction.run(SelectHeld(leases: missing)))
            return updates.map { _, lease in
                if written.contains(HeldJob(lease)) { return .written }
                return locked.contains(HeldJob(lease)) ? .locked : .leaseGone
            }
        }
    }

    private static func record(
        _ update: JobUpdate, of lease: JobLease, in transaction: PostgresTransaction
    ) async throws -> Bool {
        switch update.change {
        case .remove:
            return try await !transaction.run(RemoveJob(lease: lease)).isEmpty
        case .makeDue(let delay):
            let recorded = try await transaction.run(
                MakeJobDue(
                    lease: lease, failures: update.failures, lastError: update.lastError,
                    refusals: update.refusals, delay: delay))
            if !recorded.isEmpty, update.holdsKey {
                try await transaction.execute(HoldConcurrencyKey(job: lease.jobID))
                try await transaction.execute(DeleteOldHolds())
            }
            return !recorded.isEmpty
        case .setAside:
            return try await !transaction.run(
                SetJobAside(
                    lease: lease, reason: update.lastError ?? "JOB_REFUSED",
                    refusals: update.refusals)
            ).isEmpty
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
        guard try await transaction.first(HoldLease(lease: lease)) != nil else {
            throw ServiceError(
                .aborted, "JOB_LEASE_LOST", "another worker has taken the job over")
        }
    }

    /// Forgets the workers that died of the job before: it gets on. Call it last in a transaction that
    /// stores a part of the work, since it keeps the heartbeat waiting until the transaction is over.
    package static func getsOn(
        _ lease: JobLease, in transaction: PostgresTransaction
    ) async throws {
        // Whoever dies of it from now on has another lease.
        guard lease.followsDeaths else { return }
        try await transaction.execute(ForgetDeaths(lease: lease))
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
        return rows.first
            ?? JobCounts(unsettled: 0, withError: 0, setAside: 0, untilNextDue: nil)
    }

    /// Time until the next job that waits for its time may be claimed; nil where none waits.
    package func untilNextDue(_ kinds: [JobKind]) async throws -> Duration? {
        try await pool.transaction(options) { transaction in
            try await transaction.first(SelectNextDue(kinds: kinds))
        }
    }
}
