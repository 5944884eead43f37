import Core
import RPC
import Synchronization
import TallyClient
import TestSupport
import Testing
import Wire

/// Our client against our server over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct UnaryCallTests {
    private func client(_ server: RunningServer) -> Client {
        Client(
            configuration: TallyClientConfiguration(
                address: server.address, security: .plaintext))
    }

    private func failure(
        _ call: () async throws -> TextMessage
    ) async -> TallyError? {
        do {
            _ = try await call()
            return nil
        } catch {
            return error as? TallyError
        }
    }

    @Test func responseComesBack() async throws {
        try await TestServer.run { server in
            let client = client(server)
            let response = try await client.call(Echo.self, TextMessage("Grüße"))
            #expect(response.text == "Grüße")
            await client.close()
        }
    }

    @Test(.section(.transport)) func callsGoOverAUnixSocketToo() async throws {
        let path = "/tmp/tally-rpc-\(UInt32.random(in: 0 ... .max)).sock"
        try await TestServer.run(RPCServerConfiguration(address: .unix(path: path))) { server in
            #expect(server.address == "unix:\(path)")
            let client = client(server)
            let response = try await client.call(Echo.self, TextMessage("local"))
            #expect(response.text == "local")
            await client.close()
        }
    }

    @Test func aThousandCallsShareOneConnection() async throws {
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.connectionCountPerAddressMax = 1
        try await TestServer.run(configuration) { server in
            let client = client(server)
            try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let response = try await client.call(Echo.self, TextMessage("\(number)"))
                        return (number, response.text)
                    }
                }
                for try await (number, text) in group {
                    #expect(text == "\(number)")
                }
            }
            await client.close()
        }
    }

    /// Rule 5 at work: together far more than both windows.
    @Test(.rule(5)) func largeMessagesFlowInBothDirections() async throws {
        try await TestServer.run { server in
            let client = client(server)
            let text = String(repeating: "0123456789", count: 150_000)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await client.call(Echo.self, TextMessage(text)).text == text
                    }
                }
                for try await isSame in group {
                    #expect(isSame)
                }
            }
            await client.close()
        }
    }

    /// Rule 4: "A slow call never holds up another."
    @Test(.rule(4)) func slowCallHoldsUpNobody() async throws {
        let signals = TestSignals()
        try await TestServer.run(router: TestServer.router(signals)) { server in
            let client = client(server)
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask {
                    // As large as the connection's window.
                    let text = String(repeating: "x", count: 1_100_000)
                    return try await client.call(Wait.self, TextMessage(text)).text
                }
                await signals.waitStarted.wait()
                let fast = try await client.call(Echo.self, TextMessage("fast"))
                #expect(fast.text == "fast")
                signals.waitReleased.open()
                let slow = try await group.next()
                #expect(slow?.utf8.count == 1_100_000)
            }
            await client.close()
        }
    }

    @Test(.section(.messages)) func serviceErrorReachesTheCaller() async throws {
        try await TestServer.run { server in
            let client = client(server)
            let failure = await failure {
                try await client.call(Fail.self, TextMessage("service"))
            }
            #expect(failure?.code == .failedPrecondition)
            #expect(failure?.reason == "TEST_REASON")
            #expect(failure?.field == "rules[2].weight")
            #expect(failure?.message == "as asked")
            #expect(failure?.retryAfter == .milliseconds(1500))
            await client.close()
        }
    }

    @Test(.rule(13), arguments: ["internal", "other"])
    func faultsReachTheCallerAsAnIncidentOnly(kind: String) async throws {
        try await TestServer.run { server in
            let client = client(server)
            let failure = await failure { try await client.call(Fail.self, TextMessage(kind)) }
            #expect(failure?.code == .internal)
            #expect(failure?.message.hasPrefix("incident ") == true)
            #expect(failure.map { "\($0)".contains("SELECT") } == false)
            await client.close()
        }
    }

    @Test(.rule(13)) func unknownMethodIsUnimplemented() async throws {
        try await TestServer.run { server in
            let client = client(server)
            let failure = await failure {
                TextMessage(String(try await client.callRaw(method: "no/such", bytes: []).count))
            }
            #expect(failure?.code == .unimplemented)
            await client.close()
        }
    }

    @Test(.rule(7)) func deadlineCancelsTheHandler() async throws {
        let signals = TestSignals()
        try await TestServer.run(router: TestServer.router(signals)) { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            try await peer.send(.unary(Wait.self, TextMessage(), stream: 1, timeoutMs: 50))
            let close = await peer.nextOfInterest()?.close
            #expect(close?.status?.code == 4)
            #expect(close?.status?.details.first?.reason == "DEADLINE_EXCEEDED")
            await signals.waitCancelled.wait()
            await peer.close()
        }
    }

    @Test(.rule(7)) func clientsDeadlineEndsTheCallEverywhere() async throws {
        let signals = TestSignals()
        try await TestServer.run(router: TestServer.router(signals)) { server in
            let client = client(server)
            // The connection stands already, so the deadline finds the call at the server.
            _ = try await client.call(Echo.self, TextMessage())
            let failure = await failure {
                try await client.call(
                    Wait.self, TextMessage(), options: CallOptions(timeout: .seconds(5)))
            }
            #expect(failure?.code == .deadlineExceeded)
            await signals.waitCancelled.wait()
            await client.close()
        }
    }

    @Test(.rule(3, 7)) func cancelFrameCancelsTheHandler() async throws {
        let signals = TestSignals()
        try await TestServer.run(router: TestServer.router(signals)) { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            try await peer.send(.unary(Wait.self, TextMessage(), stream: 1))
            await signals.waitStarted.wait()
            try await peer.send(Frame(streamID: 1, kind: .cancel(Cancel())))
            #expect(await peer.nextOfInterest()?.close?.status?.code == 1)
            await signals.waitCancelled.wait()
            // One Close and no more: the next frame is the other call's.
            try await peer.send(.unary(Echo.self, TextMessage("next"), stream: 2))
            #expect(await peer.nextOfInterest()?.streamID == 2)
            await peer.close()
        }
    }

    @Test(.rule(7)) func cancelledTaskCancelsTheHandler() async throws {
        let signals = TestSignals()
        try await TestServer.run(router: TestServer.router(signals)) { server in
            let client = client(server)
            await withTaskGroup(of: TallyError?.self) { group in
                group.addTask {
                    await failure { try await client.call(Wait.self, TextMessage()) }
                }
                await signals.waitStarted.wait()
                group.cancelAll()
                #expect(await group.next()??.code == .cancelled)
            }
            await signals.waitCancelled.wait()
            await client.close()
        }
    }

    @Test(.rule(7)) func lostConnectionCancelsTheHandler() async throws {
        let signals = TestSignals()
        try await TestServer.run(router: TestServer.router(signals)) { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            try await peer.send(.unary(Wait.self, TextMessage(), stream: 1))
            await signals.waitStarted.wait()
            await peer.close()
            await signals.waitCancelled.wait()
        }
    }

    @Test(.rule(11)) func metadataOfConnectionAndCallReachTheHandler() async throws {
        var router = RPCRouter()
        router.register(Echo.self) { _, context in
            TextMessage(
                ["authorization", "tally-org", "x-call"]
                    .map { context.metadata.string($0) ?? "-" }.joined(separator: ","))
        }
        try await TestServer.run(router: router) { server in
            var configuration = TallyClientConfiguration(
                address: server.address, security: .plaintext, token: "tly_1_2")
            configuration.metadata = ["tally-org": "acme"]
            let client = Client(configuration: configuration)
            let first = try await client.call(Echo.self, TextMessage())
            #expect(first.text == "Bearer tly_1_2,acme,-")
            let second = try await client.call(
                Echo.self, TextMessage(),
                options: CallOptions(metadata: ["tally-org": "other", "x-call": "1"]))
            #expect(second.text == "Bearer tly_1_2,other,1")
            await client.close()
        }
    }

    @Test func callThatMayHaveBegunIsNotRepeated() async throws {
        let count = Mutex(0)
        var router = RPCRouter()
        router.register(Echo.self) { _, _ in
            count.withLock { $0 += 1 }
            throw ServiceError(.unavailable, "DATABASE_AWAY", "Try again.")
        }
        try await TestServer.run(router: router) { server in
            var configuration = TallyClientConfiguration(
                address: server.address, security: .plaintext)
            configuration.retryCountMax = 2
            configuration.retryDelay = .milliseconds(1)
            let client = Client(configuration: configuration)
            let once = await failure { try await client.call(Echo.self, TextMessage()) }
            #expect(once?.reason == "DATABASE_AWAY")
            #expect(count.withLock { $0 } == 1)
            let repeated = await failure {
                try await client.call(
                    Echo.self, TextMessage(), options: CallOptions(isIdempotent: true))
            }
            #expect(repeated?.reason == "DATABASE_AWAY")
            #expect(count.withLock { $0 } == 4)
            await client.close()
        }
    }

    @Test(.section(.transport)) func plaintextIsRefusedBeyondLoopback() async throws {
        let open = RPCServerConfiguration(address: .tcp(host: "0.0.0.0", port: 0))
        await #expect(throws: RPCError.plaintextRefused(address: "0.0.0.0:0")) {
            try await TestServer.run(open) { _ in }
        }
        var insecure = open
        insecure.isInsecurePlaintextAllowed = true
        try await TestServer.run(insecure) { _ in }
        let client = Client(
            configuration: TallyClientConfiguration(
                address: "192.0.2.1:1", security: .plaintext))
        let failure = await failure { try await client.call(Echo.self, TextMessage()) }
        #expect(failure?.reason == "PLAINTEXT_REFUSED")
    }

    @Test(arguments: ["127.0.0.1:1", "localhost:1", "unix:/nonexistent"])
    func refusedConnectionsAreSaidInPlainWords(_ address: String) async {
        var configuration = TallyClientConfiguration(address: address, security: .plaintext)
        configuration.retryCountMax = 0
        let client = Client(configuration: configuration)
        let failure = await failure { try await client.call(Echo.self, TextMessage()) }
        #expect(failure?.reason == "CONNECT_FAILED")
        let words =
            address.hasPrefix("unix") ? "No such file or directory" : "Connection refused"
        #expect(
            failure?.message == "The server cannot be reached at \(address): \(words)",
            "\(failure?.message ?? "")")
        await client.close()
    }

    @Test(.rule(1)) func limitsBelowTheProtocolsAreRefused() async throws {
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.streamCountMax = 99
        await #expect(throws: RPCError.limitInvalid(name: "streamCountMax")) {
            try await TestServer.run(configuration) { _ in }
        }
    }

    @Test(.section(.framing)) func requestBeyondTheServersFrameFailsAtTheClient() async throws {
        try await TestServer.run { server in
            let client = client(server)
            let failure = await failure {
                try await client.call(
                    Echo.self, TextMessage(String(repeating: "x", count: 4_194_304)))
            }
            #expect(failure?.reason == "REQUEST_TOO_LARGE")
            let response = try await client.call(Echo.self, TextMessage("ok"))
            #expect(response.text == "ok")
            await client.close()
        }
    }
}
