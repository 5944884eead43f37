import API
import Core
import Domain
import Encryption
import Logging
import Postgres
import RPC
import ServiceRuntime
import TestSupport
import Testing
import Wire

/// A router with a few methods of different kinds over a database with one organization.
struct RuntimeFixture: Sendable {
    typealias Get = TenantServiceMethods.GetOrganization
    typealias List = TenantServiceMethods.ListMembers
    typealias Create = TenantServiceMethods.CreateBusinessUnit
    typealias Ingest = IngestionServiceMethods.IngestEvents
    typealias Check = HealthServiceMethods.Check
    typealias CreateHandler =
        @Sendable (CreateBusinessUnitRequest, Call) async throws -> BusinessUnit

    let database: ScratchDatabase
    let pool: PostgresPool
    let keyedHash: KeyedHash
    let organizationID = OrganizationID.make()
    let clock = WallClock.fixed(Instant(seconds: 1_800_000_000))
    let directory: TokenDirectory
    let keys: DataKeyStore

    /// Answers with the caller's organization in `id` and the person in `displayName`.
    static let answer: @Sendable (GetOrganizationRequest, Call) async throws -> Organization = {
        _, call in
        Organization(
            id: call.caller.organizationID?.text ?? "", slug: call.caller.tokenID,
            displayName: call.caller.onBehalfOf ?? "")
    }

