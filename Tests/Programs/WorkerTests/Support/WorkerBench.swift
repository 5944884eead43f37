import API
import Configuration
import Core
import Domain
import Encryption
import Foundation
import Logging
import Postgres
import RPC
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// A database, an organization, a provider and the worker's settings.
struct WorkerBench: Sendable {
    static let key = "sk-admin-planted-0123456789-wxyz"
    static let now = "2026-11-20T12:34:56Z"

    let database: ScratchDatabase
    let pool: PostgresPool
    let keysURL: String
    let keysPool: PostgresPool
    let organization: OrganizationID
    let server: StubHTTPServer
    let keyFile: String
    let log: LogRecorder

    static func with(
        _ provider: FakeProvider, _ body: @Sendable (WorkerBench) async throws -> Void
    ) async throws {
        try await with({ await provider.respond($0) }, body: body)
    }

    /// - Parameter respond: what the providers answer.
    static func with(
        _ respond: @escaping @Sendable (StubHTTPServer.Request) async -> StubHTTPServer.Response,
        body: @Sendable (WorkerBench) async throws -> Void
    ) async throws {
        let keyFile = NSTemporaryDirectory() + "tally-key-\(UUID().uuidString)"
        try KeyFiles.write(keyFile)
        let server = try await StubHTTPServer(respond)
        do {
            try await with(keyFile: keyFile, server: server, body)
        } catch {
            try? await server.close()
            throw error
        }
        try await server.close()
        try FileManager.default.removeItem(atPath: keyFile)
    }

