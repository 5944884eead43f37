import API
import Logging
import RPC
import Testing
import Wire

@testable import TallyClient

/// More than one connection, against a server that counts calls on each.
@Suite(.timeLimit(.minutes(5)))
struct ConnectionPoolTests {
    /// What every server allows on a connection at least, and so what the pool fills each with.
    private static let full = 100

    private func run(
        connectionCountMax: Int,
        _ body: @Sendable (RawListener, Calls, TestTime) async throws -> Void
    ) async throws {
        try await RawListener.with { listener in
            let time = TestTime()
            var configuration = TallyClientConfiguration(
                address: listener.address, security: .plaintext)
            configuration.connectionCountMax = connectionCountMax
            // On whatever machine, no call ends by itself.
            configuration.callTimeout = .seconds(600)
            configuration.connectTimeout = .seconds(120)
            let client = Client(
                configuration: configuration, logger: Logger(label: "test"), time: time.time)
            do {
                try await body(listener, Calls(client: client), time)
            } catch {
                await client.close()
                throw error
            }
            await client.close()
        }
    }

    /// Calls, which go on until the server answers or the client is closed.
    private struct Calls: Sendable {
        let client: Client

        func begin(_ count: Int = 1) -> [Task<Void, any Error>] {
            (0..<count).map { _ in
                Task { _ = try await client.callRaw(method: Echo.name, bytes: []) }
            }
        }

        /// The first connection, which stands once it has answered a call.
        func connect(_ listener: RawListener) async throws -> RawPeer {
            let call = begin()
            // More calls than it is filled with.
            let hello = Hello(version: 1, maxStreams: 1000, agent: "raw")
            let peer = try #require(try await listener.accept(hello))
            try await peer.answer(try await peer.opens(1))
            for task in call { try await task.value }
            return peer
        }
    }

    @Test func aFurtherConnectionIsMadeWhereThoseBeforeAreFull() async throws {
        try await run(connectionCountMax: 3) { listener, calls, _ in
            let first = try await calls.connect(listener)
            let early = calls.begin(Self.full)
            let opens = try await first.opens(Self.full)
            var others: [RawPeer] = []
            for _ in 0..<2 {
                _ = calls.begin(Self.full)
                let peer = try #require(try await listener.accept())
                _ = try await peer.opens(Self.full)
                others.append(peer)
            }
            // All are full: the call is one of those, and the first takes more.
            _ = calls.begin()
            _ = try await first.opens(1)
            // It has room again, before the others.
            try await first.answer(opens)
            for task in early { try await task.value }
            _ = calls.begin(2)
            _ = try await first.opens(2)
            await calls.client.close()
            // Closed by the client, whichever it was.
            for peer in [first] + others {
                while let frame = await peer.next() {
                    if case .open = frame.kind { Issue.record("another call") }
                }
            }
        }
    }

    @Test func aRefusedConnectionRestsAndTheFirstServesOn() async throws {
        try await run(connectionCountMax: 2) { listener, calls, time in
            let first = try await calls.connect(listener)
            _ = calls.begin(Self.full)
            _ = try await first.opens(Self.full)
            _ = calls.begin()
            try await listener.refuse()
            _ = try await first.opens(1)
            // Nobody asks again: this one would wait for an answer.
            time.advance(by: .milliseconds(4999))
            _ = calls.begin()
            _ = try await first.opens(1)
            time.advance(by: .milliseconds(1))
            _ = calls.begin()
            let second = try #require(try await listener.accept())
            _ = try await second.opens(1)
        }
    }

    @Test func theFirstRefusalIsTheCalls() async throws {
        try await run(connectionCountMax: 2) { listener, calls, time in
            let call = calls.begin()
            for _ in 0..<5 { try await listener.refuse() }
            await #expect(throws: TallyError.self) { try await call[0].value }
            #expect(time.waits.count == 4)
        }
    }
}

extension RawPeer {
    /// Waits for so many calls; their streams.
    fileprivate func opens(_ count: Int) async throws -> [UInt32] {
        var streams: [UInt32] = []
        while streams.count < count {
            let frame = try #require(await next())
            if case .open = frame.kind { streams.append(frame.streamID) }
        }
        return streams
    }

    fileprivate func answer(_ streams: [UInt32]) async throws {
        for stream in streams {
            try await send(
                Frame(streamID: stream, kind: .close(Close(status: Status(), hasMessage: true))))
        }
    }
}
