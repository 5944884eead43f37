import Core
import Foundation
import Logging
package import Postgres

/// A database for one test, with the migrations applied.
///
/// It lies in the server that `TALLY_TEST_DATABASE_URL` names (a superuser's URL), or in one that
/// the process starts on first use. Each is a copy of a template that is migrated once.
package struct ScratchDatabase: Sendable {
    package let name: String
    /// The superuser's URL; transactions still take the role that their options name.
    package let url: String

    /// A new database.
    /// - Parameter migrated: false for an empty one.
    private static func make(migrated: Bool) async throws -> ScratchDatabase {
        let server = try await ScratchServer.shared.ready()
        let name = "tally_test_\(UUID().uuidString.prefix(13).lowercased())"
            .replacing("-", with: "_")
        let template = migrated ? server.template : "template0"
        try await server.administer("CREATE DATABASE \(name) TEMPLATE \(template)")
        return ScratchDatabase(name: name, url: ScratchServer.url(server.url, database: name))
    }

    /// Makes a database, runs `body` and drops it; a failed test's database is kept and named.
    ///
    /// Waits while many others are in use, so never nest it: tests run side by side, and all of
    /// their connections at once are more than a server takes.
    package static func with<R: Sendable>(
        migrated: Bool = true, _ body: (ScratchDatabase) async throws -> R
    ) async throws -> R {
        await Turnstile.databases.enter()
        defer { Turnstile.databases.leave() }
        let database = try await make(migrated: migrated)
        do {
            let value = try await body(database)
            try await database.close()
            return value
        } catch {
            print("kept for a look: \(database.url)")
            throw error
        }
    }

    /// The database of a server of the test's own, for what takes settings of its own; it goes with the server.
    package static func migrated(in cluster: ScratchCluster) async throws -> ScratchDatabase {
        let url = cluster.url()
        try await MigrationRunner(directory: ProjectFolder.migrations).migrate(.patient(url: url))
        return ScratchDatabase(name: "postgres", url: url)
    }

    /// Drops the database, whoever is still connected.
    private func close() async throws {
        let server = try await ScratchServer.shared.ready()
        try await server.administer("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        try await server.administer("DROP DATABASE IF EXISTS \(name)_keys WITH (FORCE)")
    }

    /// The superuser's URL of the database of data keys beside this one, which is made on first use.
    package func keysURL() async throws -> String {
        let server = try await ScratchServer.shared.ready()
        let keys = "\(name)_keys"
        let session = try await session()
        let isThere = try await session.texts(
            "SELECT 1 FROM pg_database WHERE datname = '\(keys)'")
        await session.close()
        if isThere.isEmpty {
            try await server.administer(
                "CREATE DATABASE \(keys) TEMPLATE \(server.keysTemplate)")
        }
        return ScratchServer.url(server.url, database: keys)
    }

    /// A pool of the database of data keys; leave it to be cut off, or shut it down.
    package func keysPool() async throws -> PostgresPool {
        PostgresPool(
            configuration: PostgresConfiguration(
                url: try await keysURL(), connectionsMax: 2, connectionsPerOrganizationMax: 2),
            logger: Logger(label: "test"))
    }

    /// A superuser's connection to the database of data keys.
    package func keysSession() async throws -> PostgresSession {
        try await PostgresSession.open(PostgresConfiguration.patient(url: try await keysURL()))
    }

    package func configuration(connectionsMax: Int = 8) -> PostgresConfiguration {
        .patient(url: url, connectionsMax: connectionsMax)
    }

    /// A pool of its own; shut it down before `close()`, or let it be cut off.
    package func pool(connectionsMax: Int = 8) -> PostgresPool {
        PostgresPool(
            configuration: configuration(connectionsMax: connectionsMax),
            logger: Logger(label: "test"))
    }

    /// A superuser's connection outside of any transaction.
    package func session() async throws -> PostgresSession {
        try await PostgresSession.open(configuration())
    }

    /// Lets the server parse every statement against the schema; returns what it has against any.
    package func faults(of statements: [any PostgresStatement.Type]) async throws -> [String] {
        let session = try await session()
        var faults: [String] = []
        for statement in statements {
            do {
                try await session.prepare(statement)
            } catch {
                faults.append("\(statement): \(String(reflecting: error))")
            }
        }
        await session.close()
        return faults
    }
}

/// The server that all scratch databases of this process lie in.
actor ScratchServer {
    static let shared = ScratchServer()

    struct Ready: Sendable {
        let url: String
        let template: String
        let keysTemplate: String

        func administer(_ sql: String) async throws {
            let session = try await PostgresSession.open(.patient(url: url))
            do {
                try await session.execute(sql)
            } catch {
                await session.close()
                throw error
            }
            await session.close()
        }
    }

    private var start: Task<Ready, any Error>?
    private var cluster: ScratchCluster?

    func ready() async throws -> Ready {
        if let start { return try await start.value }
        let task = Task { try await self.makeReady() }
        start = task
        return try await task.value
    }

    private func makeReady() async throws -> Ready {
        let url: String
        if let named = ProcessInfo.processInfo.environment["TALLY_TEST_DATABASE_URL"] {
            url = named
        } else {
            let cluster = try ScratchCluster.start()
            self.cluster = cluster
            url = cluster.url()
        }
        return Ready(
            url: url, template: try await template(url, of: ProjectFolder.migrations),
            keysTemplate: try await template(url, of: ProjectFolder.keysMigrations))
    }

    /// Name of a migrated database to copy; made under another name first, so that it is never
    /// seen half done.
    private func template(_ url: String, of directory: String) async throws -> String {
        let files = try MigrationFile.all(in: directory)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in files.flatMap({ Array($0.name.utf8) + Array($0.sql.utf8) }) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        let name = "tally_template_\(String(hash, radix: 16))"
        let session = try await PostgresSession.open(.patient(url: url))
        let isThere = try await session.texts(
            "SELECT 1 FROM pg_database WHERE datname = '\(name)'")
        if isThere.isEmpty {
            let draft = "tally_draft_\(UUID().uuidString.prefix(8).lowercased())"
            try await session.execute("CREATE DATABASE \(draft) TEMPLATE template0")
            try await MigrationRunner(directory: directory).migrate(
                .patient(url: Self.url(url, database: draft)))
            do {
                try await session.execute("ALTER DATABASE \(draft) RENAME TO \(name)")
            } catch {
                // Another process was quicker.
                try await session.execute("DROP DATABASE \(draft) WITH (FORCE)")
            }
        }
        await session.close()
        return name
    }

    /// The same server's URL for another database.
    static func url(_ url: String, database: String) -> String {
        guard url.contains("://") else { return "\(url) dbname=\(database)" }
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var address = parts[0]
        let scheme = address.firstRange(of: "://")?.upperBound ?? address.startIndex
        if let slash = address[scheme...].firstIndex(of: "/") {
            address = address[..<slash]
        }
        return "\(address)/\(database)" + (parts.count > 1 ? "?\(parts[1])" : "")
    }
}

extension PostgresConfiguration {
    /// Waits as long as a test may: a thousand others, or a machine that stalls, are no fault.
    package static func patient(url: String, connectionsMax: Int = 16) -> PostgresConfiguration {
        PostgresConfiguration(
            url: url, connectionsMax: connectionsMax, waitMax: .seconds(60), connectSecondsMax: 60)
    }
}
