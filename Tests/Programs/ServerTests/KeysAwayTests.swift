import API
import Domain
import Encryption
import Foundation
import Postgres
import ServiceRuntime
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

/// What a server does while the database of data keys cannot be reached.
@Suite struct KeysAwayTests {
    /// A server of PostgreSQL for the keys alone, that can be cut off.
    private struct KeysServer: Sendable {
        let cluster: ScratchCluster

        private var socket: String { cluster.directory + "/.s.PGSQL.5432" }

        /// Whoever connects from now on finds nothing.
        func cutOff() throws {
            try FileManager.default.moveItem(atPath: socket, toPath: socket + ".away")
        }

        func comeBack() throws {
            try FileManager.default.moveItem(atPath: socket + ".away", toPath: socket)
        }

        /// Whoever connects from now on is taken in, and never answered.
        func hang() throws -> StalledListener {
            try cutOff()
            return try StalledListener(path: socket)
        }

        func execute(_ sql: String) async throws {
            let session = try await PostgresSession.open(.patient(url: cluster.url()))
            try await session.execute(sql)
            await session.close()
        }

        static func with(_ body: (KeysServer) async throws -> Void) async throws {
            let cluster = try ScratchCluster.start()
            defer { try? cluster.stop() }
            try await MigrationRunner(directory: ProjectFolder.keysMigrations)
                .migrate(.patient(url: cluster.url()))
            try await body(KeysServer(cluster: cluster))
        }
    }

