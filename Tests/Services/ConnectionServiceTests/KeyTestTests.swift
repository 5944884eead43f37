import API
import Core
import Domain
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService

/// Keys that are tested before they are stored, and accounts that are connected twice.
struct KeyTestTests {
    /// Says of keys what a test put down, and counts the questions.
    private final class Tester: KeyTester {
        let reports: Mutex<[String: KeyReport]>
        let asked = Mutex<[String]>([])
        let gate: (@Sendable () async -> Void)?

        init(
            _ reports: [String: KeyReport] = [:], gate: (@Sendable () async -> Void)? = nil
        ) {
            self.reports = Mutex(reports)
            self.gate = gate
        }

        func test(
            _ key: Secret<String>, of provider: ConnectedProvider
        ) async throws(ServiceError) -> KeyReport {
            asked.withLock { $0.append(key.reveal()) }
            await gate?()
            return reports.withLock { $0[key.reveal()] } ?? KeyTestTests.report()
        }
    }

    private static let granted = KeyReport.Finding(.granted)
    private static let refused = KeyReport.Finding(
        .refused, reason: "KEY_LACKS_PERMISSION", message: "It may not.")
    private static let undecided = KeyReport.Finding(
        .undecided, reason: "PROVIDER_UNREACHABLE", message: "Try again.")

    private static func report(
        usage: KeyReport.Finding = granted, costs: KeyReport.Finding = granted,
        names: KeyReport.Finding = granted, account: String? = nil
    ) -> KeyReport {
        KeyReport(
            usage: usage, costs: costs, names: names,
            account: account.map { ProviderAccount(id: $0, name: "Acme") })
    }

    private static func create(
        _ name: String, _ key: String, record: RecordOf = .both, test: Bool = true
    ) -> CreateConnectionRequest {
        CreateConnectionRequest(
            provider: .openai, displayName: name, apiKey: key, recordOf: record, testFirst: test)
    }

    private func reason(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch {
            let error = error as? ServiceError
            return "\(error?.reason.rawValue ?? "?") \(error?.field ?? "")"
        }
    }

    @Test func aKeyThatDoesNotSufficeIsNotStored() async throws {
        try await ConnectionBench.with { bench in
            let tester = Tester([
                "sk-no-costs-0001": Self.report(costs: Self.refused),
                "sk-no-names-0001": Self.report(names: Self.refused),
                "sk-nobody-000001": Self.report(usage: Self.undecided),
            ])
            let service = Service(keyTester: tester)
            for (key, record, expected) in [
                ("sk-no-costs-0001", RecordOf.both, "KEY_LACKS_PERMISSION api_key"),
                ("sk-no-costs-0001", .billing, "KEY_LACKS_PERMISSION api_key"),
                ("sk-no-costs-0001", .attribution, ""),
                ("sk-nobody-000001", .both, "PROVIDER_UNREACHABLE test_first"),
                ("sk-nobody-000001", .billing, ""), ("sk-no-names-0001", .both, ""),
            ] {
                let found = await reason {
                    _ = try await service.createConnection(
                        Self.create("\(key) \(record.rawValue)", key, record: record), bench.call())
                }
                #expect(found == expected, "\(key) \(record)")
            }
            let list = try await service.listConnections(
                ListConnectionsRequest(), bench.call())
            #expect(list.connections.count == 3)
            // Without being asked for, nobody is asked.
            let before = tester.asked.withLock { $0.count }
            _ = try await service.createConnection(
                Self.create("untested", "sk-no-costs-0001", test: false), bench.call())
            #expect(tester.asked.withLock { $0.count } == before)
        }
    }

