import RPC
import TallyClient
import TestSupport
import Testing
import Wire

/// What SIGTERM does to calls, over real sockets.
@Suite(.rule(9), .timeLimit(.minutes(1)))
struct DrainTests {
    @Test func callInFlightIsFinishedAndLaterOnesAreNotAnswered() async throws {
        let signals = TestSignals()
        try await TestServer.run(router: TestServer.router(signals)) { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            try await peer.send(.unary(Wait.self, TextMessage("kept"), stream: 5))
            await signals.waitStarted.wait()
            await server.drain()
            #expect(await peer.nextOfInterest()?.goAway?.lastStreamID == .max)
            guard case .ping(let ping) = await peer.nextOfInterest()?.kind else {
                Issue.record("no Ping")
                return
            }
            try await peer.send(Frame(streamID: 0, kind: .pong(Pong(opaque: ping.opaque))))
            #expect(await peer.nextOfInterest()?.goAway?.lastStreamID == 5)
            try await peer.send(.unary(Echo.self, TextMessage("late"), stream: 7))
            signals.waitReleased.open()
            let close = await peer.nextOfInterest()
            #expect(close?.streamID == 5)
            #expect(close?.close?.message == TextMessage("kept").serialized())
            #expect(await peer.nextOfInterest() == nil)
        }
    }

    @Test func ourClientGetsItsAnswerThroughTheDrain() async throws {
        let signals = TestSignals()
        try await TestServer.run(router: TestServer.router(signals)) { server in
            let client = Client(
                configuration: TallyClientConfiguration(
                    address: server.address, security: .plaintext))
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask { try await client.call(Wait.self, TextMessage("kept")).text }
                await signals.waitStarted.wait()
                await server.drain()
                signals.waitReleased.open()
                let text = try await group.next()
                #expect(text == "kept")
            }
            await client.close()
        }
    }

    @Test func callsPastTheDrainLimitAreUnavailable() async throws {
        let signals = TestSignals()
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.drainTimeout = .milliseconds(100)
        configuration.limits.drainPingTimeout = .milliseconds(10)
        try await TestServer.run(configuration, router: TestServer.router(signals)) { server in
            let client = Client(
                configuration: TallyClientConfiguration(
                    address: server.address, security: .plaintext))
            await withTaskGroup(of: TallyError?.self) { group in
                group.addTask {
                    do {
                        _ = try await client.call(Wait.self, TextMessage())
                        return nil
                    } catch {
                        return error as? TallyError
                    }
                }
                await signals.waitStarted.wait()
                await server.drain()
                let failure = await group.next() ?? nil
                #expect(failure?.code == .unavailable)
                #expect(failure?.reason == "SERVER_STOPPING")
            }
            await signals.waitCancelled.wait()
            await client.close()
        }
    }

    /// The client's promise: a new connection when the old one is lost, and calls that never
    /// reached a server are repeated.
    @Test func clientReconnectsToTheNextServer() async throws {
        let path = "/tmp/tally-drain-\(UInt32.random(in: 0 ... .max)).sock"
        let configuration = RPCServerConfiguration(address: .unix(path: path))
        var clientConfiguration = TallyClientConfiguration(
            address: "unix:\(path)", security: .plaintext)
        clientConfiguration.retryCountMax = 1000
        clientConfiguration.retryDelayMax = .milliseconds(20)
        let client = Client(configuration: clientConfiguration)
        try await TestServer.run(configuration) { _ in
            let response = try await client.call(Echo.self, TextMessage("first"))
            #expect(response.text == "first")
        }
        let answered = Gate()
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask {
                defer { answered.open() }
                return try await client.call(Echo.self, TextMessage("second")).text
            }
            try await TestServer.run(configuration) { _ in await answered.wait() }
            let text = try await group.next()
            #expect(text == "second")
        }
        await client.close()
    }
}
