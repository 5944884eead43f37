import ConnectionService
import Core
import Domain
import Jobs
import Ledger
import Logging
import Notifications
import Postgres
import Providers

/// What is stored behind a page, and once a report was read to the present.
extension PullConnectionWorker {
    /// A page that was read, and where it leaves the reading.
    struct PageStep: Sendable {
        let page: Page
        /// That the page is of.
        let window: Checkpoint.OpenWindow
        /// Behind it.
        let checkpoint: Checkpoint
        /// Whether nothing follows it: the report is read to the present.
        let isLast: Bool
    }

    /// What the transaction of a page stores behind its rows.
    struct PageEnd: Sendable {
        let pull: Pull
        let update: UpdateCheckpoint
        let isLast: Bool
    }

    /// What it has stored.
    struct StoredPage: Sendable {
        let checkpoint: Checkpoint
        let run: PullRun
        /// Whether the last of the connection's reports works again that operators were told of.
        let isRecovered: Bool
    }

    /// - Parameters:
    ///   - read: what the page brought that had perhaps not been read; nil for one of no figures.
    ///   - toldFrom: when its first row was.
    func pageEnd(
        _ step: PageStep, of pull: Pull, _ report: ProviderReport, read: Range<Instant>? = nil,
        toldFrom: Instant? = nil
    ) -> PageEnd {
        var checkpoint = step.checkpoint
        let now = clock.now
        if step.isLast {
            checkpoint.health = .healthy
            checkpoint.lastError = ""
            checkpoint.failures = 0
        }
        return PageEnd(
            pull: pull,
            update: UpdateCheckpoint(
                pull.key, checkpoint: checkpoint, pages: 1, succeededAt: step.isLast ? now : nil,
                updatedAt: now, lateAt: step.isLast ? pace.lateAt(now, report) : nil, read: read,
                toldFrom: toldFrom), isLast: step.isLast)
    }

    /// Stores the checkpoint behind a page, and the run with it, in the page's transaction, behind its rows. With
    /// the last page, that the report was read to the present: one transaction less for most pulls, which have
    /// one page.
    /// - Parameter retracted: rows that were taken back.
    func store(
        _ end: PageEnd, _ outcome: ReportOutcome = ReportOutcome(), retracted: Int = 0,
        in transaction: PostgresTransaction
    ) async throws -> StoredPage {
        let checkpoint = end.update.checkpoint
        let isRecovered: Bool
        if end.isLast {
            isRecovered = try await storeSuccess(end.update, in: transaction)
        } else {
            _ = try await end.update.store(in: transaction)
            isRecovered = false
        }
        try await JobQueue.getsOn(end.pull.job.lease, in: transaction)
        var run = end.pull.run.adding(outcome, retracted: retracted, through: checkpoint.through)
        if end.isLast {
            run = run.ended(.completed, through: checkpoint.through, now: clock.now)
        }
        try await run.store(now: clock.now, in: transaction)
        return StoredPage(checkpoint: checkpoint, run: run, isRecovered: isRecovered)
    }

    /// What `store` wrote is committed.
    func pageStored(_ stored: StoredPage, _ pull: inout Pull) async {
        pull.checkpoint = stored.checkpoint
        pull.run.stored(stored.run)
        if stored.isRecovered { await tellRecovery(of: pull) }
    }

    /// The report was read to the present before: there is no page to say so with.
    func succeeded(_ pull: Pull, _ report: ProviderReport) async throws {
        var checkpoint = pull.checkpoint
        checkpoint.health = .healthy
        checkpoint.lastError = ""
        checkpoint.failures = 0
        let now = clock.now
        let update = UpdateCheckpoint(
            pull.key, checkpoint: checkpoint, pages: 0, succeededAt: now, updatedAt: now,
            lateAt: pace.lateAt(now, report))
        let run = pull.run.ended(.completed, through: checkpoint.through, now: now)
        let isRecovered = try await database.transaction(for: pull.key.organizationID) {
            transaction in
            try await JobQueue.hold(pull.job.lease, in: transaction)
            let isRecovered = try await storeSuccess(update, in: transaction)
            try await run.store(now: now, in: transaction)
            return isRecovered
        }
        if isRecovered { await tellRecovery(of: pull) }
    }

    /// Stores a checkpoint that was read to the present, and leaves word where the connection's first figures
    /// are there with it.
    /// - Returns: whether the last of its reports works again that operators were told of.
    private func storeSuccess(
        _ update: UpdateCheckpoint, in transaction: PostgresTransaction
    ) async throws -> Bool {
        guard let health = try await update.store(in: transaction) else { return false }
        let key = update.key
        if health.after == .healthy {
            try await transaction.execute(
                AnnounceFirstPull(
                    organizationID: key.organizationID, connectionID: key.connectionID,
                    id: .make(), at: clock.now))
        }
        // Whatever report it was that operators were told of: as long as another one of those fails, nothing is over. What
        // they were not told of needs no end.
        guard health.owesRecovery else { return false }
        return try await transaction.first(ForgetTold(key)) == true
    }

    private func tellRecovery(of pull: Pull) async {
        guard let notifier else { return }
        await notifier.notify(
            ConnectionNotice(
                kind: .recovered, organizationID: pull.key.organizationID,
                connectionID: pull.key.connectionID, displayName: pull.connection.displayName,
                detail: "", at: clock.now), logger)
    }
}
