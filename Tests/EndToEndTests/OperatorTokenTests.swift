import API
import Foundation
import TallyClient
import TestSupport
import Testing

/// `tally-server operator-token`, beside two servers of one database: all of them real programs.
@Suite(.timeLimit(.minutes(5)))
struct OperatorTokenTests {
    /// Issue, put in place, revoke: the old one is refused by every server within a second.
    @Test func operatorTokensAreReplacedUnderRunningServers() async throws {
        try await ScratchDatabase.with { database in
            let host = try await Host(database)
            defer { try? FileManager.default.removeItem(at: host.folder) }
            try await host.succeed(["migrate", "--operator-token-file", host.path("first")])
            let first = try host.token("first")
            let servers = [try host.serve(), try host.serve()]
            do {
                try await replace(first, servers, host)
            } catch {
                for server in servers { await server.kill() }
                throw error
            }
        }
    }

    private func replace(
        _ first: String, _ servers: [ChildProcess], _ host: Host
    ) async throws {
        var addresses: [String] = []
        for server in servers { addresses.append(try await server.address()) }
        let before = addresses.map { client(at: $0, first) }
        for client in before { #expect(await refusal(of: client) == nil) }

        let issue = [
            "operator-token", "issue", "--name", "Billing", "--token-file", host.path("second"),
            "--expires", "2100-01-01T00:00:00Z",
        ]
        let said = try await host.succeed(issue)
        let second = try host.token("second")
        let attributes = try FileManager.default.attributesOfItem(atPath: host.path("second"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(said.contains(id(of: second)) && !said.contains(second.suffix(52)))
        // The file that is there is left alone, and no token made for it.
        let again = try await host.run(issue)
        #expect(again.status != 0 && again.standardError.contains("is not overwritten"))
        #expect(try host.token("second") == second)
        let after = addresses.map { client(at: $0, second) }
        for client in after { #expect(await refusal(of: client) == nil) }

        let done = try await host.succeed(["operator-token", "revoke", id(of: first)])
        let revoked = ContinuousClock.now
        #expect(done.contains("First operator"))
        for client in before { try await expectRefusal(of: client, since: revoked) }
        // The last one stays.
        let last = try await host.run(["operator-token", "revoke", id(of: second)])
        #expect(last.status != 0 && last.standardError.contains("LAST_OPERATOR_TOKEN"))
        for client in after { #expect(await refusal(of: client) == nil) }
        for client in before + after { await client.close() }

        // Servers write down at their end when tokens were used.
        for server in servers { #expect(await server.terminate() == 0) }
        let listed = try ListTokensResponse(
            json: JSONValue(
                parsing: try await host.succeed(["operator-token", "list", "--format", "json"]))
        ).tokens
        #expect(listed.map(\.id) == [id(of: second), id(of: first)])
        #expect(listed.allSatisfy { $0.lastUseTime != nil })
        #expect(listed.map { $0.revokeTime == nil } == [true, false])
        let table = try await host.succeed(["operator-token", "list"])
        #expect(table.contains("revoked  ") && table.contains("valid  "))
    }

    private func client(at address: String, _ token: String) -> Client {
        Client(
            configuration: TallyClientConfiguration(
                address: address, security: .plaintext, token: token))
    }

    private func id(of token: String) -> String {
        token.split(separator: "_").dropFirst().first.map(String.init) ?? ""
    }

    /// What an operator's call is refused with; nil where it is answered.
    private func refusal(of client: Client) async -> TallyError? {
        do {
            _ = try await client.call(
                TenantServiceMethods.ListOrganizations.self, ListOrganizationsRequest())
            return nil
        } catch let error as TallyError {
            return error
        } catch {
            Issue.record(error)
            return nil
        }
    }

    private func expectRefusal(
        of client: Client, since revoked: ContinuousClock.Instant
    ) async throws {
        while ContinuousClock.now - revoked < .seconds(20) {
            let asked = ContinuousClock.now
            if let error = await refusal(of: client) {
                #expect(error.reason == "TOKEN_REVOKED")
                #expect(error.message.contains("tally-server operator-token issue"))
                return
            }
            // A call that began a second after the revocation may not pass.
            #expect(asked - revoked <= .seconds(1))
        }
        Issue.record("the token is taken 20 seconds after it was revoked")
    }

    /// A machine with the settings of a server, and a folder for what its operator keeps.
    private struct Host {
        let folder: URL
        private let environment: [String: String]

        init(_ database: ScratchDatabase) async throws {
            folder = FileManager.default.temporaryDirectory
                .appending(path: "tally-operators-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            environment = [
                "TALLY_DATABASE_URL": database.url,
                "TALLY_KEYS_DATABASE_URL": try await database.keysURL(),
                "TALLY_LISTEN": "127.0.0.1:0",
                "TALLY_MASTER_KEY_FILE": try KeyFile.make("master", in: folder),
                "TALLY_TOKEN_HASH_KEY_FILE": try KeyFile.make("hash", in: folder),
                "TALLY_MIGRATIONS_DIRECTORY": ProjectFolder.migrations,
            ]
        }

        func path(_ name: String) -> String { folder.appending(path: "\(name).token").path }

        func token(_ name: String) throws -> String {
            try String(contentsOfFile: path(name), encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }

        func serve() throws -> ChildProcess {
            try ChildProcess.start(
                "tally-server", ["serve"], environment: environment, folder: folder)
        }

        func run(_ arguments: [String]) async throws -> ChildProcess.Output {
            try await ChildProcess.run(
                "tally-server", arguments, environment: environment, folder: folder)
        }

        /// - Returns: What it says.
        @discardableResult
        func succeed(_ arguments: [String]) async throws -> String {
            let output = try await run(arguments)
            try #require(output.status == 0, "\(output.standardError)")
            return output.standardOutput
        }
    }
}
