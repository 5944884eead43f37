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

    /// The provider: it has nothing to tell, and can be made to wait.
    private final class Provider: Sendable {
        private let state = Mutex<(isShut: Bool, keys: Set<String>)>((false, []))

        var isShut: Bool { state.withLock { $0.isShut } }
        func shut() { state.withLock { $0.isShut = true } }
        func open() { state.withLock { $0.isShut = false } }
        func sawKey(_ key: String) -> Bool {
            state.withLock { $0.keys.contains("Bearer \(key)") }
        }

        func respond(_ request: StubHTTPServer.Request) async -> StubHTTPServer.Response {
            state.withLock { _ = $0.keys.insert(request.headers["authorization"] ?? "") }
            while isShut { try? await Task.sleep(for: .milliseconds(20)) }
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

        // While a key is at work it is there, and the scan sees it. A call waits for seconds at most, so one
        // follows the other.
        let first = TestConnectionRequest(provider: .openai, apiKey: keys[0].text)
        provider.shut()
        async let testing: Void = {
            repeat {
                _ = try? await connections.testConnection(first)
            } while provider.isShut && !Task.isCancelled
        }()
        try await Self.wait("The scan sees a key at work.") {
            try MemoryScan.find(keys[0].parts, in: server).count == keys[0].parts.count
        }
        provider.open()
        await testing

        let made = try await connections.createConnection(
            CreateConnectionRequest(
                provider: .openai, displayName: "Planted", apiKey: keys[0].text,
                backfillDays: 3))
        try await Self.wait("The worker reads with the first key.") {
            try await bench.sql("SELECT count(*) FROM connections WHERE pages_read > 0") == "1"
        }
        _ = try await connections.testConnection(TestConnectionRequest(id: made.id))
        _ = try await connections.replaceConnectionKey(
            ReplaceConnectionKeyRequest(id: made.id, apiKey: keys[1].text))
        try await Self.wait("The worker reads with the other key.") {
            provider.sawKey(keys[1].text)
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
