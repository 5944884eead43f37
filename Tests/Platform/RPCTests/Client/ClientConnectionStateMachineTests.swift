import Core
import NIOCore
import TestSupport
import Testing
import Wire

@testable import RPC

/// The client's side of the protocol, one event at a time.
struct ClientConnectionStateMachineTests {
    // MARK: Rule 1

    @Test(.rule(1)) func callsAreSentWithoutWaitingForHello() {
        var test = ClientMachineUnderTest(hello: nil)
        #expect(test.start(7).openedStreams == [1])
        #expect(test.receive(.hello(Hello(version: 1))).contains { $0.isReady })
    }

    @Test(.rule(1), arguments: [Frame.Kind.ping(Ping()), .window(Window(bytes: 1)), nil])
    func anythingBeforeTheServersHelloIsProtocolError(kind: Frame.Kind?) {
        var test = ClientMachineUnderTest(hello: nil)
        #expect(test.receive(kind).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(9)) func goAwayMayComeInsteadOfHello() {
        var test = ClientMachineUnderTest(hello: nil)
        _ = test.start(7)
        let actions = test.receive(.goAway(GoAway(reason: "TOO_MANY_CONNECTIONS")))
        #expect(actions.outcomes == ["7 UNAVAILABLE SERVER_STOPPING never sent"])
        #expect(actions.contains { $0.isShutOutput })
    }

    @Test(.rule(1)) func versionThatWeDoNotSpeakEndsTheConnection() {
        var test = ClientMachineUnderTest(hello: nil)
        #expect(test.receive(.hello(Hello())).goAwayReason == "UNSUPPORTED_VERSION")
        var twice = ClientMachineUnderTest()
        #expect(twice.receive(.hello(Hello(version: 1))).goAwayReason == "PROTOCOL_ERROR")
    }

    /// How long connecting took does not count.
    @Test(.rule(10), arguments: [0, 30]) func serverGreetsInTime(connectingSeconds: Int64) {
        var test = ClientMachineUnderTest(
            hello: nil, connectingTakes: .seconds(connectingSeconds))
        #expect(test.pass(.milliseconds(9_999)).isEmpty)
        #expect(test.pass(.milliseconds(1)).goAwayReason == "PROTOCOL_ERROR")
        var idle = ClientMachineUnderTest(connectingTakes: .seconds(connectingSeconds))
        #expect(idle.pass(.milliseconds(59_999)).pingCount == 0)
        #expect(idle.pass(.milliseconds(1)).pingCount == 1)
    }

    // MARK: Calls