    private static func with(
        keyFile: String, server: StubHTTPServer,
        _ body: @Sendable (WorkerBench) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            let bench = WorkerBench(
                database: database, pool: pool, keysURL: try await database.keysURL(),
                keysPool: try await database.keysPool(),
                organization: try await ScratchOrganization.make(in: database).id,
                server: server, keyFile: keyFile, log: LogRecorder())
            try await bench.keys.makeKeys(of: bench.organization)
            do {
                try await body(bench)
                // Whatever the test did, unless it did it to the tables itself.
                #expect(try await ReadingHistory.forgotten(in: database) == [])
            } catch {
                await pool.shutdown()
                await bench.keysPool.shutdown()
                throw error
            }
            await pool.shutdown()
            await bench.keysPool.shutdown()
        }
    }

    /// Connects an account that reaches back ten days.
    func connect(
        _ provider: API.Provider = .openai, days: Int32 = 10, key: String = Self.key,
        streams: [PullStream] = [.usage, .costs]
    ) async throws -> ConnectionID {
        let service = ConnectionService.Service(streams: { _ in streams })
        let made = try await service.createConnection(
            CreateConnectionRequest(
                provider: provider, displayName: "\(provider.rawValue)", apiKey: key,
                backfillDays: days), call)
        return try ConnectionID(made.id)
    }

    /// What an admin asks for, of the accounts that are connected.
    var service: ConnectionService.Service { ConnectionService.Service() }

    func replaceKey(_ id: ConnectionID, _ key: String) async throws -> API.Connection {
        let service = ConnectionService.Service()
        return try await service.replaceConnectionKey(
            ReplaceConnectionKeyRequest(id: id.text, apiKey: key), call)
    }

    /// Lets an admin change something.
    func change(
        _ body: (ConnectionService.Service, Call) async throws -> API.Connection
    ) async throws {
        _ = try await body(ConnectionService.Service(), call)
    }

    func connection(_ id: ConnectionID) async throws -> API.Connection {
        let service = ConnectionService.Service()
        return try await service.getConnection(GetConnectionRequest(id: id.text), call)
    }

    var call: Call {
        get throws {
            Call(
                caller: Caller(tokenID: "t", roles: .admin, organizationID: organization),
                context: RPCContext(method: "test", logger: Logger(label: "test")),
                environment: CallEnvironment(
                    pool: pool, clock: .fixed(try Instant(rfc3339: Self.now)),
                    keys: try keys))
        }
    }

    var keys: DataKeyStore {
        get throws {
            DataKeyStore(
                pool: keysPool, mainPool: pool, role: "tally_service",
                cipher: EnvelopeCipher(current: try MasterKey.load(file: keyFile)),
                // What is read must not depend on how busy the machine is.
                patience: .seconds(10))
        }
    }

    var environment: [String: String] {
        [
            "TALLY_DATABASE_URL": database.url, "TALLY_KEYS_DATABASE_URL": keysURL,
            "TALLY_MASTER_KEY_FILE": keyFile,
            "TALLY_OPENAI_BASE_URL": server.baseURL + "/v1",
            "TALLY_ANTHROPIC_BASE_URL": server.baseURL, "TALLY_OPENROUTER_BASE_URL": server.baseURL,
            "TALLY_PAGE_PAUSE_MILLISECONDS": "0",
            "TALLY_LEASE_SECONDS": "3", "TALLY_LOG_LEVEL": "debug",
        ]
    }

    func program(
        _ more: [String: String] = [:], now: String = Self.now
    ) throws -> WorkerProgram {
        var environment = environment.merging(more) { _, new in new }
        environment["TALLY_FIXED_NOW"] = now
        let reader = ConfigReader(
            provider: EnvironmentVariablesProvider(environmentVariables: environment))
        let log = log
        return try WorkerProgram(
            settings: WorkerSettings(reader: reader), logger: Logger(label: "worker") { _ in log })
    }

    /// One whole reading by a worker in this process.
    func readOnce(
        _ more: [String: String] = [:], now: String = Self.now
    ) async throws -> Bool {
        let program = try program(more, now: now)
        let result: Result<Bool, any Error>
        do {
            result = .success(try await program.readOnce(giveUpAfter: .seconds(300)))
        } catch {
            result = .failure(error)
        }
        try await program.shutdown()
        return try result.get()
    }

    /// As the superuser.
    func execute(_ sql: String) async throws {
        let session = try await database.session()
        try await session.execute(sql)
        await session.close()
    }

    func texts(_ sql: String) async throws -> [[String?]] {
        let session = try await database.session()
        let rows = try await session.texts(sql)
        await session.close()
        return rows
    }

    struct Totals: Equatable {
        var input: Int64
        var output: Int64
        var picos: String
    }

    /// What the roll-ups come to, and the entries, which must agree.
    func totals() async throws -> Totals {
        let sums = """
            coalesce(sum(input), 0)::text, coalesce(sum(output_unsplit), 0)::text
            """
        let usage = try await texts("SELECT \(sums) FROM current_usage_rollups WHERE kind = 2")[0]
        let picos = try await texts(
            "SELECT coalesce(sum(amount_picos), 0)::text FROM current_usage_rollups WHERE kind = 3")[
                0]
        let entries = try await texts(
            """
            SELECT \(sums), coalesce(sum(amount_picos) FILTER (
                WHERE source LIKE '%/costs'), 0)::text FROM ledger_entries
            """)[0]
        guard entries == usage + picos else {
            throw Mismatch(entries: entries, rollups: usage + picos)
        }
        return Totals(
            input: Int64(usage[0] ?? "") ?? -1, output: Int64(usage[1] ?? "") ?? -1,
            picos: picos[0] ?? "")
    }

    struct Mismatch: Error {
        let entries: [String?]
        let rollups: [String?]
    }

    /// Every row of every table, as text.
    func everyRow() async throws -> [String] {
        var rows: [String] = []
        for table in try await texts("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        {
            guard let name = table[0] else { continue }
            rows += try await texts("SELECT t::text FROM \(name) AS t").compactMap { $0[0] }
        }
        return rows
    }
}

/// Keeps every log line with its metadata.
final class LogRecorder: LogHandler, Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }

    func log(event: LogEvent) {
        let values = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
        recorded.withLock {
            $0.append("\(event.level) \(event.message) \(values.joined(separator: " "))")
        }
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { nil }
        set {}
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
}
