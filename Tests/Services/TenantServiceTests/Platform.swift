import API
import Core
import Domain
import Encryption
import Logging
import Postgres
import RPC
import ServiceRuntime
import Synchronization
import TestSupport
import Wire

@testable import TenantService

/// The tenant service behind authentication and permissions, on a database of its own.
final class Platform: Sendable {
    let database: ScratchDatabase
    let pool: PostgresPool
    let keyedHash: KeyedHash
    let keys: DataKeyStore
    private let keysPool: PostgresPool
    private let time: Mutex<Instant>
    private let router: Mutex<RPCRouter?>

    private init(database: ScratchDatabase) async throws {
        self.database = database
        pool = database.pool()
        keysPool = try await database.keysPool()
        keyedHash = KeyedHash(key: try SecretKey.random())
        let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
        keys = DataKeyStore(
            pool: keysPool, mainPool: pool, role: "tally_service", cipher: cipher)
        time = Mutex(Instant(seconds: 1_790_000_000))
        router = Mutex(nil)
        restart()
    }

    /// Runs `body` with the first operator's token.
    static func with(
        _ body: (_ platform: Platform, _ operatorToken: String) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let platform = try await Platform(database: database)
            let token = try await OperatorTokens(
                pool: platform.pool, keyedHash: platform.keyedHash, keys: platform.keys
            ).firstToken(now: platform.now)
            try await body(platform, token?.reveal() ?? "")
            await platform.pool.shutdown()
            await platform.keysPool.shutdown()
        }
    }

    var now: Instant { time.withLock { $0 } }

    func advance(seconds: Int64) {
        time.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }

    /// As a worker does that erases the organization.
    func destroyKeys(of organization: OrganizationID) async throws {
        let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
        let keys = DataKeyStore(
            pool: keysPool, mainPool: pool, role: "tally_worker", cipher: cipher)
        try await keys.destroy(keysOf: organization)
    }

    /// A server that has seen no token yet.
    func restart() {
        let clock = WallClock { [self] in now }
        let everyone = MethodPermissions.Line.units(.all)
            .despite(.suspension, .deletion, [.suspension, .deletion])
        let permissions = MethodPermissions(
            Dictionary(
                uniqueKeysWithValues: TallySchema.methodNames
                    .filter { $0.hasPrefix("tally.v1.TenantService/") }.map { ($0, everyone) }))
        var registry = ServiceRegistry(
            environment: CallEnvironment(pool: pool, clock: clock, keys: keys),
            auditKey: keyedHash, permissions: permissions,
            authentication: AuthenticationInterceptor(
                directory: TokenDirectory(pool: pool, keys: keys),
                guesses: TokenGuessLimiter(limit: RateLimit(perSecond: 1000)),
                keyedHash: keyedHash, permissions: permissions, clock: clock),
            rateLimiter: CallRateLimiter(
                source: UniformCallRateLimits(
                    CallRateLimits(
                        perToken: RateLimit(perSecond: 100_000),
                        perOrganization: RateLimit(perSecond: 100_000))),
                openCallsPerAddress: RateLimit(perSecond: 100_000)))
        Service(keyedHash: keyedHash, terms: DeletionTerms(keysBackupRetentionDays: 20))
            .register(in: &registry)
        let finished = registry.finish()
        router.withLock { $0 = finished }
    }

    func call<Method: RPCMethod>(
        _: Method.Type, _ request: Method.Request, as token: String, key: String = "",
        for person: String? = nil
    ) async throws -> Method.Response {
        let onBehalfOf = person.map { [("tally-on-behalf-of", Array($0.utf8))] } ?? []
        let metadata = try CallMetadata(
            hello: [],
            open: [
                ("authorization", Array("Bearer \(token)".utf8)),
                (CallMetadata.idempotencyKey, Array(key.utf8)),
            ] + onBehalfOf)
        let context = RPCContext(
            method: Method.name, idempotency: Method.idempotency,
            request: RPCRequest(message: request.serialized()), metadata: metadata,
            deadline: .now.advanced(byNanoseconds: 30_000_000_000),
            peer: RPCPeer(address: "127.0.0.1"), logger: Logger(label: "test"))
        guard let router = router.withLock({ $0 }) else { throw CancellationError() }
        let response = try await router.respond(to: context)
        return try Method.Response(serialized: response.message ?? [])
    }

    /// An organization with a slug, and its owner's token.
    func organization(
        _ slug: String, by operatorToken: String
    ) async throws -> CreateOrganizationResponse {
        try await call(
            TenantServiceMethods.CreateOrganization.self,
            CreateOrganizationRequest(
                slug: slug, displayName: "Organization \(slug)", timeZone: "Europe/Berlin",
                ownerEmail: "owner@\(slug).example"), as: operatorToken)
    }

    func token(
        _ role: Role, units: [String] = [], from networks: [String] = [],
        expireTime: Instant? = nil, callsPerSecond: Int32 = 0, by owner: String
    ) async throws -> CreateTokenResponse {
        try await call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(
                displayName: "For a test", roles: [role],
                expireTime: expireTime.map { Timestamp($0) }, unitCodes: units,
                sourceAddresses: networks, callsPerSecondMax: callsPerSecond), as: owner)
    }

    /// - Parameter date: the unit's first day; nil for the service's own choice.
    @discardableResult
    func unit(
        _ code: String, below parent: String = "",
        from date: API.Date? = API.Date(year: 1970, month: 1, day: 1), as token: String
    ) async throws -> BusinessUnit {
        try await call(
            TenantServiceMethods.CreateBusinessUnit.self,
            CreateBusinessUnitRequest(
                code: code, displayName: "Unit \(code)", parentCode: parent, effectiveDate: date),
            as: token)
    }

    /// Returns once some session of the database waits for another one's lock.
    func someSessionWaits() async throws {
        let session = try await database.session()
        let sql = """
            SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """
        try await until { try await !session.texts(sql).isEmpty }
        await session.close()
    }
}
