import API
import Core
import Domain
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// What connections had read is remembered with whatever changes it.
@Suite struct RememberedReadingTests {
    @Test func everyChangeOfAConnectionIsRemembered() async throws {
        try await ConnectionBench.with { bench in
            func count() async throws -> Int {
                #expect(try await ReadingHistory.forgotten(in: bench.database) == [])
                return try await ReadingHistory.count(in: bench.database)
            }
            func update(_ request: UpdateConnectionRequest) async throws {
                _ = try await bench.service.updateConnection(request, bench.call())
            }
            let id = try await bench.create().id
            #expect(try await count() == 1)
            try await update(
                UpdateConnectionRequest(
                    id: id, displayName: "Renamed", updateMask: ["display_name"]))
            #expect(try await count() == 2)
            try await update(
                UpdateConnectionRequest(id: id, recordOf: .billing, updateMask: ["record_of"]))
            #expect(try await count() == 3)
            // What no report looks at leaves no trace.
            try await update(
                UpdateConnectionRequest(
                    id: id, labels: [Label(key: "a", value: "b")], updateMask: ["labels"]))
            #expect(try await count() == 3)
            let page = try bench.update(id, .costs, .healthy)
            _ = try await bench.pool.transaction(bench.worker) { try await page.store(in: $0) }
            #expect(try await count() == 4)
            // The same page again.
            _ = try await bench.pool.transaction(bench.worker) { try await page.store(in: $0) }
            #expect(try await count() == 4)
            let keys = try await bench.keys.keys(of: bench.organization)
            let learn = try LearnAccount(
                organizationID: bench.organization, connectionID: ConnectionID(id),
                provider: .openAI,
                keyIndex: try KeyVault.index(of: Secret(ConnectionBench.planted), with: keys),
                account: ProviderAccount(id: "org_1", name: ""), keys: keys)
            try await bench.pool.transaction(bench.worker) {
                try await learn.store(in: $0, now: WallClock.system.now)
            }
            #expect(try await count() == 5)
            _ = try await bench.replaceKey(id, "sk-admin-another-key-wxyz")
            #expect(try await count() == 6)
            _ = try await bench.service.importConnections(
                ImportConnectionsRequest(
                    rows: [
                        ConnectionRow(
                            displayName: "Imported", provider: .openai,
                            apiKey: "sk-admin-third-key-0003"),
                        ConnectionRow(displayName: "Renamed", recordOf: .attribution),
                    ], updateMask: ["record_of"]), bench.call())
            #expect(try await count() == 8)
            _ = try await bench.service.deleteConnection(
                DeleteConnectionRequest(id: id, confirmDisplayName: "Renamed"), bench.call())
            #expect(try await count() == 9)
        }
    }
}
