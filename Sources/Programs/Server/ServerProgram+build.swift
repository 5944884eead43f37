import API
import AllocationService
import BudgetingService
import ConnectionService
import Core
import Domain
import Encryption
import IngestionService
import Ledger
import Logging
import Postgres
import Providers
import RPC
import ServiceLifecycle
import ServiceRuntime
import TLS
import Telemetry
import TenantService

/// Everything of `tally-server` put together; tests build the same.
struct ServerProgram: Sendable {
    let server: RPCServer
    /// The listener's certificates, which may be reloaded; nil: plaintext.
    let tls: TLSContextSource?
    /// What runs, in the order of its start and against that of its end: metrics outlive the calls.
    let services: [any ServiceLifecycle.Service]
    private let pool: PostgresPool
    private let keysPool: PostgresPool
    private let tokenHashKey: TokenHashKey
    private let providerClient: ProviderHTTPClient

    /// - Parameter database: In place of what the settings say.
    init(
        settings: ServerSettings, isInsecurePlaintextAllowed: Bool = false,
        telemetry: ServerTelemetry = ServerTelemetry(), database: PostgresConfiguration? = nil,
        logger: Logger
    ) throws {
        let clock = try settings.clock
        let pool = PostgresPool(
            configuration: database ?? settings.poolConfiguration, logger: logger,
            metrics: telemetry.registry)
        let keysPool = PostgresPool(
            configuration: settings.keys.postgres(for: "tally-server"), logger: logger)
        let keysMigrations = DataKeySettings.migrationsDirectory(in: settings.migrationsDirectory)
        let health = HealthMethods(
            pool: pool, migrations: try MigrationRunner(directory: settings.migrationsDirectory),
            keysPool: keysPool, keysMigrations: try MigrationRunner(directory: keysMigrations))
        let uses = TokenUses(pool: pool, logger: logger)
        let keyedHash = try KeyedHash.load(file: settings.tokenHashKeyFile)
        let keys = DataKeyStore(
            pool: keysPool, mainPool: pool, role: "tally_service",
            cipher: try settings.keys.cipher())
        var configuration = RPCServerConfiguration(address: try settings.address)
        tls = try settings.tls.map {
            try TLSContextSource(files: $0, protocolName: RPCServer.protocolName)
        }
        configuration.tls = tls
        configuration.limits = settings.listener.limits
        configuration.isInsecurePlaintextAllowed = isInsecurePlaintextAllowed
        self.pool = pool
        self.keysPool = keysPool
        tokenHashKey = TokenHashKey(pool: pool, keyedHash: keyedHash)
        // Nothing fails from here on: a client must be shut down.
        providerClient = ProviderHTTPClient(isPatient: false)
        let router = Self.router(
            settings: settings, pool: pool, keys: keys, keyedHash: keyedHash, clock: clock,
            health: health, telemetry: telemetry, uses: uses,
            keyTester: ProviderKeyTester(
                settings: settings.providers, client: providerClient, clock: clock))
        server = RPCServer(configuration: configuration, router: router, logger: logger)
        // It ends after the calls, whose tokens it writes down.
        services =
            [uses]
            + telemetry.services(
                around: server, settings: settings.telemetry, health: health, logger: logger)
    }

    /// Gives the database connections back, once the server has ended.
    func shutdown() async {
        await pool.shutdown()
        await keysPool.shutdown()
        // It fails only where it was shut down already.
        try? await providerClient.shutdown()
    }

    /// - Throws: as `Installation.refuseAnother` and `TokenHashKey.refuseAnother`.
    func refuseKeysOfAnotherInstallation() async throws {
        try await Installation(mainPool: pool, keysPool: keysPool)
            .refuseAnother(as: "tally_service")
        try await tokenHashKey.refuseAnother(as: "tally_service")
    }

    private static func router(
        settings: ServerSettings, pool: PostgresPool, keys: DataKeyStore, keyedHash: KeyedHash,
        clock: WallClock, health: HealthMethods, telemetry: ServerTelemetry, uses: TokenUses,
        keyTester: ProviderKeyTester
    ) -> RPCRouter {
        var registry = ServiceRegistry(
            environment: CallEnvironment(pool: pool, clock: clock, keys: keys),
            auditKey: keyedHash, permissions: .tally,
            authentication: AuthenticationInterceptor(
                directory: TokenDirectory(pool: pool, keys: keys),
                guesses: settings.rateLimits.tokenGuesses, keyedHash: keyedHash,
                permissions: .tally, clock: clock, uses: uses),
            rateLimiter: settings.rateLimits.limiter,
            observers: telemetry.observers(methodNames: MethodPermissions.tally.methodNames))
        health.register(in: &registry)
        ReflectionMethods().register(in: &registry)

        let reader = SpendReader(
            catalogues: PriceCatalogueStore(),
            sets: DimensionSetCache(bytesMax: settings.reportSetsBytesMax),
            callsMax: settings.reportEventsMax)
        let allocated = AllocatedSpend(reader: reader)
        TenantService.Service(
            keyedHash: keyedHash, terms: settings.plan.deletion,
            exportSecondsMax: settings.plan.exportSecondsMax,
            exportsMax: max(1, settings.databaseConnections / 4)
        ).register(in: &registry)
        ConnectionService.Service(
            connectionsMax: settings.plan.connectionsMax, streams: Self.streams(of:),
            keyTester: keyTester, keyTestsMax: settings.providers.testsMax,
            keyTestsOfOneMax: ServerSettings.keyTestsOfOneMax(
                connectionsPerOrganization: settings.databaseConnectionsPerOrganization)
        ).register(in: &registry)
        IngestionService.Service(
            ledger: LedgerCache(), spendReader: reader,
            eventsPerDayMax: settings.plan.eventsPerDayMax,
            unitRowSource: AllocatedUnitRows(spend: allocated),
            priceFileRefused: telemetry.priceFileRefused
        ).register(in: &registry)
        AllocationService.Service(spend: allocated).register(in: &registry)
        BudgetingService.Service(
            spendReader: reader, unitSpendSource: AllocatedUnitSpend(spend: allocated)
        ).register(in: &registry)
        return registry.finish()
    }

    /// The reports that a new connection of a provider has.
    private static func streams(of provider: ConnectedProvider) -> [PullStream] {
        ProviderRegistry.reports(of: ProviderName(rawValue: provider.rawValue))
            .map { PullStream(rawValue: $0.name) }
    }
}

extension ServerSettings {
    /// The pool that the server keeps.
    var poolConfiguration: PostgresConfiguration {
        PostgresConfiguration(
            url: databaseURL.reveal(), connectionsMax: databaseConnections,
            connectionsPerOrganizationMax: databaseConnectionsPerOrganization,
            shortTransactionsPerOrganizationMax: databaseShortTransactionsPerOrganization,
            organizationRestPercent: databaseOrganizationRestPercent,
            applicationName: "tally-server")
    }
}
