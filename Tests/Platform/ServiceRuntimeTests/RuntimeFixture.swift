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

/// A router with one permitted method, one that only owners may call and one open one, over a
/// database with one organization.
struct RuntimeFixture: Sendable {
    typealias Get = TenantServiceMethods.GetOrganization
    typealias List = TenantServiceMethods.ListMembers
    typealias Check = HealthServiceMethods.Check

    let database: ScratchDatabase
    let pool: PostgresPool
    let keyedHash: KeyedHash
    let organizationID = OrganizationID.make()
    let clock = WallClock.fixed(Instant(seconds: 1_800_000_000))
    let directory: TokenDirectory

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
            let fixture = try RuntimeFixture(database, configure(database))
            let session = try await database.session()
            try await session.execute(
                """
                INSERT INTO organizations VALUES ('\(fixture.organizationID)', 'acme', 'Acme', 'UTC',
                    'USD', now());
                INSERT INTO organization_slugs VALUES ('acme', '\(fixture.organizationID)');
                INSERT INTO organization_slugs VALUES ('other', gen_random_uuid());
                """)
            await session.close()
            try await body(fixture)
            await fixture.pool.shutdown()
        }
    }

    private init(_ database: ScratchDatabase, _ pool: PostgresPool) throws {
        self.database = database
        self.pool = pool
        keyedHash = KeyedHash(key: try SecretKey.random())
        directory = TokenDirectory(pool: pool)
    }

    /// Stores a token of the organization, or of an operator, and returns its text.
    func token(
        role: CallerRole = .owner, revoked: Bool = false, expires: Instant? = nil
    ) async throws -> String {
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
                \(role.rawValue), now(), \(expiry), \(revoked ? "now()" : "NULL"))
            """)
        await session.close()
        return token.text.reveal()
    }

    func router(
        get: @escaping @Sendable (GetOrganizationRequest, Call) async throws -> Organization =
            Self.answer
    ) -> RPCRouter {
        let permissions = MethodPermissions([
            Get.name: [.owner, .analyst, .operator], List.name: [.owner], Check.name: [],
        ])
        var registry = ServiceRegistry(
            environment: CallEnvironment(pool: pool, clock: clock), permissions: permissions,
            authentication: AuthenticationInterceptor(
                directory: directory, keyedHash: keyedHash, permissions: permissions, clock: clock))
        registry.register(Get.self, get)
        registry.register(List.self) { _, _ in ListMembersResponse() }
        registry.registerOpen(Check.self) { _ in CheckResponse() }
        return registry.finish()
    }

    /// Calls a method as a peer would, with the metadata given.
    @discardableResult
    func call(
        _ method: String = Get.name, token: String? = nil, metadata: [String: String] = [:],
        message: [UInt8] = [], deadline: Duration? = nil, router: RPCRouter? = nil
    ) async throws -> Organization {
        let router = router ?? self.router()
        var entries = metadata.map { CallMetadata.Entry(key: $0.key, value: Array($0.value.utf8)) }
        if let token { entries.append(("authorization", Array("Bearer \(token)".utf8))) }
        let context = RPCContext(
            method: method, kind: router.kind(of: method),
            idempotency: router.idempotency(of: method), request: RPCRequest(message: message),
            metadata: try CallMetadata(hello: [], open: entries),
            deadline: deadline.map { .now + $0 }, logger: Logger(label: "test"))
        let response = try await router.respond(to: context)
        return try Organization(serialized: response.message ?? [])
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
