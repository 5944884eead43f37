import API
import Foundation
import Synchronization
import TallyClient
import TestSupport
import Testing

/// Two servers on one PostgreSQL, all of them processes that can be killed and started again.
final class ChaosBench: Sendable {
    struct Server: Sendable {
        let number: Int
        let address: String
    }

    let servers: [Server]
    private let cluster: ScratchCluster
    private let folder: URL
    /// Of each organization's owner.
    private let tokens = Mutex<[String]>([])
    private let processes: Mutex<[ChildProcess]>
    private let environment: [String: String]

    private init(
        cluster: ScratchCluster, folder: URL, servers: [Server], environment: [String: String],
        processes: [ChildProcess]
    ) {
        self.cluster = cluster
        self.folder = folder
        self.servers = servers
        self.environment = environment
        self.processes = Mutex(processes)
    }

    /// How the servers are reached.
    enum Transport {
        case sockets
        /// Each server has an address of loopback to itself, so that its port is free again whenever it
        /// starts, whoever else uses ports meanwhile.
        case tcp
    }

    /// - Parameters:
    ///   - slugs: of its organizations.
    ///   - settings: further ones of the servers.
    static func start(
        over transport: Transport = .sockets, slugs: [String] = ["acme"],
        settings: [String: String] = [:]
    ) async throws -> ChaosBench {
        let cluster = try ScratchCluster.start()
        // Short: the path of a socket may have 107 bytes.
        let folder = URL(filePath: "/tmp/tally-chaos-\(UUID().uuidString.prefix(8).lowercased())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var environment = [
            "TALLY_MASTER_KEY_FILE": try KeyFile.make("master", in: folder),
            "TALLY_TOKEN_HASH_KEY_FILE": try KeyFile.make("hash", in: folder),
            "TALLY_MIGRATIONS_DIRECTORY": ProjectFolder.migrations,
            "TALLY_DATABASE_URL": cluster.url(database: "tally"),
            "TALLY_KEYS_DATABASE_URL": cluster.url(database: "tally_keys"),
        ]
        for database in ["tally", "tally_keys"] {
            _ = try await query("CREATE DATABASE \(database)", cluster.url())
        }
        let operatorToken = folder.appending(path: "operator.token")
        for arguments in [
            [
                "migrate", "--operator-token-file", operatorToken.path, "--token-hash-key-file",
                folder.appending(path: "hash").path,
            ],
            ["prices", "import", ProjectFolder.root + "/deploy/catalogue/prices.csv"],
        ] {
            let done = try await ChildProcess.run(
                "tally-server", arguments, environment: environment, folder: folder)
            try #require(done.status == 0, "\(done.standardError)")
        }
        _ = try await query(
            """
            CREATE ROLE chaos_login LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS;
            GRANT tally_service, tally_directory, tally_operator TO chaos_login
            """, cluster.url())
        for (name, database) in [
            ("TALLY_DATABASE_URL", "tally"), ("TALLY_KEYS_DATABASE_URL", "tally_keys"),
        ] {
            // A machine that stalls is no reason to give a connection up.
            environment[name] =
                "postgresql://chaos_login@/\(database)?host=\(cluster.directory)&connect_timeout=60"
        }
        environment.merge(settings) { _, new in new }
        let servers = (0..<2).map { number in
            Server(number: number, address: address(of: number, over: transport, in: folder))
        }
        let processes = try servers.map { try start($0, environment, folder) }
        let bench = ChaosBench(
            cluster: cluster, folder: folder, servers: servers, environment: environment,
            processes: processes)
        do {
            let token = try String(contentsOf: operatorToken, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            for slug in slugs { try await bench.makeOrganization(slug, by: token) }
        } catch {
            await bench.stop()
            throw error
        }
        return bench
    }

    private func makeOrganization(_ slug: String, by operatorToken: String) async throws {
        let platform = Self.client(of: servers[0], token: operatorToken, retryCountMax: 20)
        let made = try await platform.call(
            TenantServiceMethods.CreateOrganization.self,
            CreateOrganizationRequest(
                slug: slug, displayName: slug, timeZone: "UTC",
                ownerEmail: "owner@\(slug).example"),
            options: CallOptions(isIdempotent: true))
        await platform.close()
        tokens.withLock { $0.append(made.ownerToken) }
    }

    private static func address(
        of number: Int, over transport: Transport, in folder: URL
    ) -> String {
        switch transport {
        case .sockets:
            return "unix:\(folder.path)/server-\(number)"
        case .tcp:
            let bytes = (0..<2).map { _ in Int.random(in: 1...254) }
            return "127.\(bytes[0]).\(bytes[1]).\(number + 1):7443"
        }
    }

    /// - Parameter organization: whose owner calls, by its place among the slugs.
    func client(of server: Server, organization: Int = 0) -> Client {
        Self.client(of: server, token: tokens.withLock { $0[organization] }, retryCountMax: 0)
    }

    /// One that repeats what was never begun until the server is there again.
    func patientClient(of server: Server) -> Client {
        Self.client(of: server, token: tokens.withLock { $0[0] }, retryCountMax: 100_000)
    }

    func killServer(_ number: Int) async throws {
        let process = processes.withLock { $0[number] }
        await process.kill()
        try startServer(number)
    }

    /// The process of a server, to be told to end.
    func process(of number: Int) -> ChildProcess { processes.withLock { $0[number] } }

    /// Starts a server again whose process has ended.
    func startServer(_ number: Int) throws {
        let again = try Self.start(servers[number], environment, folder)
        processes.withLock { $0[number] = again }
    }

    /// Starts a worker on the same database, which goes on until the bench stops.
    func startWorker(_ settings: [String: String] = [:]) async throws -> ChildProcess {
        _ = try await sql("GRANT tally_worker TO chaos_login")
        let worker = try ChildProcess.start(
            "tally-worker", environment: environment.merging(settings) { _, new in new },
            folder: folder)
        processes.withLock { $0.append(worker) }
        return worker
    }

    func killDatabase() async throws {
        try cluster.crash()
        try await cluster.startAgain()
    }

    /// The superuser's.
    var databaseURL: String { cluster.url(database: "tally") }

    /// Cells of a query's rows, as a superuser.
    func sql(_ text: String) async throws -> String {
        try await query(text, databaseURL)
    }

    func databaseLog() throws -> String {
        try String(contentsOfFile: cluster.directory + "/log", encoding: .utf8)
    }

    func stop() async {
        for process in processes.withLock({ $0 }) { await process.kill() }
        try? cluster.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func start(
        _ server: Server, _ environment: [String: String], _ folder: URL
    ) throws -> ChildProcess {
        if server.address.hasPrefix("unix:") {
            // One that was killed leaves its socket behind.
            let socket = String(server.address.dropFirst("unix:".count))
            try? FileManager.default.removeItem(atPath: socket)
        }
        var environment = environment
        environment["TALLY_LISTEN"] = server.address
        return try ChildProcess.start(
            "tally-server", ["serve"], environment: environment, folder: folder)
    }

    private static func client(
        of server: Server, token: String, retryCountMax: Int
    ) -> Client {
        var configuration = TallyClientConfiguration(
            address: server.address, security: .plaintext, token: token)
        configuration.retryCountMax = retryCountMax
        // Long enough for a server to start on a busy machine.
        configuration.callTimeout = .seconds(180)
        configuration.retryDelayMax = .milliseconds(200)
        return Client(configuration: configuration)
    }
}
