import API
import Core
import Domain
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// Pulls are limited by the provider account, as far as it is known; nobody learns who else reads it.
@Suite struct AccountLimitTests {
    /// Knows whose each key is.
    private struct Tester: KeyTester {
        let accounts: [String: String]

        func test(
            _ key: Secret<String>, of provider: ConnectedProvider
        ) async throws(ServiceError) -> KeyReport {
            let granted = KeyReport.Finding(.granted)
            return KeyReport(
                usage: granted, costs: granted, names: granted,
                account: accounts[key.reveal()].map { ProviderAccount(id: $0, name: "") })
        }
    }

    private static let keys = ["sk-account-0001", "sk-account-0002", "sk-account-0003"]
    private static let tester = Tester(
        accounts: [keys[0]: "org_1", keys[1]: "org_1", keys[2]: "org_2"])

    private static func create(
        _ name: String, _ key: String, test: Bool = true
    ) -> CreateConnectionRequest {
        CreateConnectionRequest(
            provider: .anthropic, displayName: name, apiKey: key, testFirst: test)
    }

    /// The key that all pulls of a connection share.
    private static func limit(_ id: String, _ bench: ConnectionBench) async throws -> String {
        let session = try await bench.database.session()
        let rows = try await session.texts(
            """
            SELECT DISTINCT concurrency_key FROM jobs WHERE arguments ->> 'connection' = '\(id)'
            """)
        await session.close()
        try #require(rows.count == 1)
        return try #require(rows[0][0])
    }

    @Test func pullsOfAnAccountShareItsLimit() async throws {
        try await ConnectionBench.with { bench in
            let other = try await ScratchOrganization.make(in: bench.database).id
            try await bench.keys.makeKeys(of: other)
            let service = Service(keyTester: Self.tester)
            let first = try await service.createConnection(
                Self.create("first", Self.keys[0]), bench.call())
            let second = try await service.createConnection(
                Self.create("second", Self.keys[1]), bench.call())
            let third = try await service.createConnection(
                Self.create("third", Self.keys[2]), bench.call())
            // Another organization's, of the same account: the provider counts both together.
            let theirs = try await service.createConnection(
                Self.create("theirs", Self.keys[0]), bench.call(of: other))
            let limit = try await Self.limit(first.id, bench)
            #expect(try await Self.limit(second.id, bench) == limit)
            #expect(try await Self.limit(theirs.id, bench) == limit)
            #expect(try await Self.limit(third.id, bench) != limit)
            // It tells nobody which account it is, and neither organization of the other.
            #expect(!limit.contains("org_1"))
            #expect(theirs.overlappingConnectionIds.isEmpty)
            #expect(first.overlappingConnectionIds.isEmpty)

            // Where no account is told, the same key is the same account, in one organization alone.
            let key = "sk-account-0009"
            let untested = try await service.createConnection(
                Self.create("untested", key, test: false), bench.call())
            let twin = try await service.createConnection(
                Self.create("twin", key, test: false), bench.call())
            let stranger = try await service.createConnection(
                Self.create("stranger", key, test: false), bench.call(of: other))
            let unknown = try await Self.limit(untested.id, bench)
            #expect(try await Self.limit(twin.id, bench) == unknown)
            #expect(try await Self.limit(stranger.id, bench) != unknown)
        }
    }

    /// What is remembered of a connection's accounts and keys: their kinds.
    private static func remembered(_ id: String, _ bench: ConnectionBench) async throws -> [String]
    {
        let session = try await bench.database.session()
        let rows = try await session.texts(
            """
            SELECT split_part(i, '/', 1) FROM connections, unnest(former_identities) AS i
            WHERE id = '\(id)' ORDER BY i
            """)
        await session.close()
        return rows.compactMap(\.[0])
    }

