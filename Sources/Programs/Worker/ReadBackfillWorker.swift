import ConnectionService
import Core
import Domain
import Jobs
import Ledger
import Logging
import Postgres
import Providers
import ServiceRuntime
import TenantService

/// Reads one report of a back-fill, page by page, as a pull does; what it read is remembered at the
/// back-fill, so that the pulls of the present do not notice it.
///
/// Each page is committed together with the back-fill's checkpoint, under the job's lease, and only while
/// the back-fill runs and the connection is pulled: whoever pauses, cancels or deletes one of the two knows
/// that nothing more of it is stored. After each window, or a part of one that takes longer than a turn, the job waits in
/// line again, behind all pulls.
struct ReadBackfillWorker: JobHandler {
    let pulls: PullConnectionWorker

    /// What a run knows when it begins.
    private struct Backfill {
        let job: Job
        let key: BackfillKey
        let connection: PulledConnection
        /// Where the pulls of the same report stand.
        let checkpoint: Checkpoint
        /// From when on the organization's usage is kept; nil: all of it.
        let keptFrom: Instant?
        var stored: ReportBackfill
    }

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        guard let loaded = try await load(job) else { return .completed }
        guard loaded.connection.isPulled(loaded.key.report.stream) else {
            return try await rest(loaded)
        }
        var backfill = loaded
        do {
            let source: PullConnectionWorker.Source
            switch try await self.source(of: backfill) {
            case .success(let found): source = found
            case .failure(let failure): return try await failed(failure.why, backfill)
            }
            return try await read(&backfill, source, control)
        } catch let error as ProviderError {
            return try await failed(.provider(error), backfill)
        } catch let error as ServiceError {
            if error.reason == Self.stopped.reason { return .completed }
            if error.reason == Self.closedReason { return try await closed(error, backfill) }
            // The lease is another worker's, and so is the checkpoint.
            guard error.code != .aborted else { throw error }
            return try await failed(.ledger(error), backfill)
        } catch {
            guard !(error is CancellationError), !Task.isCancelled else { throw error }
            return try await failed(.unexpected(error), backfill)
        }
    }

    /// Nil where it is over, paused, or gone: whoever resumes it makes the job again.
    private func load(_ job: Job) async throws -> Backfill? {
        let arguments = try job.arguments(ReadBackfill.self)
        let report = CheckpointKey(
            organizationID: job.organizationID,
            connectionID: try ConnectionID(arguments.connection), stream: arguments.stream)
        let key = BackfillKey(report, try BackfillID(arguments.backfill))
        return try await pulls.database.transaction(for: job.organizationID) { transaction in
            guard let pulled = try await transaction.first(SelectPulledConnection(report)),
                let stored = try await transaction.first(SelectReportBackfill(key)),
                stored.state == .running
            else { return nil }
            return Backfill(
                job: job, key: key, connection: pulled.connection, checkpoint: pulled.checkpoint,
                keptFrom: try await transaction.first(
                    SelectUsageKeptFrom(organization: report.organizationID)), stored: stored)
        }
    }

    /// The connection is paused or deleted: whoever resumes it makes the job again. Of what it is not the
    /// record any more, nothing is read ever again.
    private func rest(_ backfill: Backfill) async throws -> JobOutcome {
        guard !backfill.connection.recordOf.includes(backfill.key.report.stream) else {
            return .completed
        }
        var after = backfill.stored
        after.end(.cancelled, at: pulls.clock.now)
        return try await stopping { try await store(after, of: backfill) }
    }

    /// Somebody paused or cancelled it: the page that was read is not stored.
    private static let stopped = ServiceError(
        .aborted, "BACKFILL_STOPPED", "the back-fill does not run any more")

    private static let closedReason: ServiceError.Reason = "PERIOD_CLOSED"

    /// A month of it was closed meanwhile: what is closed stays as it is, so the rest of it is not read.
    private func closed(_ error: ServiceError, _ backfill: Backfill) async throws -> JobOutcome {
        var after = backfill.stored
        after.progress.lastError = error.message
        after.end(.cancelled, at: pulls.clock.now)
        let (ended, stored) = (backfill, after)
        return try await stopping { try await store(stored, of: ended) }
    }

    private func stopping(_ body: () async throws -> Void) async throws -> JobOutcome {
        do {
            try await body()
        } catch let error as ServiceError where error.reason == Self.stopped.reason {}
        return .completed
    }

    private struct Unreadable: Error {
        let why: PullFailures.Failure
    }

    private func source(
        of backfill: Backfill
    ) async throws -> Result<PullConnectionWorker.Source, Unreadable> {
        let report = backfill.key.report
        let provider = ProviderName(rawValue: backfill.connection.provider.rawValue)
        let declared = ProviderRegistry.reports(of: provider).first {
            $0.name == report.stream.rawValue
        }
        guard let declared else { return .failure(Unreadable(why: .providerUnavailableHere)) }
        let secret: Secret<String>
        do {
            secret = try KeyVault.open(
                backfill.connection.sealedKey, of: report.connectionID,
                with: try await pulls.keys.keys(of: report.organizationID))
        } catch let error as ServiceError {
            return .failure(Unreadable(why: .key(error)))
        }
        guard let connector = pulls.registry.connector(for: provider, key: secret) else {
            return .failure(Unreadable(why: .providerUnavailableHere))
        }
        return .success(
            PullConnectionWorker.Source(
                connector: connector, provider: provider, report: declared))
    }

    /// Reads one window, or a turn's worth of it, so that pulls that have become due meanwhile go first.
    private func read(
        _ backfill: inout Backfill, _ source: PullConnectionWorker.Source, _ control: JobControl
    ) async throws -> JobOutcome {
        let key = backfill.key.report
        let now = pulls.clock.now
        var plan = BackfillPlan(
            backfill.stored,
            pulls: PullPlan(
                report: source.report, backfillFrom: backfill.connection.backfillFrom, now: now,
                spanSeconds: await pulls.spans.seconds(of: key, now: .now)),
            checkpoint: backfill.checkpoint, keptFrom: backfill.keptFrom)
        guard var window = plan.firstWindow(backfill.stored.progress) else {
            var after = backfill.stored
            after.end(.done, at: now)
            let (ended, stored) = (backfill, after)
            return try await stopping { try await store(stored, of: ended) }
        }
        var cursors = WindowCursors(of: window)
        // Of the window; nil where this run has read nothing of it.
        var readTo: Instant?
        var turn = PullTurn(pulls.pace, began: .now)
        while true {
            if control.isStopping || turn.isOver(now: .now) {
                // As of pulls, what has stored a page gets on.
                return turn.hasStored
                    ? PullFailures.outcome(ofTurnOf: backfill.stored.progress) : .interrupted
            }
            turn.beganPage()
            try await pulls.slots.wait(
                backfill.connection.limitKey, pause: pulls.pace.pagePause)
            let page: PullConnectionWorker.Page
            do throws(ProviderError) {
                page = try await pulls.fetch(key, window, source)
            } catch {
                guard error.isTooLarge, let narrower = plan.narrow(window, readTo: readTo) else {
                    throw error
                }
                await pulls.narrowed(key, to: plan.spanSeconds)
                window = narrower
                cursors = WindowCursors(of: narrower)
                readTo = nil
                continue
            }
            try cursors.follow(page.nextCursor)
            try cursors.follow(page.buckets)
            var after = backfill.stored
            after.readFrom = after.readFrom ?? window.from
            after.toldFrom = after.toldFrom ?? page.rows.map(\.time).min()
            after.progress = plan.progress(
                after.progress, window: window, lastBucketEnd: page.lastBucketEnd,
                nextCursor: page.nextCursor)
            let isDone =
                after.progress.window == nil && plan.nextWindow(after: window) == nil
            if isDone { after.end(.done, at: pulls.clock.now) }
            backfill.stored = try await store(page, after, of: backfill, source, in: window)
            turn.storedPage()
            guard let open = after.progress.window else {
                return isDone ? .completed : .dueAgain(after: .zero)
            }
            window = open
            readTo = page.lastBucketEnd ?? readTo
        }
    }

    private func store(
        _ page: PullConnectionWorker.Page, _ progress: ReportBackfill, of backfill: Backfill,
        _ source: PullConnectionWorker.Source, in window: Checkpoint.OpenWindow
    ) async throws -> ReportBackfill {
        let (key, lease, now) = (backfill.key, backfill.job.lease, pulls.clock.now)
        // Nothing at all is also what a provider says of days that it has forgotten: what was recorded
        // before the first row that it still tells of is not taken back.
        let buckets = page.buckets.filter { bucket in
            progress.toldFrom.map { bucket.from >= $0 } ?? false
        }
        let writer = try await pulls.writer(of: page, key.report)
        let (recorded, stored) = try await pulls.database.transaction(
            for: key.report.organizationID
        ) { transaction in
            try await JobQueue.hold(lease, in: transaction)
            let month = try await transaction.first(
                SelectClosedMonth(
                    organizationID: key.report.organizationID, from: window.from,
                    through: window.through))
            if let month {
                throw ServiceError(
                    .failedPrecondition, Self.closedReason,
                    "The month that begins on \(month) was closed while the past was read, and its figures "
                        + "stay as they are. Ask for a back-fill of open months.")
            }
            let recorded = try await pulls.record(
                page, buckets: buckets, of: key.report, source, by: writer, in: transaction,
                now: now)
            var after = progress
            after.tally.pages += 1
            after.tally.recorded += recorded.report.outcome.recorded
            after.tally.corrected += recorded.report.outcome.corrected
            after.tally.unchanged += recorded.report.outcome.unchanged
            after.tally.retracted += recorded.retracted
            // The ledger's clock before the connection, as pulls lock them.
            guard try await transaction.first(HoldPulledConnection(key.report)) != nil,
                try await transaction.first(UpdateReportBackfill(key, after)) != nil
            else { throw Self.stopped }
            if let from = after.readFrom, let through = after.progress.through, from < through {
                try await transaction.execute(
                    AddReadSpan(key.report, from..<through, toldFrom: after.toldFrom))
                try await RememberReading.of(
                    key.report.connectionID, key.report.organizationID, in: transaction, now: now)
            }
            try await JobQueue.getsOn(lease, in: transaction)
            return (recorded, after)
        }
        pulls.committed(recorded, key.report)
        return stored
    }

    private func store(_ progress: ReportBackfill, of backfill: Backfill) async throws {
        let (key, lease) = (backfill.key, backfill.job.lease)
        try await pulls.database.transaction(for: key.report.organizationID) { transaction in
            try await JobQueue.hold(lease, in: transaction)
            guard try await transaction.first(UpdateReportBackfill(key, progress)) != nil else {
                throw Self.stopped
            }
        }
    }

    /// Stores what went wrong, in words; the outcome says when to try again.
    private func failed(
        _ failure: PullFailures.Failure, _ backfill: Backfill
    ) async throws -> JobOutcome {
        var after = backfill.stored
        after.progress.lastError = failure.words
        after.progress.failures += 1
        let hadCursor = after.progress.window?.cursor != nil
        if failure.forgetsCursor { after.progress.window?.beginAgain() }
        do {
            try await store(after, of: backfill)
        } catch let error as ServiceError where error.reason == Self.stopped.reason {
            return .completed
        }
        pulls.logger.warning(
            "back-fill failed", metadata: PullLog.failure(backfill.key.report, failure.logWords))
        return failure.outcome(pulls.pace, isCursorRefused: failure.forgetsCursor && hadCursor)
    }
}
