import NIOCore
import TestSupport
import Testing
import Wire

@testable import RPC

/// Rule 9 of the protocol: what SIGTERM does to a connection.
@Suite(.rule(9))
struct ServerConnectionDrainTests {
    private let drainPing = Frame(
        streamID: 0, kind: .ping(Ping(opaque: ServerConnectionStateMachine.drainOpaque)))
    private let drainPong = Frame.Kind.pong(
        Pong(opaque: ServerConnectionStateMachine.drainOpaque))

    @Test func drainAnnouncesPingsAndThenNamesTheFinalID() {
        var test = MachineUnderTest()
        _ = test.open(3)
        let announced = test.machine.drainStarted(at: test.now)
        #expect(announced.goAways.map(\.lastStreamID) == [.max])
        #expect(announced.goAways.map(\.reason) == ["DRAIN"])
        #expect(announced.frames.last == drainPing)
        // Opened before the client heard of it, so it is served.
        #expect(test.open(5).startedStreams == [5])
        let final = test.receive(drainPong, stream: 0)
        #expect(final.goAways.map(\.lastStreamID) == [5])
        #expect(!final.contains(.shutOutput))
        #expect(test.end(3).closes.map(\.stream) == [3])
        #expect(test.end(5).last == .shutOutput)
    }

    @Test func openAboveTheFinalIDIsNotAnsweredButCredited() {
        var test = MachineUnderTest()
        _ = test.open(1)
        _ = test.machine.drainStarted(at: test.now)
        _ = test.receive(drainPong, stream: 0)
        #expect(test.open(2, byteCount: 70_000).frames == [.window(streamID: 0, 70_016)])
        let late = [UInt8](repeating: 0, count: 70_000)
        #expect(test.receive(.message(late), stream: 2).windows == ["0:70016"])
        #expect(test.end(1).last == .shutOutput)
    }

    @Test func drainWaitsOneSecondForTheRoundTrip() {
        var test = MachineUnderTest()
        _ = test.open(1)
        _ = test.machine.drainStarted(at: test.now)
        #expect(test.pass(.milliseconds(999)).isEmpty)
        #expect(test.pass(.milliseconds(1)).goAways.map(\.lastStreamID) == [1])
        #expect(test.receive(drainPong, stream: 0).isEmpty)
    }

    @Test func idleConnectionIsShutWithTheFinalID() {
        var test = MachineUnderTest()
        _ = test.machine.drainStarted(at: test.now)
        let final = test.receive(drainPong, stream: 0)
        #expect(final.goAways.map(\.lastStreamID) == [0])
        #expect(final.last == .shutOutput)
    }

    @Test func whatIsLeftAtTheDrainLimitIsUnavailable() {
        var test = MachineUnderTest()
        _ = test.open(1)
        _ = test.open(2)
        _ = test.machine.drainStarted(at: test.now)
        _ = test.receive(drainPong, stream: 0)
        #expect(test.pass(.milliseconds(29_999)).isEmpty)
        let ended = test.pass(.milliseconds(1))
        #expect(
            ended.failures == [
                "1 UNAVAILABLE SERVER_STOPPING", "2 UNAVAILABLE SERVER_STOPPING",
            ])
        #expect(ended.contains(.cancelCall(streamID: 1, .drained)))
        #expect(ended.last == .shutOutput)
    }

    /// "the final id, which only ever falls"
    @Test func anEndWhileDrainingDoesNotRaiseTheFinalID() {
        var test = MachineUnderTest()
        _ = test.open(1)
        _ = test.machine.drainStarted(at: test.now)
        _ = test.receive(drainPong, stream: 0)
        _ = test.open(7)
        let ended = test.receive(.hello(Hello(version: 1)), stream: 0)
        #expect(ended.goAwayReason == "PROTOCOL_ERROR")
        #expect(ended.goAways.map(\.lastStreamID) == [1])
    }

    @Test func connectionWithoutHelloIsShutAtOnce() {
        var test = MachineUnderTest(isGreeted: false)
        #expect(test.machine.drainStarted(at: test.now).goAwayReason == "DRAIN")
    }

    @Test func drainingTwiceIsDrainingOnce() {
        var test = MachineUnderTest()
        _ = test.machine.drainStarted(at: test.now)
        #expect(test.machine.drainStarted(at: test.now).isEmpty)
    }
}