    @Test(.rule(3)) func answersEndTheirCalls() {
        var test = ClientMachineUnderTest()
        _ = test.start(7)
        _ = test.start(8)
        #expect(test.receive(.close(.success([5])), stream: 2).outcomes == ["8 OK [5]"])
        #expect(
            test.receive(.close(.failure(.notFound, "GONE", "gone")), stream: 1).outcomes
                == ["7 NOT_FOUND GONE"])
        #expect(test.receive(.close(.success([])), stream: 1).outcomes == [])
    }

    @Test(.rule(3)) func closeWithoutStatusIsSuccess() {
        var test = ClientMachineUnderTest()
        _ = test.start(7)
        #expect(
            test.receive(.close(Close(message: [1], hasMessage: true)), stream: 1).outcomes
                == ["7 OK [1]"])
        _ = test.start(8)
        #expect(test.receive(.close(Close()), stream: 2).outcomes == ["8 INTERNAL MALFORMED_CALL"])
    }

    @Test(.rule(6)) func frameForAStreamNeverOpenedIsProtocolError() {
        var test = ClientMachineUnderTest()
        #expect(test.receive(.close(Close()), stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(1, 8)) func callsWaitForAFreeStream() {
        var test = ClientMachineUnderTest()
        for id: UInt64 in 1...100 { #expect(test.start(id).openedStreams.count == 1) }
        #expect(test.start(101).openedStreams == [])
        #expect(test.receive(.close(.success([])), stream: 50).openedStreams == [101])
        var more = ClientMachineUnderTest(hello: Hello(version: 1, maxStreams: 150))
        for id: UInt64 in 1...150 { #expect(more.start(id).openedStreams.count == 1) }
        #expect(more.start(151).openedStreams == [])
    }

    @Test func waitingCallsAreLimited() {
        var test = ClientMachineUnderTest(waitingCountMax: 1)
        for id: UInt64 in 1...101 { _ = test.start(id) }
        #expect(
            test.start(102).outcomes == ["102 RESOURCE_EXHAUSTED TOO_MANY_CALLS never sent"])
    }

    @Test(.rule(5)) func callsWaitForCredit() {
        var test = ClientMachineUnderTest()
        #expect(test.start(1, byteCount: 1_048_576 - 16).openedStreams == [1])
        #expect(test.start(2).openedStreams == [])
        #expect(test.receive(.window(Window(bytes: 1))).openedStreams == [2])
        #expect(test.receive(.window(Window(bytes: .max))).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(5)) func creditOfResponsesIsGivenBack() {
        var test = ClientMachineUnderTest()
        _ = test.start(1)
        #expect(test.receive(.close(.success([1, 2])), stream: 1).windows == [])
        // Many small ones share a Window.
        let large = [UInt8](repeating: 0, count: 70_000)
        _ = test.start(9)
        #expect(test.receive(.close(.success(large)), stream: 2).windows == [70_034])
    }

    @Test(.rule(5)) func responseMayTakeCreditBelowZero() {
        var test = ClientMachineUnderTest()
        _ = test.start(1)
        let most = [UInt8](repeating: 0, count: 4_000_000)
        #expect(test.receive(.close(.success(most)), stream: 1).windows == [4_000_016])
    }

    @Test(.section(.framing)) func requestBeyondTheServersFrameIsNotSent() {
        var test = ClientMachineUnderTest()
        #expect(
            test.start(1, byteCount: 4_194_304).outcomes
                == ["1 RESOURCE_EXHAUSTED REQUEST_TOO_LARGE never sent"])
        #expect(test.start(2).openedStreams == [1])
        var larger = ClientMachineUnderTest(hello: Hello(version: 1, maxFrameBytes: 5_000_000))
        #expect(larger.start(1, byteCount: 4_194_304).openedStreams == [1])
    }

    // MARK: Giving up

    @Test(.rule(3, 7)) func cancelledCallIsToldToTheServerAndItsStreamStaysOpen() {
        var test = ClientMachineUnderTest()
        _ = test.start(7)
        let cancelled = test.machine.callCancelled(id: 7, at: test.now)
        #expect(cancelled.outcomes == ["7 CANCELLED CANCELLED"])
        #expect(cancelled.cancelledStreams == [1])
        #expect(test.receive(.close(.failure(.cancelled, "C", "")), stream: 1).outcomes == [])
    }

    @Test func callThatWaitsIsCancelledWithoutAWord() {
        var test = ClientMachineUnderTest(hello: nil)
        for id: UInt64 in 1...101 { _ = test.start(id) }
        let cancelled = test.machine.callCancelled(id: 101, at: test.now)
        #expect(cancelled.outcomes == ["101 CANCELLED CANCELLED never sent"])
        #expect(cancelled.cancelledStreams == [])
    }

    @Test(.rule(7)) func callEndsAtItsDeadline() {
        var test = ClientMachineUnderTest()
        _ = test.start(7, timeout: .milliseconds(100))
        #expect(test.pass(.milliseconds(99)).outcomes == [])
        let ended = test.pass(.milliseconds(1))
        #expect(ended.outcomes == ["7 DEADLINE_EXCEEDED DEADLINE_EXCEEDED"])
        #expect(ended.cancelledStreams == [1])
    }

    // MARK: The end of the connection

    @Test(.rule(9)) func drainKeepsWhatIsBelowTheFinalID() {
        var test = ClientMachineUnderTest()
        for id: UInt64 in 1...3 { _ = test.start(id) }
        let announced = test.receive(.goAway(GoAway(lastStreamID: .max, reason: "DRAIN")))
        #expect(announced.contains { $0.isUnusable })
        #expect(announced.outcomes == [])
        #expect(test.start(9).outcomes == ["9 UNAVAILABLE CONNECTION_LOST never sent"])
        let final = test.receive(.goAway(GoAway(lastStreamID: 2, reason: "DRAIN")))
        #expect(final.outcomes == ["3 UNAVAILABLE SERVER_STOPPING never sent"])
        #expect(test.receive(.close(.success([])), stream: 1).outcomes == ["1 OK []"])
        let last = test.receive(.close(.success([])), stream: 2)
        #expect(last.outcomes == ["2 OK []"])
        #expect(last.contains { $0.isShutOutput })
    }

    @Test(.rule(9)) func otherReasonsMakeCallsUnavailable() {
        var test = ClientMachineUnderTest()
        for id: UInt64 in 1...2 { _ = test.start(id) }
        let ended = test.receive(.goAway(GoAway(lastStreamID: 1, reason: "IDLE")))
        #expect(
            ended.outcomes == ["2 UNAVAILABLE SERVER_STOPPING never sent", "1 UNAVAILABLE IDLE"])
    }

    @Test(.rule(9)) func lostConnectionMakesCallsUnavailable() {
        var test = ClientMachineUnderTest()
        for id: UInt64 in 1...101 { _ = test.start(id) }
        let outcomes = test.machine.connectionLost().outcomes
        #expect(outcomes.first == "1 UNAVAILABLE CONNECTION_LOST")
        #expect(outcomes.last == "101 UNAVAILABLE CONNECTION_LOST never sent")
        #expect(outcomes.count == 101)
    }

    @Test(.rule(10)) func silentServerIsPingedAndGivenUp() {
        var test = ClientMachineUnderTest()
        _ = test.start(1, timeout: .seconds(600))
        #expect(test.pass(.seconds(60)).pingCount == 1)
        #expect(test.pass(.seconds(20)).goAwayReason == "IDLE")
    }

    @Test(.section(.messages)) func pingIsAnswered() {
        var test = ClientMachineUnderTest()
        let actions = test.receive(.ping(Ping(opaque: 5)))
        #expect(actions.frames == [Frame(streamID: 0, kind: .pong(Pong(opaque: 5)))])
    }
}
