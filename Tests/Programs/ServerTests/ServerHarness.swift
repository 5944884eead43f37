import API
import Configuration
import Core
import Encryption
import Foundation
import Ledger
import Logging
import Postgres
import RPC
import ServiceLifecycle
import ServiceRuntime
import TallyClient
import TenantService
import TestSupport

@testable import Server

/// The whole server in this process, on a scratch database and a loopback port.
struct ServerHarness: Sendable {
    let database: ScratchDatabase
    let address: String
    let operatorToken: String
    let tokenHashKeyFile: String
    private let settings: ServerSettings
    /// How its servers use the database.
    private let configuration: PostgresConfiguration

    /// What an operator's command needs to know of the data keys.
    var keysEnvironment: [String: String] {
        guard case .file(let masterKeyFile) = settings.keys.masterKey else { return [:] }
        return [
            "TALLY_KEYS_DATABASE_URL": settings.keys.databaseURL.reveal(),
            "TALLY_MASTER_KEY_FILE": masterKeyFile,
        ]
    }

    static let now = "2026-11-05T12:00:00Z"

    /// Runs `body` against a server of its own and takes everything down afterwards.
    /// - Parameters:
    ///   - variables: Settings beside those that every server has.
    ///   - keysURL: Of a keys' database of one's own, with its migrations; nil for a new one.
    ///   - adjust: Changes how the server uses its database.
    static func with<R: Sendable>(
        _ variables: [String: String] = [:],
        telemetry: ServerTelemetry = ServerTelemetry(), keysURL: String? = nil,
        database adjust: @Sendable (inout PostgresConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (ServerHarness) async throws -> R
    ) async throws -> R {
        try await ScratchDatabase.with { database in
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "tally-server-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let keys: String
            if let keysURL { keys = keysURL } else { keys = try await database.keysURL() }
            let settings = try settings(
                database: database, keysURL: keys, folder: folder, variables)
            let pool = database.pool()
            let keysPool = PostgresPool(
                configuration: PostgresConfiguration(url: keys, connectionsMax: 2),
                logger: Logger(label: "test"))
            let store = DataKeyStore(
                pool: keysPool, mainPool: pool, role: "tally_operator",
                cipher: try settings.keys.cipher())
            let keyedHash = try KeyedHash.load(file: settings.tokenHashKeyFile)
            let bootstrap = OperatorTokens(pool: pool, keyedHash: keyedHash, keys: store)
            try await Installation(mainPool: pool, keysPool: keysPool).bind(provenBy: store)
            try await TokenHashKey(pool: pool, keyedHash: keyedHash).bind()
            let token = try await bootstrap.firstToken(now: WallClock.system.now)?.reveal() ?? ""
            try await importPrices(pool)
            await pool.shutdown()
            await keysPool.shutdown()

            var configuration = settings.poolConfiguration
            adjust(&configuration)
            let adjusted = configuration
            return try await serve(settings, telemetry, adjusted) { address in
                try await body(
                    ServerHarness(
                        database: database, address: address, operatorToken: token,
                        tokenHashKeyFile: settings.tokenHashKeyFile, settings: settings,
                        configuration: adjusted))
            }
        }
    }

    /// Another process' data keys, with the server's master key.
    func dataKeys(_ pool: PostgresPool, _ mainPool: PostgresPool) throws -> DataKeyStore {
        DataKeyStore(
            pool: pool, mainPool: mainPool, role: "tally_service",
            cipher: try settings.keys.cipher())
    }

    /// Runs `body` against another server over the same database, with the same keys.
    func withSecondServer<R: Sendable>(
        _ body: @escaping @Sendable (ServerHarness) async throws -> R
    ) async throws -> R {
        try await Self.serve(
            settings, ServerTelemetry(), configuration
        ) { address in
            try await body(
                ServerHarness(
                    database: database, address: address, operatorToken: operatorToken,
                    tokenHashKeyFile: tokenHashKeyFile, settings: settings,
                    configuration: configuration))
        }
    }

    private static func serve<R: Sendable>(
        _ settings: ServerSettings, _ telemetry: ServerTelemetry,
        _ database: PostgresConfiguration,
        _ body: @escaping @Sendable (_ address: String) async throws -> R
    ) async throws -> R {
        let program = try ServerProgram(
            settings: settings, telemetry: telemetry, database: database,
            logger: Logger(label: "test"))
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: program.server)], logger: Logger(label: "test")))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            guard let address = await program.server.boundAddress() else {
                throw CancellationError()
            }
            let value: R
            do {
                value = try await body(address)
            } catch {
                await group.triggerGracefulShutdown()
                try? await tasks.waitForAll()
                await program.shutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            await program.shutdown()
            return value
        }
    }

    /// Makes an organization, and gives its owner's token.
    func organization(_ slug: String) async throws -> String {
        let platform = client(token: operatorToken)
        let made = try await platform.call(
            TenantServiceMethods.CreateOrganization.self,
            CreateOrganizationRequest(
                slug: slug, displayName: slug, timeZone: "Europe/Berlin",
                ownerEmail: "owner@\(slug).example"))
        await platform.close()
        return made.ownerToken
    }

    func client(token: String?) -> Client {
        Client(
            configuration: TallyClientConfiguration(
                address: address, security: .plaintext, token: token))
    }

    private static func importPrices(_ pool: PostgresPool) async throws {
        let bytes = Array(try PriceUploads.shipped().utf8)
        try await pool.transaction(TransactionOptions(role: "tally_operator")) { transaction in
            _ = try await PriceCatalogueImporter().importPrices(
                PriceImport(bytes: bytes, source: "prices.csv"), in: transaction,
                now: WallClock.system.now)
        }
    }

    private static func settings(
        database: ScratchDatabase, keysURL: String, folder: URL, _ variables: [String: String]
    ) throws -> ServerSettings {
        var files: [String: String] = [:]
        for name in ["master", "hash"] {
            let file = folder.appending(path: name)
            let key = Data(try SecureRandom.bytes(32)).base64EncodedString()
            _ = FileManager.default.createFile(
                atPath: file.path, contents: Data(key.utf8), attributes: [.posixPermissions: 0o600])
            files[name] = file.path
        }
        let environment = [
            "TALLY_DATABASE_URL": database.url, "TALLY_LISTEN": "127.0.0.1:0",
            "TALLY_KEYS_DATABASE_URL": keysURL,
            "TALLY_MASTER_KEY_FILE": files["master"] ?? "",
            "TALLY_TOKEN_HASH_KEY_FILE": files["hash"] ?? "",
            "TALLY_MIGRATIONS_DIRECTORY": ProjectFolder.migrations, "TALLY_FIXED_NOW": now,
            // Where nobody listens: keys are tested at no provider.
            "TALLY_OPENAI_BASE_URL": "http://127.0.0.1:1",
            "TALLY_ANTHROPIC_BASE_URL": "http://127.0.0.1:1",
            "TALLY_OPENROUTER_BASE_URL": "http://127.0.0.1:1",
        ].merging(variables) { _, given in given }
        return try ServerSettings(
            reader: ConfigReader(
                provider: EnvironmentVariablesProvider(environmentVariables: environment)))
    }
}
