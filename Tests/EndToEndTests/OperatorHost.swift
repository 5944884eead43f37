import API
import Foundation
import TallyClient
import TestSupport
import Testing

/// A machine with the settings of a server, and a folder for what its operator keeps.
struct OperatorHost: Sendable {
    let folder: URL
    private let environment: [String: String]

    init(databaseURL: String, keysURL: String) throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "tally-operators-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        environment = [
            "TALLY_DATABASE_URL": databaseURL, "TALLY_KEYS_DATABASE_URL": keysURL,
            "TALLY_LISTEN": "127.0.0.1:0",
            "TALLY_MASTER_KEY_FILE": try KeyFile.make("master", in: folder),
            "TALLY_TOKEN_HASH_KEY_FILE": try KeyFile.make("hash", in: folder),
            "TALLY_MIGRATIONS_DIRECTORY": ProjectFolder.migrations,
        ]
    }

    /// Runs `body` on a machine beside a database of its own.
    static func with(
        _ body: (_ host: OperatorHost, _ database: ScratchDatabase) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let host = try OperatorHost(
                databaseURL: database.url, keysURL: try await database.keysURL())
            defer { host.remove() }
            try await body(host, database)
        }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: "\(name).token").path }

    /// A token that a command wrote.
    func token(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The public part of such a token.
    func tokenID(_ name: String) throws -> String {
        let parts = try token(name).split(separator: "_")
        return String(try #require(parts.dropFirst().first))
    }

    /// Who may read its file, and write it.
    func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int
    }

    /// A client with such a token.
    func client(at address: String, _ name: String) throws -> Client {
        Client(
            configuration: TallyClientConfiguration(
                address: address, security: .plaintext, token: try token(name)))
    }

    /// Operators' tokens, without their secrets.
    func tokens() async throws -> [Token] {
        let said = try await succeed(["operator-token", "list", "--format", "json"])
        return try ListTokensResponse(json: JSONValue(parsing: said)).tokens
    }

    /// Starts a program and does not wait for its end.
    /// - Parameter settings: In the place of the machine's.
    func start(
        _ arguments: [String], _ settings: [String: String] = [:]
    ) throws -> ChildProcess {
        try ChildProcess.start(
            "tally-server", arguments, environment: environment.merging(settings) { $1 },
            folder: folder)
    }

    func run(
        _ arguments: [String], _ settings: [String: String] = [:]
    ) async throws -> ChildProcess.Output {
        try await ChildProcess.run(
            "tally-server", arguments, environment: environment.merging(settings) { $1 },
            folder: folder)
    }

    /// - Returns: What it says.
    @discardableResult
    func succeed(
        _ arguments: [String], _ settings: [String: String] = [:]
    ) async throws -> String {
        let output = try await run(arguments, settings)
        try #require(output.status == 0, "\(output.standardError)")
        return output.standardOutput
    }

    /// Makes an operator's token, and puts it where `token` finds it.
    @discardableResult
    func issue(_ name: String, _ settings: [String: String] = [:]) async throws -> String {
        try await succeed(
            ["operator-token", "issue", "--name", name, "--token-file", path(name)], settings)
    }

    /// Runs `body` beside servers, with their addresses, and ends them.
    func serving(
        _ count: Int, _ settings: [String: String] = [:],
        _ body: (_ addresses: [String]) async throws -> Void
    ) async throws {
        let servers = try (0..<count).map { _ in try start(["serve"], settings) }
        do {
            var addresses: [String] = []
            for server in servers { addresses.append(try await server.address()) }
            try await body(addresses)
        } catch {
            for server in servers { await server.kill() }
            throw error
        }
        for server in servers { #expect(await server.terminate() == 0) }
    }
}
