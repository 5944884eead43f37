import ConnectionService
import Core
import Encryption
import IngestionService
import Jobs
import Ledger
import Logging
import Notifications
import Postgres
import Providers
import ServiceLifecycle
import ServiceRuntime
import Telemetry
import TenantService

/// Everything of `tally-worker` put together; tests build the same.
struct WorkerProgram: ServiceLifecycle.Service {
    let logger: Logger
    private let queue: JobQueue
    private let runner: JobRunner
    private let control = JobControl()
    private let pool: PostgresPool
    private let keysPool: PostgresPool
    private let client: ProviderHTTPClient

    private let metrics: WorkerMetrics?

    /// - Parameter log: where the worker's lines go.
    init(settings: WorkerSettings, log: LogSink) throws {
        let level = settings.logLevel
        let registry = settings.telemetry.metricsAddress.map { _ in PrometheusRegistry() }
        if let registry { log.register(in: registry) }
        try self.init(
            settings: settings,
            logger: Logger(label: "tally-worker") { _ in
                JSONLogHandler(program: "tally-worker", level: level, output: log)
            }, metricsRegistry: registry)
    }

    /// - Parameter metricsRegistry: nil where nobody reads metrics: then none are kept.
    init(
        settings: WorkerSettings, logger: Logger, metricsRegistry: PrometheusRegistry? = nil
    ) throws {
        self.logger = logger
        pool = PostgresPool(
            configuration: PostgresConfiguration(
                url: settings.databaseURL.reveal(), connectionsMax: settings.databaseConnections,
                applicationName: "tally-worker"), logger: logger, metrics: metricsRegistry)
        keysPool = PostgresPool(
            configuration: settings.keys.postgres(for: "tally-worker"), logger: logger)
        client = ProviderHTTPClient()
        let worker = LeaseOwner.thisProcess()
        let queue = JobQueue(pool: pool, owner: worker)
        self.queue = queue
        let database = WorkerDatabase(pool: pool)
        let keys = DataKeyStore(
            pool: keysPool, mainPool: pool, role: "tally_worker",
            cipher: try settings.keys.cipher())
        var limits = HTTPProviderTransport.Limits()
        limits.bodyBytesMax = settings.providerAnswerBytesMax
        let endpoints: [ProviderName: ProviderEndpoint] = [
            .openAI: settings.openAI, .anthropic: settings.anthropic,
            .openRouter: settings.openRouter,
        ]
        let registry = ProviderRegistry(
            transports: endpoints.mapValues { [client, limits] endpoint in
                HTTPProviderTransport(endpoint: endpoint, client: client, limits: limits)
            })
        let handler = PullConnectionWorker(
            database: database, keys: keys, registry: registry,
            pace: PullPace(
                pollInterval: settings.pollInterval, pagePause: settings.pagePause),
            notifier: try Self.notifier(settings, logger), worker: worker, clock: settings.clock,
            logger: logger)
        var configuration = JobRunner.Configuration()
        configuration.concurrency = settings.concurrency
        configuration.lease = settings.lease
        configuration.perConcurrencyKey = settings.accountConcurrency
        let metrics = metricsRegistry.map { [pool] registry in
            WorkerMetrics(
                registry: registry, queue: queue, pool: pool,
                kinds: [
                    PullConnection.kind, ReadBackfill.kind, DeleteExpiredCalls.kind,
                    EraseOrganizations.kind, EraseOrganization.kind, RemoveOldUsage.kind,
                    RemoveOrganizationUsage.kind, FillInPrices.kind,
                    FillInOrganizationPrices.kind, SealUsers.kind, MakeUsageMonths.kind,
                    VerifyRollups.kind, VerifyOrganizationRollups.kind,
                ])
        }
        self.metrics = metrics
        let log = JobLog(logger: logger)
        var filler = FillInOrganizationPricesWorker(
            database: database, keys: keys, clock: settings.clock, logger: logger)
        filler.priced = { metrics?.priced(events: $0) }
        runner = JobRunner(
            queue: queue,
            handlers: [
                PullConnection.kind: handler,
                ReadBackfill.kind: ReadBackfillWorker(pulls: handler),
                DeleteExpiredCalls.kind: DeleteExpiredCallsWorker(pool: pool),
                EraseOrganizations.kind: EraseOrganizationsWorker(pool: pool),
                EraseOrganization.kind: EraseOrganizationWorker(
                    pool: pool, database: database, keys: keys, logger: logger),
                RemoveOldUsage.kind: RemoveOldUsageWorker(pool: pool, logger: logger),
                RemoveOrganizationUsage.kind: RemoveOrganizationUsageWorker(
                    database: database, logger: logger, removed: { metrics?.removed(entries: $0) }),
                FillInPrices.kind: FillInPricesWorker(pool: pool),
                FillInOrganizationPrices.kind: filler,
                SealUsers.kind: SealUsersWorker(
                    pool: pool, database: database, keys: keys, logger: logger),
                MakeUsageMonths.kind: MakeUsageMonthsWorker(pool: pool),
                VerifyRollups.kind: VerifyRollupsWorker(pool: pool),
                VerifyOrganizationRollups.kind: VerifyOrganizationRollupsWorker(
                    database: database, notifier: handler.notifier, clock: settings.clock,
                    logger: logger),
            ], configuration: configuration, control: control
        ) { event in
            log.write(event)
            metrics?.count(event)
        }
    }

    private static func notifier(
        _ settings: WorkerSettings, _ logger: Logger
    ) throws -> (any Notifier)? {
        guard let url = settings.operatorWebhookURL else { return nil }
        let key = try settings.operatorWebhookKeyFile.map { try KeyedHash.load(file: $0) }
        return try WebhookNotifier(url: url) { body in try key?.hash(body) }
    }

    /// Serves the worker's metrics; nil where nobody reads them.
    func metricsListener(_ settings: TelemetrySettings) -> MetricsListener? {
        guard let address = settings.metricsAddress, let metrics else { return nil }
        return metrics.listener(at: address, logger: logger)
    }

    /// - Throws: as `Installation.refuseAnother`.
    func refuseKeysOfAnotherInstallation() async throws {
        try await Installation(mainPool: pool, keysPool: keysPool)
            .refuseAnother(as: "tally_worker")
    }

    /// Works until the process is told to stop; pulls end after the page they are at.
    func run() async throws {
        logger.info("worker started")
        await withGracefulShutdownHandler {
            await runner.run()
        } onGracefulShutdown: {
            control.stop()
        }
        logger.info("worker stopped")
    }

    /// Reads every connection to the present, and back-fills; false where one could not be read.
    func readOnce(giveUpAfter limit: Duration) async throws -> Bool {
        try await queue.expedite([PullConnection.kind, ReadBackfill.kind])
        let isSettled = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await runner.runUntilSettled()
                return !Task.isCancelled
            }
            group.addTask {
                // Cancelled when the reading is done first.
                try? await Task.sleep(for: limit)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        guard isSettled else { return false }
        return try await queue.counts([PullConnection.kind, ReadBackfill.kind])
            .withError == 0
    }

    func shutdown() async throws {
        await pool.shutdown()
        await keysPool.shutdown()
        try await client.shutdown()
    }
}
