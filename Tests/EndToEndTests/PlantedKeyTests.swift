import API
import Foundation
import Synchronization
import TallyClient
import TestSupport
import Testing

/// A provider's key that passes through real programs stays in the memory of none.
@Suite struct PlantedKeyTests {
    /// Random, so that nothing else in any memory is like it; parts of it are looked for, since a buffer that is
    /// used again is overwritten from its beginning.
    private struct PlantedKey: Sendable {
        let text: String
        let parts: [String]

        init() {
            let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
            parts = (0..<4).map { _ in
                "~" + String((0..<15).map { _ in letters.randomElement() ?? "a" })
            }
            text = "sk-admin-" + parts.joined()
        }
    }

    /// The provider: it answers what makes a key usable, and can be made to wait.
    private final class Provider: Sendable {
        private let gate = Mutex<(isShut: Bool, waiting: Int)>((false, 0))

        var waiting: Int { gate.withLock { $0.waiting } }
        func shut() { gate.withLock { $0.isShut = true } }
        func open() { gate.withLock { $0.isShut = false } }

        func respond(_ request: StubHTTPServer.Request) async -> StubHTTPServer.Response {
            gate.withLock { $0.waiting += 1 }
            while gate.withLock({ $0.isShut }) { try? await Task.sleep(for: .milliseconds(20)) }
            gate.withLock { $0.waiting -= 1 }
            return .init(
                body: """
                    {"object":"page","data":[],"has_more":false,"next_page":null,"first_id":null,\
                    "last_id":null}
                    """)
        }
    }

    private static func wait(
        _ words: String, _ isDone: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(240))
        while try await !isDone() {
            try #require(ContinuousClock.now < deadline, "\(words)")
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    @Test(.timeLimit(.minutes(10))) func noMemoryKeepsAKey() async throws {
        let provider = Provider()
        let stub = try await StubHTTPServer { await provider.respond($0) }
        let bench: ChaosBench
        do {
            bench = try await ChaosBench.start(settings: ["TALLY_OPENAI_BASE_URL": stub.baseURL])
        } catch {
            try await stub.close()
            throw error
        }
        let client = bench.client(of: bench.servers[0])
        do {
            try await check(bench, client, provider)
        } catch {
            provider.open()
            await client.close()
            await bench.stop()
            try await stub.close()
            throw error
        }
        await client.close()
        await bench.stop()
        try await stub.close()
    }

    private func check(
        _ bench: ChaosBench, _ client: Client, _ provider: Provider
    ) async throws {
        let connections = client.connection
        let server = bench.process(of: 0).processID
        let worker = try await bench.startWorker([
            "TALLY_PAGE_PAUSE_MILLISECONDS": "0", "TALLY_POLL_INTERVAL_SECONDS": "1",
        ]).processID
        let keys = [PlantedKey(), PlantedKey()]

        // While a key is at work it is there, and the scan sees it.
        provider.shut()
        async let testing = connections.testConnection(
            TestConnectionRequest(provider: .openai, apiKey: keys[0].text))
        try await Self.wait("The server asks the provider.") { provider.waiting > 0 }
        #expect(try MemoryScan.find(keys[0].parts, in: server).count == keys[0].parts.count)
        provider.open()
        _ = try await testing

        let made = try await connections.createConnection(
            CreateConnectionRequest(
                provider: .openai, displayName: "Planted", apiKey: keys[0].text,
                backfillDays: 3, testFirst: true),
            options: CallOptions(isIdempotent: true))
        let pages = {
            try await bench.sql("SELECT coalesce(sum(pages_read), 0) FROM connections")
        }
        try await Self.wait("The worker reads with the first key.") { try await pages() != "0" }
        _ = try await connections.testConnection(TestConnectionRequest(id: made.id))
        _ = try await connections.replaceConnectionKey(
            ReplaceConnectionKeyRequest(id: made.id, apiKey: keys[1].text, testFirst: true))
        let before = try await pages()
        try await Self.wait("The worker reads with the other key.") {
            try await pages() != before
        }
        _ = try await connections.listConnections(ListConnectionsRequest())
        _ = try await connections.getConnection(GetConnectionRequest(id: made.id))
        _ = try await connections.deleteConnection(
            DeleteConnectionRequest(id: made.id, confirmDisplayName: "Planted"))

        // The buffers that a connection is read with are its own as long as it lasts: what it sent last stands in
        // them until it sends as much again.
        await client.close()
        let parts = keys.flatMap(\.parts)
        for process in [server, worker] {
            let deadline = ContinuousClock.now.advanced(by: .seconds(120))
            var left = try MemoryScan.find(parts, in: process)
            while !left.isEmpty, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(500))
                left = try MemoryScan.find(parts, in: process)
            }
            #expect(left == [:], "In the \(process == server ? "server" : "worker").")
        }
    }
}
