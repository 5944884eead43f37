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
/// are committed together, under the job's lease. So a worker that is killed repeats at most the
/// page it was at, and a page that is repeated changes nothing.
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
        let loaded = try await database.transaction(for: job.organizationID) { transaction in
            (
                connection: try await transaction.first(
                    SelectConnection(
                        organizationID: key.organizationID, id: key.connectionID)),
                checkpoint: try await transaction.first(SelectCheckpoint(key)),
                sealedKey: try await transaction.first(
                    SelectSealedKey(
                        organizationID: key.organizationID, connectionID: key.connectionID)),
                limitKey: try await transaction.first(
                    SelectAccountLimitKey(
                        organizationID: key.organizationID, connectionID: key.connectionID)),
                streams: try await transaction.run(
                    SelectStreams(
                        organizationID: key.organizationID, connectionID: key.connectionID))
            )
        }
        guard let connection = loaded.connection, let checkpoint = loaded.checkpoint,
            let sealedKey = loaded.sealedKey, connection.isPulled(key.stream)
        else {
            // There is nothing to read: the connection is gone, paused or deleted, or not the record
            // of this. Whoever changes that enqueues the job again.
            return .completed
        }
        var pull = Pull(
            job: job, key: key, connection: connection,
            limitKey: loaded.limitKey ?? key.connectionID.text, checkpoint: checkpoint,
            run: PullRun(key, worker: worker, now: clock.now))
        let provider = ProviderName(rawValue: connection.provider.rawValue)
        let reports = ProviderRegistry.reports(of: provider)
        do {
            try await begin(reports, besides: loaded.streams, of: pull)
            guard let report = reports.first(where: { $0.name == key.stream.rawValue }) else {
                return try await failures.record(.providerUnavailableHere, of: pull)
            }
            let secret: Secret<String>
            do {
                secret = try KeyVault.open(
                    sealedKey, of: key.connectionID,
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
                case .dueAgain, .dueInStep: true
                case .interrupted: pull.run.hasBegun && !control.isStopping
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
        let connection: ConnectionRecord
        /// What its pulls share with all others of the account.
        let limitKey: String
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
    private func begin(
        _ reports: [ProviderReport], besides streams: [PullStream], of pull: Pull
    ) async throws {
        let added = reports.map { PullStream(rawValue: $0.name) }.filter { !streams.contains($0) }
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
            cursors = WindowCursors(of: try await opened(window, of: pull, source.report))
        }
        // Of the open window; nil where this pull has read nothing of it.
        var readTo: Instant?
        var pages = 0
        while let open = window {
            // A long history is no reason for others to wait: what is due of them comes first.
            if control.isStopping || pages == PullPace.pagesPerTurn {
                return try await interrupted(pull)
            }
            pages += 1
            try await slots.wait(pull.limitKey, pause: pace.pagePause)
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
            switch source.report.kind {
            case .names(let kind): try await storeNames(page, kind, after, open, of: &pull)
            case .activity: try await storeActivity(page, after, open, of: &pull)
            case .usage, .costs: try await store(page, after, open, of: &pull, source)
            }
            pull.checkpoint = after
            window = after.window
            readTo = page.lastBucketEnd ?? readTo
            if window == nil {
                window = plan.nextWindow(after: open)
                cursors = window.map { WindowCursors(of: $0) }
                readTo = nil
            }
        }
        try await succeeded(&pull, source.report)
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
        _ page: Page, _ checkpoint: Checkpoint, _ window: Checkpoint.OpenWindow,
        of pull: inout Pull, _ source: Source
    ) async throws {
        let organization = pull.key.organizationID
        let through = min(checkpoint.through ?? window.from, window.through)
        let update = UpdateCheckpoint(
            pull.key, checkpoint: checkpoint, pages: 1, succeededAt: nil, updatedAt: clock.now,
            read: window.from..<max(window.from, through),
            toldFrom: page.rows.map(\.time).min())
        let (key, lease, run, now) = (pull.key, pull.job.lease, pull.run, clock.now)
        let writer = try await writer(of: page, key)
        if Mutant.saveCheckpointFirst.isActive {
            try await database.transaction(for: organization) { try await update.store(in: $0) }
        }
        let (recorded, stored) = try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(lease, in: transaction)
            let recorded = try await record(
                page, buckets: page.buckets, of: key, source, by: writer, in: transaction, now: now
            ) { transaction in
                try await update.store(in: transaction)
                try await JobQueue.getsOn(lease, in: transaction)
            }
            let after = run.adding(
                recorded.report.outcome, retracted: recorded.retracted,
                through: checkpoint.through)
            try await after.store(now: now, in: transaction)
            return (recorded, after)
        }
        pull.run.stored(stored)
        committed(recorded, key)
    }

    /// The worker is to stop, between two pages.
    private func interrupted(_ pull: Pull) async throws -> JobOutcome {
        guard pull.run.hasBegun else { return .interrupted }
        try await database.transaction(for: pull.key.organizationID) { transaction in
            try await JobQueue.hold(pull.job.lease, in: transaction)
            try await pull.run.end(
                .interrupted, through: pull.checkpoint.through, now: clock.now, in: transaction)
        }
        return .interrupted
    }

    /// The report was read to the present.
    private func succeeded(_ pull: inout Pull, _ report: ProviderReport) async throws {
        pull.checkpoint.health = .healthy
        pull.checkpoint.lastError = ""
        let update = UpdateCheckpoint(
            pull.key, checkpoint: pull.checkpoint, pages: 0, succeededAt: clock.now,
            updatedAt: clock.now, lateAt: pace.lateAt(clock.now, report))
        let ended = pull
        let (health, isWell) = try await database.transaction(for: pull.key.organizationID) {
            transaction in
            try await JobQueue.hold(ended.job.lease, in: transaction)
            let health = try await update.storeTellingHealth(in: transaction)
            try await ended.run.end(
                .dueAgain(after: pace.interval(of: report)), through: ended.checkpoint.through,
                now: clock.now, in: transaction)
            try await transaction.execute(
                AnnounceFirstPull(
                    organizationID: ended.key.organizationID,
                    connectionID: ended.key.connectionID, id: .make(), at: clock.now))
            // Whatever report it was that operators were told of.
            let forgotten = try await transaction.first(
                ForgetToldDegraded(
                    organizationID: ended.key.organizationID,
                    connectionID: ended.key.connectionID))
            return (health, forgotten != nil)
        }
        // The last of its reports that was broken works again.
        guard isWell || health.before.isBroken, !health.after.isBroken, let notifier else {
            return
        }
        await notifier.notify(
            ConnectionNotice(
                kind: .recovered, organizationID: pull.key.organizationID,
                connectionID: pull.key.connectionID, displayName: pull.connection.displayName,
                detail: "", at: clock.now), logger)
    }
}