    @Test func aTestSaysWhatIsMissingAndStoresNothing() async throws {
        try await ConnectionBench.with { bench in
            let tester = Tester([
                ConnectionBench.planted: Self.report(costs: Self.refused, account: "org_1"),
                "sk-replacement-01": Self.report(account: "org_1"),
            ])
            let service = Service(keyTester: tester)
            let made = try await bench.create()
            func test(
                _ id: String = "", _ provider: Provider = .unspecified, _ key: String = ""
            ) async throws -> TestConnectionResponse {
                try await service.testConnection(
                    TestConnectionRequest(id: id, provider: provider, apiKey: key), bench.call())
            }
            let own = try await test(made.id)
            #expect(!own.usable && own.account?.id == "org_1")
            #expect(own.permissions.map(\.permission) == [.usage, .costs, .names])
            #expect(own.permissions.map(\.state) == [.granted, .refused, .granted])
            #expect(own.permissions[1].reason == "KEY_LACKS_PERMISSION")
            #expect(own.overlappingConnectionIds.isEmpty)
            #expect(try await test(made.id, .openai, "sk-replacement-01").usable)
            // The same key is the same account, though nothing tells which.
            let again = try await test("", .openai, ConnectionBench.planted)
            #expect(again.overlappingConnectionIds == [made.id])
            #expect(
                try await test("", .anthropic, ConnectionBench.planted).overlappingConnectionIds
                    .isEmpty)
            #expect(
                tester.asked.withLock { $0 } == [
                    ConnectionBench.planted, "sk-replacement-01", ConnectionBench.planted,
                    ConnectionBench.planted,
                ])
            #expect(try await bench.read(made.id) == made)
            let id = ConnectionID.make().text
            for (arguments, expected) in [
                ((id, Provider.unspecified, ""), "CONNECTION_NOT_FOUND id"),
                ((made.id, .anthropic, ""), "PROVIDER_OF_ANOTHER provider"),
                (("", .unspecified, "sk-replacement-01"), "PROVIDER_UNKNOWN provider"),
                (("", .openai, ""), "API_KEY_TOO_SHORT api_key"),
                (("", .openai, "sk with spaces"), "API_KEY_MALFORMED api_key"),
            ] {
                let found = await reason {
                    _ = try await test(arguments.0, arguments.1, arguments.2)
                }
                #expect(found == expected)
            }
            #expect(tester.asked.withLock { $0.count } == 4)
        }
    }

    /// One account connected twice is named, unless the two are the record of different things.
    @Test func connectionsOfOneAccountAreNamed() async throws {
        try await ConnectionBench.with { bench in
            let keys = ["sk-account-0001", "sk-account-0002", "sk-account-0003"]
            let tester = Tester([
                keys[0]: Self.report(account: "org_1"), keys[1]: Self.report(account: "org_1"),
                keys[2]: Self.report(account: "org_2"),
            ])
            let service = Service(keyTester: tester)
            let first = try await service.createConnection(
                Self.create("first", keys[0]), bench.call())
            #expect(first.account?.id == "org_1" && first.account?.displayName == "Acme")
            #expect(first.overlappingConnectionIds.isEmpty)
            let second = try await service.createConnection(
                Self.create("second", keys[1]), bench.call())
            #expect(second.overlappingConnectionIds == [first.id])
            #expect(try await bench.read(first.id).overlappingConnectionIds == [second.id])
            let third = try await service.createConnection(
                Self.create("third", keys[2]), bench.call())
            #expect(third.overlappingConnectionIds.isEmpty)
            // The same key, not tested.
            let fourth = try await service.createConnection(
                Self.create("fourth", keys[2], record: .billing, test: false), bench.call())
            #expect(fourth.overlappingConnectionIds == [third.id])
            _ = try await service.updateConnection(
                UpdateConnectionRequest(
                    id: third.id, recordOf: .attribution, updateMask: ["record_of"]), bench.call())
            #expect(try await bench.read(fourth.id).overlappingConnectionIds.isEmpty)
            _ = try await service.deleteConnection(
                DeleteConnectionRequest(id: second.id, confirmDisplayName: "second"), bench.call())
            #expect(try await bench.read(first.id).overlappingConnectionIds.isEmpty)
            let foreign = await reason {
                _ = try await service.replaceConnectionKey(
                    ReplaceConnectionKeyRequest(id: first.id, apiKey: keys[2], testFirst: true),
                    bench.call())
            }
            #expect(foreign == "KEY_OF_ANOTHER_ACCOUNT api_key")
            let replaced = try await service.replaceConnectionKey(
                ReplaceConnectionKeyRequest(id: first.id, apiKey: keys[1], testFirst: true),
                bench.call())
            #expect(replaced.keyHint == "0002" && replaced.account?.id == "org_1")
        }
    }

    @Test func noMoreKeysAreTestedAtOnceThanMayBe() async throws {
        try await ConnectionBench.with { bench in
            let (began, begin) = AsyncStream<Void>.makeStream()
            let (ended, end) = AsyncStream<Void>.makeStream()
            let tester = Tester {
                begin.finish()
                for await _ in ended {}
            }
            let service = Service(keyTester: tester, keyTestsMax: 1)
            let request = TestConnectionRequest(provider: .openai, apiKey: ConnectionBench.planted)
            async let first = service.testConnection(request, bench.call())
            for await _ in began {}
            let second = await reason {
                _ = try await service.testConnection(request, bench.call())
            }
            #expect(second == "KEY_TESTS_AT_LIMIT ")
            end.finish()
            let one = try await first
            let later = try await service.testConnection(request, bench.call())
            #expect(one.usable && later.usable)
        }
    }
}
