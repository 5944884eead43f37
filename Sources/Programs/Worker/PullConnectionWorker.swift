import ConnectionService
import Core
import Domain
import Jobs
import Ledger
import Logging
import Notifications
import Postgres
import Providers
import ServiceRuntime

/// Reads one report of one connection to the present, page by page.
///
/// Each page is fetched outside of any transaction; then its entries and the checkpoint behind it
/// are committed together, under the job's lease; with the last one, that the report was read to the present. So a
/// worker that is killed repeats at most the page it was at, and a page that is repeated changes nothing.
struct PullConnectionWorker: JobHandler {
    let database: WorkerDatabase
    let keys: DataKeyStore
    let registry: ProviderRegistry
    let pace: PullPace
    let notifier: (any Notifier)?
    /// Which process this is, for the history of pulls.
    let worker: String
    let clock: WallClock
    let logger: Logger
    let cache = LedgerCache()
    let catalogues = PriceCatalogueStore()
    let slots = RequestSlots()
    let spans = NarrowedSpans()
    let untold = UntoldAccounts()

    init(
        database: WorkerDatabase, keys: DataKeyStore, registry: ProviderRegistry, pace: PullPace,
        notifier: (any Notifier)?, worker: String, clock: WallClock, logger: Logger
    ) {
        self.database = database
        self.keys = keys
        self.registry = registry
        self.pace = pace
        self.notifier = notifier
        self.worker = worker
        self.clock = clock
        self.logger = logger
    }

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        let arguments = try job.arguments(PullConnection.self)
        let key = CheckpointKey(
            organizationID: job.organizationID,
            connectionID: try ConnectionID(arguments.connection), stream: arguments.stream)
        let failures = PullFailures(
            database: database, notifier: notifier, pace: pace, clock: clock, logger: logger)
        let found = try await database.transaction(for: job.organizationID) { transaction in
            try await transaction.first(SelectPulledConnection(key))
        }
        guard let loaded = found, loaded.connection.isPulled(key.stream) else {
            // There is nothing to read: the connection is gone, paused or deleted, or not the record
            // of this. Whoever changes that enqueues the job again.
            return .completed
        }
        let connection = loaded.connection
        var pull = Pull(
            job: job, key: key, connection: connection, checkpoint: loaded.checkpoint,
            run: PullRun(key, worker: worker, now: clock.now))
        let provider = ProviderName(rawValue: connection.provider.rawValue)
        let reports = ProviderRegistry.reports(of: provider)
        do {
            try await begin(reports, of: pull)
            guard let report = reports.first(where: { $0.name == key.stream.rawValue }) else {
                return try await failures.record(.providerUnavailableHere, of: pull)
            }
            let secret: Secret<String>
            do {
                secret = try KeyVault.open(
                    connection.sealedKey, of: key.connectionID,
                    with: try await keys.keys(of: key.organizationID))
            } catch let error as ServiceError {
                return try await failures.record(.key(error), of: pull)
            }
            guard let connector = registry.connector(for: provider, key: secret) else {
                return try await failures.record(.providerUnavailableHere, of: pull)
            }
            let outcome = try await read(
                &pull, Source(connector: connector, provider: provider, report: report), control)
            let hasRead =
                switch outcome {
                case .dueInStep: true
                case .dueAgain, .interrupted: pull.run.hasBegun && !control.isStopping
                default: false
                }
            if hasRead, report.isOfSpend, !connection.knowsAccount {
                await learnAccount(of: pull, provider, secret)
            }
            return outcome
        } catch let error as ProviderError {
            return try await failures.record(.provider(error), of: pull)
        } catch let error as ServiceError {
            // The lease is another worker's, and so is the checkpoint.
            guard error.code != .aborted else { throw error }
            return try await failures.record(.ledger(error), of: pull)
        } catch {
            // A cancelled pull has not failed: its worker stops, or has lost its lease.
            guard !(error is CancellationError), !Task.isCancelled else { throw error }
            return try await failures.record(.unexpected(error), of: pull)
        }
    }

    /// One report of one connection, and how far it was read.
    struct Pull {
        let job: Job
        let key: CheckpointKey
        let connection: PulledConnection
        var checkpoint: Checkpoint
        var run: PullRun
    }

    /// Where the rows of a pull come from.
    struct Source: Sendable {
        let connector: any ProviderConnector
        let provider: ProviderName
        let report: ProviderReport
    }

    /// Lets reports that the connection does not have yet be read too: its provider's connector
    /// declares more of them than when it was connected.
    private func begin(_ reports: [ProviderReport], of pull: Pull) async throws {
        let added = reports.map { PullStream(rawValue: $0.name) }
            .filter { !pull.connection.streams.contains($0) }
        guard !added.isEmpty else { return }
        let (key, lease) = (pull.key, pull.job.lease)
        try await database.transaction(for: key.organizationID) { transaction in
            try await JobQueue.hold(lease, in: transaction)
            for stream in added {
                try await PullConnection.begin(
                    stream, of: key.connectionID, asRecordOf: pull.connection.recordOf,
                    for: key.organizationID, in: transaction)
            }
            try await PullConnection.shareLimit(
                of: key.connectionID, for: key.organizationID, in: transaction)
            try await RememberReading.of(
                key.connectionID, key.organizationID, in: transaction, now: clock.now)
        }
    }

    private func read(
        _ pull: inout Pull, _ source: Source, _ control: JobControl
    ) async throws -> JobOutcome {
        var plan = PullPlan(
            report: source.report, backfillFrom: pull.connection.backfillFrom, now: clock.now,
            spanSeconds: await spans.seconds(of: pull.key, now: .now))
        var window = plan.firstWindow(pull.checkpoint)
        var cursors: WindowCursors?
        if let window {
            cursors = WindowCursors(
                of: try await opened(window, of: pull, source.report),
                isOfNames: source.report.isOfNames)
        }
        // Of the open window; nil where this pull has read nothing of it.
        var readTo: Instant?
        var turn = PullTurn(pace, began: .now)
        // Whether a page has said so; nothing may be there to read.
        var isRead = false
        while let open = window {
            // A long history is no reason for others to wait: what is due of them comes first.
            if control.isStopping || turn.isOver(now: .now) {
                return try await interrupted(pull)
            }
            turn.beganPage()
            try await slots.wait(pull.connection.limitKey, pause: pace.pagePause)
            let asked = try await opened(open, of: pull, source.report)
            let page: Page
            do throws(ProviderError) {
                page = try await fetch(pull.key, asked, source)
            } catch {
                guard error.isTooLarge, let narrower = plan.narrow(open, readTo: readTo) else {
                    throw error
                }
                await narrowed(pull.key, to: plan.spanSeconds)
                window = narrower
                cursors = WindowCursors(of: narrower)
                readTo = nil
                continue
            }
            try cursors?.follow(page.nextCursor)
            if !source.report.isOfNames { try cursors?.follow(page.buckets) }
            let after = plan.checkpoint(
                pull.checkpoint, window: open, lastBucketEnd: page.lastBucketEnd,
                nextCursor: try await kept(page.nextCursor, of: pull, source.report))
            let following = after.window ?? plan.nextWindow(after: open)
            // The one that follows is left open with it: the next turn goes on there, and does not begin anew.
            var kept = after
            kept.window = following
            let step = PageStep(
                page: page, window: open, checkpoint: kept, isLast: following == nil)
            switch source.report.kind {
            case .names(let kind): try await storeNames(step, kind, of: &pull, source)
            case .activity: try await storeActivity(step, of: &pull, source)
            case .usage, .costs: try await store(step, of: &pull, source)
            }
            turn.storedPage()
            isRead = step.isLast
            readTo = page.lastBucketEnd ?? readTo
            if after.window == nil {
                cursors = following.map {
                    WindowCursors(of: $0, isOfNames: source.report.isOfNames)
                }
                readTo = nil
            }
            window = following
        }
        if !isRead { try await succeeded(pull, source.report) }
        // At the connection's own time of each interval, so that its reports are read by one claim.
        return .dueInStep(
            after: pace.interval(of: source.report),
            JobRhythm(every: pace.pollInterval, seed: pull.key.connectionID.postgresUUID.low))
    }

    /// Less is asked for at once from now on.
    func narrowed(_ report: CheckpointKey, to seconds: Int64) async {
        logger.notice(
            "an answer was too large; less is asked for at once",
            metadata: PullLog.span(report, seconds: seconds))
        await spans.narrow(report, to: seconds, now: .now)
    }

    /// A page in the ledger's words.
    struct Page: Sendable {
        let rows: [ReportRow]
        let names: [NormalizedName]
        let activity: [NormalizedActivity]
        let buckets: [ReportWindow]
        let nextCursor: String?

        var lastBucketEnd: Instant? { buckets.map(\.through).max() }
    }

    func fetch(
        _ key: CheckpointKey, _ window: Checkpoint.OpenWindow, _ source: Source
    ) async throws(ProviderError) -> Page {
        let span = ReportWindow(from: window.from, through: window.through)
        let page = try await source.connector.fetch(source.report, span, cursor: window.cursor)
        for case .usage(let row) in page.rows {
            guard let field = row.contradictedField else { continue }
            logger.notice(
                "usage row contradicts itself",
                metadata: PullLog.row(key, field: field, bucket: row.bucket.from))
        }
        let name = source.report.source(of: source.provider)
        return Page(
            rows: page.rows.compactMap {
                ReportRow(
                    $0, source: name, provider: source.provider, connection: key.connectionID)
            },
            names: page.rows.compactMap { row in
                if case .name(let name) = row { name } else { nil }
            },
            activity: page.rows.compactMap { row in
                if case .activity(let activity) = row { activity } else { nil }
            }, buckets: page.buckets, nextCursor: page.nextCursor)
    }

    private func store(
        _ step: PageStep, of pull: inout Pull, _ source: Source
    ) async throws {
        let (page, window) = (step.page, step.window)
        let organization = pull.key.organizationID
        let through = min(step.checkpoint.through ?? window.from, window.through)
        let end = pageEnd(
            step, of: pull, source.report, read: window.from..<max(window.from, through),
            toldFrom: page.rows.map(\.time).min())
        let (key, lease, now) = (pull.key, pull.job.lease, clock.now)
        let writer = try await writer(of: page, key)
        if Mutant.saveCheckpointFirst.isActive {
            try await database.transaction(for: organization) {
                _ = try await end.update.store(in: $0)
            }
        }
        let (recorded, stored) = try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(lease, in: transaction)
            let recorded = try await record(
                page, buckets: page.buckets, of: key, source, by: writer, in: transaction, now: now)
            let stored = try await store(
                end, recorded.report.outcome, retracted: recorded.retracted, in: transaction)
            return (recorded, stored)
        }
        committed(recorded, key)
        await pageStored(stored, &pull)
    }

    /// Others have their turn, or the worker is to stop, between two pages. What has stored a page gets on, and forgets
    /// what failed before it.
    private func interrupted(_ pull: Pull) async throws -> JobOutcome {
        guard pull.run.hasBegun else { return .interrupted }
        try await database.transaction(for: pull.key.organizationID) { transaction in
            try await JobQueue.hold(pull.job.lease, in: transaction)
            try await pull.run.ended(
                .interrupted, through: pull.checkpoint.through, now: clock.now
            ).store(now: clock.now, in: transaction)
        }
        return PullFailures.outcome(ofTurnOf: pull.checkpoint)
    }
}
