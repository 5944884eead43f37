import Core
import NIOCore
import Synchronization
import TestSupport
import Testing
import Wire

@testable import RPC

@Suite(.rule(10), .timeLimit(.minutes(2))) struct WaitingCallsTests {
    @Test func oneNetworkHasAQuarter() {
        let calls = WaitingCalls(countMax: 8)
        let networks = (1...5).map { PeerNetwork("10.0.0.\($0)") }
        #expect((1...3).map { _ in calls.begin(of: networks[0]) } == [true, true, false])
        #expect((1...4).map { _ in calls.begin(of: .unix) } == [true, true, true, true])
        #expect((1...3).map { _ in calls.begin(of: networks[1]) } == [true, true, false])
        // All are taken.
        #expect(!calls.begin(of: networks[2]))
        #expect(!calls.begin(of: .unix))
        #expect(calls.ended(of: networks[0]) == 7)
        #expect(calls.begin(of: networks[0]))
        #expect(!calls.begin(of: networks[0]))
        #expect(calls.count == 8)
    }

    /// The call after those that may wait ends at once, and interceptors see it; calls that do not wait go
    /// on, and later there is room again.
    @Test func oneCallTooManyIsRefusedAndSeen() async throws {
        let signals = TestSignals()
        let ends = EndRecorder()
        var router = RPCRouter()
        router.intercept(ends)
        router.register(Wait.self) { request, _ in
            await signals.waitReleased.wait()
            return request
        }
        router.registerImmediate(Echo.self) { request, _ in request }
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.waitingCallCountMax = 8
        try await TestServer.run(configuration, router: router) { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            for stream: UInt32 in 1...3 {
                try await peer.send(.unary(Wait.self, TextMessage("\(stream)"), stream: stream))
            }
            let refused = await peer.nextOfInterest()
            #expect(refused?.streamID == 3)
            #expect(refused?.close?.status?.code == 14)
            #expect(refused?.close?.status?.details.first?.reason == "OVERLOADED")
            #expect(ends.seen == ["OVERLOADED"])
            try await peer.send(.unary(Echo.self, TextMessage("4"), stream: 4))
            #expect(await peer.nextOfInterest()?.close?.hasMessage == true)
            signals.waitReleased.open()
            var answered: Set<UInt32> = []
            for _ in 1...2 {
                guard let frame = await peer.nextOfInterest() else { break }
                answered.insert(frame.streamID)
            }
            #expect(answered == [1, 2])
            // A call counts until its handler has ended, which may be a moment after its answer.
            for stream: UInt32 in 5... {
                try await peer.send(.unary(Wait.self, TextMessage("\(stream)"), stream: stream))
                guard let close = await peer.nextOfInterest()?.close else {
                    Issue.record("The server hung up.")
                    break
                }
                if close.hasMessage { break }
                #expect(close.status?.details.first?.reason == "OVERLOADED")
            }
            await peer.close()
        }
    }
}
