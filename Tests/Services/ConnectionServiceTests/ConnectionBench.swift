import API
import Core
import Domain
import Encryption
import Jobs
import Logging
import Postgres
import RPC
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// A database with one organization, and the service as its admin calls it.
struct ConnectionBench: Sendable {
    static let planted = "sk-admin-planted-0123456789-abcd"

    let database: ScratchDatabase
    let pool: PostgresPool
    let service: Service
    let organization: OrganizationID
    let keys: DataKeyStore

    func call(as roles: CallerRoles = .admin, of organization: OrganizationID? = nil) throws
        -> Call
    {
        Call(
            caller: Caller(
                tokenID: "t", roles: roles, organizationID: organization ?? self.organization),
            context: RPCContext(method: "test", logger: Logger(label: "test")),
            environment: CallEnvironment(
                pool: pool, clock: .fixed(try Instant(rfc3339: "2026-11-20T12:34:56Z")),
                keys: keys))
    }

    /// As the worker acts.
    var worker: TransactionOptions {
        TransactionOptions(role: "tally_worker", organization: organization.postgresUUID)
    }

    func read(_ id: String) async throws -> Connection {
        try await service.getConnection(GetConnectionRequest(id: id), call())
    }

    func update(
        _ connection: String, _ stream: PullStream, _ health: PullHealth,
        error: String = ""
    ) throws -> UpdateCheckpoint {
        let key = CheckpointKey(
            organizationID: organization, connectionID: try ConnectionID(connection),
            stream: stream)
        let now = try Instant(rfc3339: "2026-11-20T13:00:00Z")
        return UpdateCheckpoint(
            key, checkpoint: Checkpoint(through: now, health: health, lastError: error),
            pages: 1, succeededAt: health == .healthy ? now : nil, updatedAt: now)
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

    func replaceKey(
        _ id: String, _ key: String, as roles: CallerRoles = .admin,
        of organization: OrganizationID? = nil
    ) async throws -> Connection {
        try await service.replaceConnectionKey(
            ReplaceConnectionKeyRequest(id: id, apiKey: key), call(as: roles, of: organization))
    }

    func create(
        _ name: String = "Research", provider: Provider = .openai, key: String = planted,
        days: Int32 = 0
    ) async throws -> Connection {
        try await service.createConnection(
            CreateConnectionRequest(
                provider: provider, displayName: name, apiKey: key, backfillDays: days),
            call())
    }

    static func with(_ body: @Sendable (ConnectionBench) async throws -> Void) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            let keysPool = try await database.keysPool()
            let bench = ConnectionBench(
                database: database, pool: pool, service: Service(),
                organization: try await makeOrganization("acme", in: database),
                keys: DataKeyStore(
                    pool: keysPool, mainPool: pool, role: "tally_service",
                    cipher: EnvelopeCipher(current: try MasterKey(SecretKey.random())),
                    patience: .seconds(10)))
            try await bench.keys.makeKeys(of: bench.organization)
            do {
                try await body(bench)
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
            await keysPool.shutdown()
        }
    }

    static func makeOrganization(
        _ slug: String, in database: ScratchDatabase
    ) async throws -> OrganizationID {
        let id = OrganizationID.make()
        let session = try await database.session()
        try await session.execute(
            """
            INSERT INTO organizations VALUES
            ('\(id.text)', '\(slug)', '\(slug)', 'Europe/Berlin', 'USD', now())
            """)
        await session.close()
        return id
    }
}