    private func expectUnavailable<Method: RPCMethod>(
        _ client: Client, _ method: Method.Type, _ request: Method.Request
    ) async {
        let error = await #expect(throws: TallyError.self) {
            _ = try await client.call(method, request)
        }
        #expect(error?.reason == "KEYS_DATABASE_UNAVAILABLE", "\(Method.name)")
    }

    @Test func rightsAreTakenAwayWithoutTheKeysDatabase() async throws {
        typealias Methods = TenantServiceMethods
        try await KeysServer.with { keys in
            try await ServerHarness.with(keysURL: keys.cluster.url()) { harness in
                let ownerToken = try await harness.organization("acme")
                let owner = harness.client(token: ownerToken)
                var made: [CreateTokenResponse] = []
                for name in ["first", "second"] {
                    made.append(
                        try await owner.call(
                            Methods.CreateToken.self,
                            CreateTokenRequest(displayName: name, roles: [.analyst])))
                }
                let tokens = made
                let member = try await owner.call(
                    Methods.CreateMember.self,
                    CreateMemberRequest(email: "gone@acme.example", roles: [.analyst]))
                await owner.close()
                try keys.cutOff()
                // It has asked for no key yet.
                try await harness.withSecondServer { second in
                    let client = second.client(token: ownerToken)
                    let health = try await client.call(
                        HealthServiceMethods.Check.self, CheckRequest())
                    #expect(health.status == .serving)
                    #expect(health.detail == "The database of data keys does not answer.")
                    for (token, options) in zip(
                        tokens,
                        [
                            CallOptions(),
                            CallOptions(metadata: ["idempotency-key": "k"]),
                        ])
                    {
                        let id = token.token?.id ?? ""
                        for _ in 0..<2 {
                            let revoked = try await client.call(
                                Methods.RevokeToken.self, RevokeTokenRequest(id: id),
                                options: options)
                            #expect(revoked.revokeTime != nil)
                        }
                        let bearer = second.client(token: token.secret)
                        let refused = await #expect(throws: TallyError.self) {
                            _ = try await bearer.call(
                                Methods.GetOrganization.self, GetOrganizationRequest())
                        }
                        #expect(refused?.reason == "TOKEN_REVOKED")
                        await bearer.close()
                    }
                    _ = try await client.call(
                        Methods.RemoveMember.self, RemoveMemberRequest(id: member.id))
                    let listed = try await client.call(Methods.ListTokens.self, ListTokensRequest())
                    #expect(listed.tokens.count == 3)
                    await expectUnavailable(
                        client, Methods.CreateMember.self,
                        CreateMemberRequest(email: "new@acme.example", roles: [.analyst]))
                    await expectUnavailable(
                        client, Methods.CreateToken.self,
                        CreateTokenRequest(displayName: "t", roles: [.analyst]))
                    await expectUnavailable(client, Methods.ListMembers.self, ListMembersRequest())
                    await client.close()
                }
                try keys.comeBack()
                try await harness.withSecondServer { third in
                    let client = third.client(token: ownerToken)
                    let members = try await client.call(
                        Methods.ListMembers.self, ListMembersRequest()
                    ).members
                    #expect(members.map(\.email) == ["owner@acme.example"])
                    try await checkLog(
                        of: client, revoked: tokens.map { $0.token?.id ?? "" }, removed: member.id)
                    await client.close()
                }
            }
        }
    }

    /// What is wrong with the keys while rights are taken away.
    enum Fault: CaseIterable {
        case databaseHangs, keyDamaged, keyMissing
    }

    /// Neither a database of keys that never answers nor a key that does not open keeps anybody in.
    @Test(.timeLimit(.minutes(3)), arguments: Fault.allCases)
    func rightsAreTakenAwayWhateverIsWrongWithTheKeys(fault: Fault) async throws {
        typealias Methods = TenantServiceMethods
        try await KeysServer.with { keys in
            let url = keys.cluster.url()
            try await ServerHarness.with(keysURL: url + "&connect_timeout=600") { harness in
                let ownerToken = try await harness.organization("acme")
                let owner = harness.client(token: ownerToken)
                let token = try await owner.call(
                    Methods.CreateToken.self,
                    CreateTokenRequest(displayName: "t", roles: [.analyst]))
                let member = try await owner.call(
                    Methods.CreateMember.self,
                    CreateMemberRequest(email: "gone@acme.example", roles: [.analyst]))
                await owner.close()
                var listener: StalledListener?
                switch fault {
                case .databaseHangs: listener = try keys.hang()
                case .keyDamaged:
                    try await keys.execute("UPDATE data_keys SET wrapped_key = '1'")
                case .keyMissing:
                    try await keys.execute(
                        "ALTER TABLE data_keys DISABLE TRIGGER USER; DELETE FROM data_keys")
                }
                try await harness.withSecondServer { second in
                    let client = second.client(token: ownerToken)
                    let revoked = try await client.call(
                        Methods.RevokeToken.self, RevokeTokenRequest(id: token.token?.id ?? ""),
                        options: CallOptions(metadata: ["idempotency-key": "k"]))
                    #expect(revoked.revokeTime != nil)
                    _ = try await client.call(
                        Methods.RemoveMember.self, RemoveMemberRequest(id: member.id))
                    let listed = try await client.call(Methods.ListTokens.self, ListTokensRequest())
                    #expect(listed.tokens.contains { $0.revokeTime != nil })
                    await client.close()
                }
                listener?.close()
            }
        }
    }

    /// An organization that is made waits for its key without a connection of the main database, which
    /// all others share; whoever repeats the call gets the one organization.
    @Test(.timeLimit(.minutes(5))) func nobodyWaitsForKeysWithinATransaction() async throws {
        try await KeysServer.with { keys in
            let locker = try await PostgresSession.open(.patient(url: keys.cluster.url()))
            try await ServerHarness.with(keysURL: keys.cluster.url()) { harness in
                let platform = harness.client(token: harness.operatorToken)
                let create = { @Sendable (slug: String) in
                    try await platform.call(
                        TenantServiceMethods.CreateOrganization.self,
                        CreateOrganizationRequest(
                            slug: slug, displayName: slug, timeZone: "UTC",
                            ownerEmail: "owner@acme.example"),
                        options: CallOptions(
                            timeout: .seconds(240), metadata: ["idempotency-key": slug]))
                }
                // The platform's own key is known from now on.
                _ = try await create("first")
                var isSeen = false
                // Whoever waits for keys gives up after a while, so on a slow machine it may take some.
                for number in 0..<10 where !isSeen {
                    try await locker.execute(
                        "BEGIN; LOCK TABLE data_keys IN ACCESS EXCLUSIVE MODE")
                    let waiting = Task { try await create("waiting-\(number)") }
                    let main = try await harness.database.session()
                    isSeen = try await Self.waitsWithoutTransaction(locker, main)
                    await main.close()
                    try await locker.execute("ROLLBACK")
                    _ = await waiting.result
                }
                #expect(isSeen)
                let made = try await create("acme")
                let again = try await create("acme")
                #expect(again == made)
                // Its operators change it under the same rule, though its key is known to no server yet.
                let limited = try await platform.call(
                    TenantServiceMethods.UpdateOrganization.self,
                    UpdateOrganizationRequest(
                        organization: "acme", limits: PlanLimits(connectionsMax: 3),
                        updateMask: ["limits.connections_max"]),
                    options: CallOptions(metadata: ["idempotency-key": "limit"]))
                #expect(limited.limits?.connectionsMax == 3)
                await platform.close()
            }
            await locker.close()
        }
    }

    /// Whether, while somebody waits in the keys' database, nobody is in the middle of a transaction of the
    /// main one. Somebody comes to wait; others may pass through a transaction meanwhile.
    private static func waitsWithoutTransaction(
        _ keys: PostgresSession, _ main: PostgresSession
    ) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(120)
        while try await count("wait_event_type = 'Lock'", keys) == 0 {
            try #require(ContinuousClock.now < end, "nobody comes to wait for keys")
        }
        repeat {
            let open = try await count("state LIKE 'idle in transaction%'", main)
            guard try await count("wait_event_type = 'Lock'", keys) > 0 else { return false }
            if open == 0 { return true }
        } while ContinuousClock.now < end
        return false
    }

    private static func count(_ condition: String, _ session: PostgresSession) async throws -> Int {
        try await session.texts(
            """
            SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND \(condition)
            """
        ).count
    }

    /// The rows of the time without keys are there, in a whole chain, and say what they leave out.
    private func checkLog(of client: Client, revoked: [String], removed: String) async throws {
        let log = try await client.serverStreaming(
            TenantServiceMethods.StreamAuditRecords.self, StreamAuditRecordsRequest()
        ) { records in
            var all: [API.AuditRecord] = []
            for try await record in records { all.append(record) }
            return all
        }
        var previous = Domain.AuditRecord.firstPreviousHash
        for record in log {
            let hash = try SHA256.digest(Domain.AuditRecord(wire: record).chainBytes)
            #expect(record.previousHash == previous && record.hash == hash)
            previous = hash
        }
        let notKept = log.filter { $0.personalFields == .notKept }
        #expect(Set(revoked + [removed]).isSubset(of: notKept.map(\.objectID)))
        for record in notKept {
            #expect(record.beforeJson + record.afterJson + record.peerAddress == "")
            #expect(
                record.method.hasSuffix("RevokeToken") || record.method.hasSuffix("RemoveMember"))
            #expect(!record.tokenID.isEmpty)
        }
        #expect(
            log.filter { $0.personalFields != .notKept }.allSatisfy {
                $0.personalFields == .readable
            })
        let head = try await client.call(
            TenantServiceMethods.GetAuditHead.self, GetAuditHeadRequest())
        #expect(head.sealed && head.hash == previous)
    }
}

/// A socket that takes connections and never reads from one.
private final class StalledListener: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        try #require(isBound && listen(descriptor, 100) == 0)
    }

    /// Whoever is connected is told so.
    func close() {
        _ = Foundation.close(descriptor)
    }
}
