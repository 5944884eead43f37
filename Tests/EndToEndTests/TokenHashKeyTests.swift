import API
import Foundation
import TallyClient
import TestSupport
import Testing

/// All programs that use the key of the token hashes, with the key of another installation.
@Suite(.timeLimit(.minutes(5)))
struct TokenHashKeyTests {
    private static let reason = "TOKEN_HASH_KEY_MISMATCH"

    @Test func noProgramWorksWithAnotherHashKey() async throws {
        try await OperatorHost.with { host, database in
            try await host.succeed(["migrate", "--operator-token-file", host.path("first")])
            let another = [
                "TALLY_TOKEN_HASH_KEY_FILE": try KeyFile.make("another", in: host.folder)
            ]
            try await expectRefusals(host, another, database)
            try await host.serving(1) { addresses in
                let client = try host.client(at: addresses[0], "first")
                let head = try await client.call(
                    TenantServiceMethods.GetAuditHead.self, GetAuditHeadRequest())
                #expect(head.sealed && head.sequence == 1)
                await client.close()
            }
            try await replace(host, another)
        }
    }

    private func expectRefusals(
        _ host: OperatorHost, _ another: [String: String], _ database: ScratchDatabase
    ) async throws {
        let state = """
            SELECT (SELECT count(*) FROM token_directory), (SELECT count(*) FROM audit_log),
                (SELECT seal FROM audit_chains), (SELECT token_hash_check FROM installation)
            """
        let before = try await query(state, database.url)
        for arguments in [
            ["operator-token", "issue", "--name", "Deputy", "--token-file", host.path("deputy")],
            ["operator-token", "revoke", "--even-the-last", try host.tokenID("first")],
            [
                "issue-owner-token", "--organization", "acme", "--owner-token-file",
                host.path("deputy"),
            ],
            ["migrate", "--operator-token-file", host.path("deputy")],
        ] {
            let output = try await host.run(arguments, another)
            #expect(output.status != 0, "\(arguments)")
            #expect(output.standardError.contains(Self.reason), "\(arguments)")
            #expect(output.standardError.contains("--replace-token-hash-key"), "\(arguments)")
        }
        try await expectNoStart(host, another)
        #expect(!FileManager.default.fileExists(atPath: host.path("deputy")))
        #expect(try await query(state, database.url) == before)
    }

    private func expectNoStart(_ host: OperatorHost, _ settings: [String: String]) async throws {
        let server = try host.start(["serve"], settings)
        let address = try? await server.address()
        #expect(address == nil, "the server began")
        if address != nil { await server.kill() }
        #expect(await server.end() != 0)
        let said = try String(contentsOf: server.errorFile, encoding: .utf8)
        #expect(said.contains(Self.reason), "\(said)")
    }

    /// Whose key is lost says so, and goes on with another.
    private func replace(_ host: OperatorHost, _ another: [String: String]) async throws {
        let said = try await host.succeed(["migrate", "--replace-token-hash-key"], another)
        #expect(said.contains("is replaced"))
        let again = try await host.succeed(["migrate", "--replace-token-hash-key"], another)
        #expect(again.contains("already"))
        try await expectNoStart(host, [:])
        try await host.serving(1, another) { addresses in
            let first = try host.client(at: addresses[0], "first")
            #expect(try await RefusalWatch.refusal(of: first)?.reason == "TOKEN_INVALID")
            try await host.issue("deputy", another)
            let deputy = try host.client(at: addresses[0], "deputy")
            let records = try await deputy.call(
                TenantServiceMethods.ListAuditRecords.self, ListAuditRecordsRequest()
            ).records
            #expect(
                records.map(\.method) == [
                    "tally-server/operator-token-issue", "tally-server/replace-token-hash-key",
                    "tally-server/migrate",
                ])
            // It cannot be told any more whether somebody changed the log before.
            let head = try await deputy.call(
                TenantServiceMethods.GetAuditHead.self, GetAuditHeadRequest())
            #expect(!head.sealed)
            for client in [first, deputy] { await client.close() }
        }
    }
}