    /// Until its provider tells another.
    @Test func aKeyWhoseAccountIsNotToldKeepsTheOneThatIsKnown() async throws {
        try await ConnectionBench.with { bench in
            let service = Service(keyTester: Self.tester)
            let first = try await service.createConnection(
                Self.create("first", Self.keys[0]), bench.call())
            let limit = try await Self.limit(first.id, bench)
            // Known of the key that it has, it stays.
            let id = try ConnectionID(first.id)
            try await Self.learn("org_3", of: Self.keys[0], id, bench)
            #expect(try await bench.read(first.id).account?.id == "org_1")
            let other = try await service.createConnection(
                Self.create("other", Self.keys[1]), bench.call())
            let replaced = try await service.replaceConnectionKey(
                ReplaceConnectionKeyRequest(id: first.id, apiKey: Self.keys[2]), bench.call())
            #expect(replaced.account?.id == "org_1")
            // It may be another's by now, whose troubles are not that one's.
            #expect(try await Self.limit(first.id, bench) != limit)
            // What was read of it stays the account's.
            #expect(try await Self.remembered(first.id, bench) == ["account"])
            #expect(try await Self.remembered(other.id, bench).isEmpty)
            _ = try await service.deleteConnection(
                DeleteConnectionRequest(id: other.id, confirmDisplayName: "other"), bench.call())
            #expect(try await Self.remembered(other.id, bench) == ["account", "key"])
            let tested = try await service.replaceConnectionKey(
                ReplaceConnectionKeyRequest(id: first.id, apiKey: Self.keys[1], testFirst: true),
                bench.call())
            #expect(tested.account?.id == "org_1")
            #expect(try await Self.remembered(first.id, bench) == ["account"])
            #expect(try await Self.limit(first.id, bench) == limit)
            // Pulls that begin anew after a pause share it, too.
            _ = try await service.pauseConnection(
                PauseConnectionRequest(id: first.id), bench.call())
            let session = try await bench.database.session()
            try await session.execute("DELETE FROM jobs WHERE kind = 'pull_connection'")
            await session.close()
            _ = try await service.resumeConnection(
                ResumeConnectionRequest(id: first.id), bench.call())
            #expect(try await Self.limit(first.id, bench) == limit)

            // Known of one before, a worker learns better.
            _ = try await service.replaceConnectionKey(
                ReplaceConnectionKeyRequest(id: first.id, apiKey: Self.keys[2]), bench.call())
            try await Self.learn("org_3", of: Self.keys[1], id, bench)
            #expect(try await bench.read(first.id).account?.id == "org_1")
            try await Self.learn("org_2", of: Self.keys[2], id, bench)
            #expect(try await bench.read(first.id).account?.id == "org_2")
            #expect(try await Self.limit(first.id, bench) != limit)
            try await Self.learn("org_3", of: Self.keys[2], id, bench)
            #expect(try await bench.read(first.id).account?.id == "org_2")
        }
    }

    /// As a worker whom the provider has told.
    private static func learn(
        _ account: String, of key: String, _ id: ConnectionID, _ bench: ConnectionBench
    ) async throws {
        let call = try bench.call()
        let (organization, keys) = (try call.organizationID, try await call.keysToSeal())
        let learn = try LearnAccount(
            organizationID: organization, connectionID: id, provider: .anthropic,
            keyIndex: try KeyVault.index(of: Secret(key), with: keys),
            account: ProviderAccount(id: account, name: ""), keys: keys)
        let options = TransactionOptions(
            role: "tally_worker", organization: organization.postgresUUID)
        try await bench.pool.transaction(options) {
            try await learn.store(in: $0, now: WallClock.system.now)
        }
    }

    /// One organization does not keep the others from testing their keys.
    @Test func oneOrganizationTakesNotAllTests() async throws {
        let slots = KeyTestSlots(3, perOrganization: 2)
        let (crowd, other) = (OrganizationID.make(), OrganizationID.make())
        func reason(_ organization: OrganizationID) async -> String {
            do throws(ServiceError) {
                try await slots.taking(for: organization) { () async throws(ServiceError) in }
                return ""
            } catch {
                return error.reason.rawValue
            }
        }
        try await slots.taking(for: crowd) { () async throws(ServiceError) in
            try await slots.taking(for: crowd) { () async throws(ServiceError) in
                #expect(await reason(crowd) == "KEY_TESTS_OF_ORGANIZATION_AT_LIMIT")
                #expect(await reason(other) == "")
                try await slots.taking(for: other) { () async throws(ServiceError) in
                    #expect(await reason(.make()) == "KEY_TESTS_AT_LIMIT")
                }
            }
            #expect(await reason(crowd) == "")
        }
    }
}
