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
        try await OperatorHost.with { host, _ in
            try await host.succeed(["migrate", "--operator-token-file", host.path("first")])
            try await host.serving(2) { addresses in
                let issue = [
                    "operator-token", "issue", "--name", "Billing", "--token-file",
                    host.path("second"), "--expires", "2100-01-01T00:00:00Z",
                ]
                let said = try await host.succeed(issue)
                let second = try host.token("second")
                #expect(try host.mode("second") == 0o600)
                #expect(said.contains(try host.tokenID("second")))
                #expect(!said.contains(second.suffix(52)))
                // The file that is there is left alone, and no token made for it.
                let again = try await host.run(issue)
                #expect(again.status != 0 && again.standardError.contains("is not overwritten"))
                #expect(try host.token("second") == second)
                let after = try addresses.map { try host.client(at: $0, "second") }
                for client in after {
                    #expect(try await RefusalWatch.refusal(of: client) == nil)
                }

                let before = try addresses.map { try host.client(at: $0, "first") }
                try await RefusalWatch.expectRefusal(by: before) {
                    let done = try await host.succeed([
                        "operator-token", "revoke", host.tokenID("first"),
                    ])
                    #expect(done.contains("First operator") && !done.contains("NO OPERATOR"))
                }
                for client in after {
                    #expect(try await RefusalWatch.refusal(of: client) == nil)
                }
                for client in before + after { await client.close() }
            }
            // Servers write down at their end when tokens were used.
            let listed = try await host.tokens()
            #expect(
                listed.map(\.id) == [try host.tokenID("second"), try host.tokenID("first")])
            #expect(listed.allSatisfy { $0.lastUseTime != nil })
            #expect(listed.map { $0.revokeTime == nil } == [true, false])
            let table = try await host.succeed(["operator-token", "list"])
            #expect(table.contains("revoked  ") && table.contains("valid  "))
        }
    }

    /// The last one stays unless that is said, and then no migration makes another: `issue` does, without a token.
    @Test func theLastOperatorTokenIsRevokedWhereThatIsAsked() async throws {
        try await OperatorHost.with { host, _ in
            try await host.succeed(["migrate", "--operator-token-file", host.path("first")])
            try await host.serving(1) { addresses in
                let revoke = ["operator-token", "revoke", try host.tokenID("first")]
                let first = try host.client(at: addresses[0], "first")
                let refused = try await host.run(revoke)
                #expect(refused.status != 0)
                #expect(refused.standardError.contains("LAST_OPERATOR_TOKEN"))
                #expect(refused.standardError.contains("--even-the-last"))
                try await RefusalWatch.expectRefusal(by: [first]) {
                    let said = try await host.succeed(revoke + ["--even-the-last"])
                    #expect(said.contains("NO OPERATOR'S TOKEN IS VALID NOW"))
                }
                let migrated = try await host.succeed(["migrate"])
                #expect(!migrated.contains("tly_"))
                try await host.issue("next")
                let next = try host.client(at: addresses[0], "next")
                #expect(try await RefusalWatch.refusal(of: next) == nil)
                for client in [first, next] { await client.close() }
            }
        }
    }

    /// Neither a database of keys that takes nobody in nor one that never answers keeps a token alive.
    @Test func operatorTokensAreRevokedWithoutTheKeysDatabase() async throws {
        try await OperatorHost.with { host, database in
            try await host.succeed(["migrate", "--operator-token-file", host.path("first")])
            for name in ["second", "third"] { try await host.issue(name) }
            let silent = try SilentListener()
            defer { silent.close() }
            let ways = [
                ("second", [:]),
                ("third", ["TALLY_KEYS_DATABASE_URL": "postgresql://x@\(silent.address)/keys"]),
            ]
            let keys = "\(database.name)_keys"
            try await host.serving(2) { addresses in
                try await query("ALTER DATABASE \(keys) ALLOW_CONNECTIONS false", database.url)
                try await query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = '\(keys)'
                    """, database.url)
                for (name, settings) in ways {
                    let clients = try addresses.map { try host.client(at: $0, name) }
                    try await RefusalWatch.expectRefusal(by: clients) {
                        let began = ContinuousClock.now
                        try await host.succeed(
                            ["operator-token", "revoke", host.tokenID(name)], settings)
                        // A second of patience, and the start of a program on a busy machine.
                        #expect(ContinuousClock.now - began <= .seconds(30))
                    }
                    for client in clients { await client.close() }
                }
                try await query("ALTER DATABASE \(keys) ALLOW_CONNECTIONS true", database.url)
            }
            // The log has both, without what would have had to be sealed, and is whole.
            try await host.serving(1) { addresses in
                let client = try host.client(at: addresses[0], "first")
                let records = try await client.call(
                    TenantServiceMethods.ListAuditRecords.self, ListAuditRecordsRequest()
                ).records
                let ids = [try host.tokenID("third"), try host.tokenID("second")]
                #expect(records.prefix(2).map(\.objectID) == ids)
                #expect(records.prefix(2).allSatisfy { $0.personalFields == .notKept })
                #expect(records.dropFirst(2).allSatisfy { $0.personalFields == .readable })
                // Whoever runs the tests ran the commands.
                #expect(records.dropFirst(2).allSatisfy { $0.peerSubject.contains("@") })
                let head = try await client.call(
                    TenantServiceMethods.GetAuditHead.self, GetAuditHeadRequest())
                #expect(head.sealed)
                await client.close()
            }
        }
    }

    /// Where a server's answer to COMMIT is lost, the file may be all that there is of the token.
    @Test func aTokenInDoubtKeepsItsFile() async throws {
        // No standby server is there that a commit could wait for: it holds, and nobody hears of it.
        let cluster = try ScratchCluster.start(settings: [
            "synchronous_commit=local", "synchronous_standby_names=nobody",
        ])
        let main = cluster.url(database: "tally")
        do {
            for name in ["tally", "tally_keys"] {
                try await query("CREATE DATABASE \(name)", cluster.url())
            }
            let host = try OperatorHost(
                databaseURL: main, keysURL: cluster.url(database: "tally_keys"))
            defer { host.remove() }
            try await host.succeed(["migrate", "--operator-token-file", host.path("first")])
            try await loseTheAnswer(host, cluster)
            try await failTheCommit(host, main)
        } catch {
            try cluster.stop()
            throw error
        }
        try cluster.stop()
    }

    private func loseTheAnswer(_ host: OperatorHost, _ cluster: ScratchCluster) async throws {
        // From another database, whose own commits wait for nobody.
        try await query("ALTER DATABASE tally SET synchronous_commit = on", cluster.url())
        let issue = try host.start([
            "operator-token", "issue", "--name", "Deputy", "--token-file", host.path("deputy"),
        ])
        let end = """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = 'tally' AND wait_event = 'SyncRep'
            """
        try await until { try await query(end, cluster.url()) == "t" }
        #expect(await issue.end() != 0)
        try await query("ALTER DATABASE tally RESET synchronous_commit", cluster.url())
        let id = try host.tokenID("deputy")
        let said = try String(contentsOf: issue.errorFile, encoding: .utf8)
        #expect(said.contains("TOKEN_STATE_UNKNOWN"), "\(said)")
        #expect(said.contains(host.path("deputy")) && said.contains(id))
        #expect(try !said.contains(host.token("deputy").suffix(52)))
        #expect(try host.mode("deputy") == 0o600)
        #expect(try await host.tokens().contains { $0.id == id && $0.revokeTime == nil })
        try await host.succeed(["operator-token", "revoke", id])
    }

    /// A server that says that it undid the token is believed.
    private func failTheCommit(_ host: OperatorHost, _ main: String) async throws {
        try await query(
            """
            CREATE FUNCTION refuse_at_commit() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RAISE EXCEPTION 'for the test'; END $$;
            CREATE CONSTRAINT TRIGGER refuses_at_commit AFTER INSERT ON token_directory
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_at_commit();
            """, main)
        let before = try await host.tokens().map(\.id)
        let issue = try await host.run([
            "operator-token", "issue", "--name", "Nobody", "--token-file", host.path("nobody"),
        ])
        #expect(issue.status != 0 && !issue.standardError.contains("TOKEN_STATE_UNKNOWN"))
        #expect(!FileManager.default.fileExists(atPath: host.path("nobody")))
        #expect(try await host.tokens().map(\.id) == before)
    }

    @Test func theFirstTokensFileIsNewAndItsOwnersAlone() async throws {
        try await OperatorHost.with { host, _ in
            let migrate = { ["migrate", "--operator-token-file", host.path($0)] }
            try "another's".write(toFile: host.path("taken"), atomically: false, encoding: .utf8)
            let refused = try await host.run(migrate("taken"))
            #expect(refused.status != 0)
            #expect(refused.standardError.contains("is not overwritten"))
            #expect(try host.token("taken") == "another's")
            #expect(try await host.tokens().isEmpty)

            let said = try await host.succeed(migrate("first"))
            #expect(said.contains(host.path("first")))
            #expect(try host.mode("first") == 0o600)
            let first = try host.token("first")
            #expect(try await host.tokens().map(\.id) == [try host.tokenID("first")])
            // Each deployment migrates again, with the same arguments.
            let again = try await host.succeed(migrate("first"))
            #expect(!again.contains("token"))
            #expect(try host.token("first") == first)
        }
    }
}

/// A port where connections are made and nobody ever answers.
private final class SilentListener: Sendable {
    struct Failure: Error {}

    private let descriptor: Int32
    let address: String

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isThere = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 100) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isThere else { throw Failure() }
        address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    }

    func close() {
        _ = Foundation.close(descriptor)
    }
}