    static func with(
        pool configure: (ScratchDatabase) -> PostgresPool = { $0.pool() },
        _ body: (RuntimeFixture) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let keysPool = try await database.keysPool()
            // Keys are made beforehand, wherever the calls' own database is.
            let mainPool = database.pool(connectionsMax: 2)
            let fixture = try RuntimeFixture(database, configure(database), keysPool, mainPool)
            let session = try await database.session()
            try await session.execute(
                """
                INSERT INTO organizations VALUES ('\(fixture.organizationID)', 'acme', 'Acme', 'UTC',
                    'USD', now());
                INSERT INTO organization_slugs VALUES ('acme', '\(fixture.organizationID)');
                INSERT INTO organization_slugs VALUES ('other', gen_random_uuid());
                """)
            await session.close()
            try await fixture.beginAuditLog()
            try await fixture.keys.makeKeys(of: fixture.organizationID)
            try await fixture.keys.makeKeys(of: AuditChainHead.platform)
            try await body(fixture)
            await fixture.pool.shutdown()
            await keysPool.shutdown()
            await mainPool.shutdown()
        }
    }

    private init(
        _ database: ScratchDatabase, _ pool: PostgresPool, _ keysPool: PostgresPool,
        _ mainPool: PostgresPool
    ) throws {
        self.database = database
        self.pool = pool
        keyedHash = KeyedHash(key: try SecretKey.random())
        let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
        keys = DataKeyStore(
            pool: keysPool, mainPool: mainPool, role: "tally_service", cipher: cipher)
        directory = TokenDirectory(pool: pool, keys: keys)
    }

    var environment: CallEnvironment { CallEnvironment(pool: pool, clock: clock, keys: keys) }

    /// What the organization's audit log says of people, in order.
    func auditFields() async throws -> [AuditPersonalFields] {
        let rows = try await texts(
            "SELECT sequence, encode(sealed, 'hex') FROM audit_log ORDER BY org_id, sequence")
        let keys = try await keys.keys(of: organizationID)
        return try rows.compactMap { row in
            let digits = Array((row[1] ?? "").utf8)
            let sealed = stride(from: 0, to: digits.count, by: 2).compactMap { index in
                UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
            }
            guard let sequence = row[0].flatMap(Int64.init),
                case .readable(let fields) = try keys.auditFields(sealed, ofRow: sequence)
            else { return nil }
            return fields
        }
    }

    /// As who makes an organization does.
    private func beginAuditLog() async throws {
        let organization = organizationID.postgresUUID
        let pool = database.pool(connectionsMax: 1)
        try await pool.transaction(
            TransactionOptions(role: "tally_operator", organization: organization)
        ) { transaction in
            try await AuditWriter.begin(organization, key: keyedHash, in: transaction)
        }
        await pool.shutdown()
    }

    /// Refuses nobody whom a test does not flood it for.
    static var limiter: CallRateLimiter {
        let limit = RateLimit(perSecond: 100_000)
        return CallRateLimiter(
            source: UniformCallRateLimits(
                CallRateLimits(perToken: limit, perOrganization: limit)),
            openCallsPerAddress: limit)
    }

    /// Counts each time it takes effect, and answers differently each time.
    static let create: CreateHandler = { request, call in
        let statement = CountUp(organization: try call.organizationID)
        try await call.transaction { _ = try await $0.execute(statement) }
        return BusinessUnit(id: try TokenText().id, code: request.code)
    }

    /// How often `create` took effect for an organization.
    func effects(of organization: OrganizationID? = nil) async throws -> Int {
        let rows = try await texts(
            "SELECT n FROM counters WHERE org_id = '\(organization ?? organizationID)'")
        return rows.first?.first.flatMap { $0 }.flatMap(Int.init) ?? 0
    }

    /// What a superuser reads.
    func texts(_ sql: String) async throws -> [[String?]] {
        let session = try await database.session()
        let rows = try await session.texts(sql)
        await session.close()
        return rows
    }

    /// Stores a token of the organization, or of another one or an operator; returns its text.
    func token(
        role: CallerRoles = .owner, revoked: Bool = false, expires: Instant? = nil,
        of organizationID: OrganizationID? = nil, units: [String] = [], networks: [String] = [],
        callsPerSecond: Int? = nil
    ) async throws -> String {
        let organizationID = organizationID ?? self.organizationID
        let token = try TokenText()
        let hash = try keyedHash.hash(token.hashed).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0\(text)" : text
        }.joined()
        let organization = role == .operator ? "NULL" : "'\(organizationID)'"
        let expiry = expires.map { "to_timestamp(\($0.seconds))" } ?? "NULL"
        let session = try await database.session()
        try await session.execute(
            """
            INSERT INTO token_directory VALUES ('\(token.id)', \(organization), '\\x\(hash)',
                \(role.rawValue), now(), \(expiry), \(revoked ? "now()" : "NULL"),
                '{\(units.joined(separator: ","))}', '{\(networks.joined(separator: ","))}',
                \(callsPerSecond.map { "\($0)" } ?? "NULL"))
            """)
        await session.close()
        return token.text.reveal()
    }

    /// Adds a member to the organization, or to another one.
    func member(
        _ email: String, _ roles: CallerRoles, units: [String] = [],
        of organizationID: OrganizationID? = nil
    ) async throws {
        let organization = organizationID ?? self.organizationID
        let id = MemberID.make()
        let sealed = try await keys.makeKeys(of: organization).seal(email: email, of: id)
        let hex = { (bytes: [UInt8]) in
            "\\x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        let session = try await database.session()
        try await session.execute(
            """
            INSERT INTO members
                (org_id, id, sealed_email, email_key, roles, unit_codes, created_at)
            VALUES ('\(organization)', '\(id)', '\(hex(sealed.sealed))', '\(hex(sealed.key))',
                \(roles.rawValue), '{\(units.joined(separator: ","))}', now())
            """)
        await session.close()
    }

    func router(
        get: @escaping @Sendable (GetOrganizationRequest, Call) async throws -> Organization =
            Self.answer,
        create: @escaping CreateHandler = Self.create,
        directory: TokenDirectory? = nil, limiter: CallRateLimiter = Self.limiter,
        guesses: TokenGuessLimiter = TokenGuessLimiter(limit: RateLimit(perSecond: 1000)),
        observers: [any RPCInterceptor] = [], uses: TokenUses? = nil
    ) -> RPCRouter {
        let permissions = MethodPermissions([
            Get.name: .units([.owner, .analyst, .operator, .unitOwner]),
            List.name: .whole(.owner), Check.name: .open,
            Create.name: .whole([.owner, .admin]), Ingest.name: .whole(.owner),
        ])
        var registry = ServiceRegistry(
            environment: environment,
            auditKey: keyedHash, permissions: permissions,
            authentication: AuthenticationInterceptor(
                directory: directory ?? self.directory, guesses: guesses, keyedHash: keyedHash,
                permissions: permissions, clock: clock, uses: uses), rateLimiter: limiter,
            observers: observers)
        registry.register(Get.self, get)
        registry.register(List.self) { _, _ in ListMembersResponse() }
        registry.register(Create.self, create)
        registry.registerSelfRecorded(Ingest.self) { _, call in
            let statement = CountUp(organization: try call.organizationID)
            try await call.transaction { _ = try await $0.execute(statement) }
            return IngestEventsResponse()
        }
        registry.registerOpen(Check.self) { _ in CheckResponse() }
        return registry.finish()
    }

    /// Calls `create` under an idempotency key, and gives the answer as it goes out.
    @discardableResult
    func create(
        _ code: String = "a", key: String, token: String, router: RPCRouter? = nil,
        metadata: [String: String] = [:]
    ) async throws -> [UInt8] {
        try await respond(
            Create.name, token: token,
            metadata: metadata.merging(["idempotency-key": key]) { $1 },
            message: CreateBusinessUnitRequest(code: code).serialized(),
            router: router ?? self.router()
        ).message ?? []
    }

    /// Calls a method as a peer would, with the metadata given.
    @discardableResult
    func call(
        _ method: String = Get.name, token: String? = nil, metadata: [String: String] = [:],
        message: [UInt8] = [], deadline: Duration? = nil, from address: String = "in-process",
        router: RPCRouter? = nil
    ) async throws -> Organization {
        let response = try await respond(
            method, token: token, metadata: metadata, message: message, deadline: deadline,
            from: address, router: router ?? self.router())
        return try Organization(serialized: response.message ?? [])
    }

    /// Why a call is refused; nil where it is not. What it brings stands on `Hello` and on `Open`.
    func reason(
        _ method: String, token: String, hello: String, open: String?,
        peer: RPCPeer = RPCPeer(address: "in-process"), scope: RPCConnectionScope,
        router: RPCRouter
    ) async throws -> String? {
        let person = "tally-on-behalf-of"
        let context = RPCContext(
            method: method, kind: router.kind(of: method),
            idempotency: router.idempotency(of: method), request: RPCRequest(message: []),
            metadata: try CallMetadata(
                hello: [
                    ("authorization", Array("Bearer \(token)".utf8)), (person, Array(hello.utf8)),
                ],
                open: open.map { [(person, Array($0.utf8))] } ?? []),
            peer: peer, connection: scope, logger: Logger(label: "test"))
        do {
            _ = try await router.respond(to: context)
            return nil
        } catch let error as ServiceError {
            return error.reason.rawValue
        }
    }

    private func respond(
        _ method: String, token: String?, metadata: [String: String], message: [UInt8],
        deadline: Duration? = nil, from address: String = "in-process", router: RPCRouter
    ) async throws -> RPCResponse {
        var entries = metadata.map { CallMetadata.Entry(key: $0.key, value: Array($0.value.utf8)) }
        if let token { entries.append(("authorization", Array("Bearer \(token)".utf8))) }
        let context = RPCContext(
            method: method, kind: router.kind(of: method),
            idempotency: router.idempotency(of: method), request: RPCRequest(message: message),
            metadata: try CallMetadata(hello: [], open: entries),
            deadline: deadline.map {
                let (seconds, attoseconds) = $0.components
                return .now.advanced(
                    byNanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
            }, peer: RPCPeer(address: address), logger: Logger(label: "test"))
        return try await router.respond(to: context)
    }
}

/// What `RuntimeFixture.create` does.
struct CountUp: PostgresStatement {
    typealias Row = Void
    static let sql = """
        INSERT INTO counters AS c (org_id, name, n) VALUES ($1, 'effects', 1)
        ON CONFLICT (org_id, name) DO UPDATE SET n = c.n + excluded.n
        """
    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }
}

/// Expects a `ServiceError` of a code and a reason.
func expect(
    _ code: ServiceError.Code, _ reason: String,
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> some Sendable
) async {
    do {
        _ = try await body()
        Issue.record("no error", sourceLocation: sourceLocation)
    } catch let error as ServiceError {
        #expect(
            error == ServiceError(code, .init(rawValue: reason), ""),
            sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(String(reflecting: error))", sourceLocation: sourceLocation)
    }
}
