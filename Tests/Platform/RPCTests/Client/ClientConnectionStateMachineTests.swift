import Core
import NIOCore
import TestSupport
import Testing
import Wire

@testable import RPC

/// The client's side of the protocol, one event at a time.
struct ClientConnectionStateMachineTests {
    private typealias Action = ClientConnectionStateMachine.Action

    private struct Tested {
        var machine: ClientConnectionStateMachine
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

        init(hello: Hello? = Hello(version: 1), waitingCountMax: Int = 1000) {
            machine = ClientConnectionStateMachine(
                limits: RPCLimits(), waitingCountMax: waitingCountMax, now: now)
            _ = machine.connected(agent: "test", metadata: [])
            if let hello { _ = receive(.hello(hello)) }
        }

        mutating func receive(_ kind: Frame.Kind?, stream: UInt32 = 0) -> [Action] {
            let frame = Frame(streamID: stream, kind: kind)
            machine.bytesReceived(at: now)
            return machine.received(.frame(frame, byteCount: 9), at: now)
        }

        mutating func start(
            _ id: UInt64, byteCount: Int = 0, timeout: TimeAmount = .seconds(60)
        ) -> [Action] {
            machine.callStarted(
                .init(
                    id: id, method: "M", metadata: [],
                    message: [UInt8](repeating: 1, count: byteCount), deadline: now + timeout),
                at: now)
        }

        mutating func pass(_ amount: TimeAmount) -> [Action] {
            now = now + amount
            return machine.timeElapsed(at: now)
        }
    }

    // MARK: Rule 1

    @Test(.rule(1)) func callsAreSentWithoutWaitingForHello() {
        var test = Tested(hello: nil)
        #expect(test.start(7).openedStreams == [1])
        #expect(test.receive(.hello(Hello(version: 1))).contains { $0.isReady })
    }

    @Test(.rule(1), arguments: [Frame.Kind.ping(Ping()), .window(Window(bytes: 1)), nil])
    func anythingBeforeTheServersHelloIsProtocolError(kind: Frame.Kind?) {
        var test = Tested(hello: nil)
        #expect(test.receive(kind).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(9)) func goAwayMayComeInsteadOfHello() {
        var test = Tested(hello: nil)
        _ = test.start(7)
        let actions = test.receive(.goAway(GoAway(reason: "TOO_MANY_CONNECTIONS")))
        #expect(actions.outcomes == ["7 UNAVAILABLE SERVER_STOPPING never sent"])
        #expect(actions.contains { $0.isShutOutput })
    }

    @Test(.rule(1)) func versionThatWeDoNotSpeakEndsTheConnection() {
        var test = Tested(hello: nil)
        #expect(test.receive(.hello(Hello())).goAwayReason == "UNSUPPORTED_VERSION")
        var twice = Tested()
        #expect(twice.receive(.hello(Hello(version: 1))).goAwayReason == "PROTOCOL_ERROR")
    }

    // MARK: Calls

    @Test(.rule(3)) func answersEndTheirCalls() {
        var test = Tested()
        _ = test.start(7)
        _ = test.start(8)
        #expect(test.receive(.close(.success([5])), stream: 2).outcomes == ["8 OK [5]"])
        #expect(
            test.receive(.close(.failure(.notFound, "GONE", "gone")), stream: 1).outcomes
                == ["7 NOT_FOUND GONE"])
        #expect(test.receive(.close(.success([])), stream: 1).outcomes == [])
    }

    @Test(.rule(3)) func closeWithoutStatusIsSuccess() {
        var test = Tested()
        _ = test.start(7)
        #expect(
            test.receive(.close(Close(message: [1], hasMessage: true)), stream: 1).outcomes
                == ["7 OK [1]"])
        _ = test.start(8)
        #expect(test.receive(.close(Close()), stream: 2).outcomes == ["8 INTERNAL MALFORMED_CALL"])
    }

    @Test(.rule(6)) func frameForAStreamNeverOpenedIsProtocolError() {
        var test = Tested()
        #expect(test.receive(.close(Close()), stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(1, 8)) func callsWaitForAFreeStream() {
        var test = Tested()
        for id: UInt64 in 1...100 { #expect(test.start(id).openedStreams.count == 1) }
        #expect(test.start(101).openedStreams == [])
        #expect(test.receive(.close(.success([])), stream: 50).openedStreams == [101])
        var more = Tested(hello: Hello(version: 1, maxStreams: 150))
        for id: UInt64 in 1...150 { #expect(more.start(id).openedStreams.count == 1) }
        #expect(more.start(151).openedStreams == [])
    }

    @Test func waitingCallsAreLimited() {
        var test = Tested(waitingCountMax: 1)
        for id: UInt64 in 1...101 { _ = test.start(id) }
        #expect(
            test.start(102).outcomes == ["102 RESOURCE_EXHAUSTED TOO_MANY_CALLS never sent"])
    }

    @Test(.rule(5)) func callsWaitForCredit() {
        var test = Tested()
        #expect(test.start(1, byteCount: 1_048_576 - 16).openedStreams == [1])
        #expect(test.start(2).openedStreams == [])
        #expect(test.receive(.window(Window(bytes: 1))).openedStreams == [2])
        #expect(test.receive(.window(Window(bytes: .max))).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(5)) func creditOfResponsesIsGivenBack() {
        var test = Tested()
        _ = test.start(1)
        #expect(test.receive(.close(.success([1, 2])), stream: 1).windows == [])
        // Many small ones share a Window.
        let large = [UInt8](repeating: 0, count: 70_000)
        _ = test.start(9)
        #expect(test.receive(.close(.success(large)), stream: 2).windows == [70_034])
    }

    @Test(.rule(5)) func responseMayTakeCreditBelowZero() {
        var test = Tested()
        _ = test.start(1)
        let most = [UInt8](repeating: 0, count: 4_000_000)
        #expect(test.receive(.close(.success(most)), stream: 1).windows == [4_000_016])
    }

    @Test(.section(.framing)) func requestBeyondTheServersFrameIsNotSent() {
        var test = Tested()
        #expect(
            test.start(1, byteCount: 4_194_304).outcomes
                == ["1 RESOURCE_EXHAUSTED REQUEST_TOO_LARGE never sent"])
        #expect(test.start(2).openedStreams == [1])
        var larger = Tested(hello: Hello(version: 1, maxFrameBytes: 5_000_000))
        #expect(larger.start(1, byteCount: 4_194_304).openedStreams == [1])
    }

    // MARK: Giving up

    @Test(.rule(3, 7)) func cancelledCallIsToldToTheServerAndItsStreamStaysOpen() {
        var test = Tested()
        _ = test.start(7)
        let cancelled = test.machine.callCancelled(id: 7, at: test.now)
        #expect(cancelled.outcomes == ["7 CANCELLED CANCELLED"])
        #expect(cancelled.cancelledStreams == [1])
        #expect(test.receive(.close(.failure(.cancelled, "C", "")), stream: 1).outcomes == [])
    }

    @Test func callThatWaitsIsCancelledWithoutAWord() {
        var test = Tested(hello: nil)
        for id: UInt64 in 1...101 { _ = test.start(id) }
        let cancelled = test.machine.callCancelled(id: 101, at: test.now)
        #expect(cancelled.outcomes == ["101 CANCELLED CANCELLED never sent"])
        #expect(cancelled.cancelledStreams == [])
    }

    @Test(.rule(7)) func callEndsAtItsDeadline() {
        var test = Tested()
        _ = test.start(7, timeout: .milliseconds(100))
        #expect(test.pass(.milliseconds(99)).outcomes == [])
        let ended = test.pass(.milliseconds(1))
        #expect(ended.outcomes == ["7 DEADLINE_EXCEEDED DEADLINE_EXCEEDED"])
        #expect(ended.cancelledStreams == [1])
    }

    // MARK: The end of the connection

    @Test(.rule(9)) func drainKeepsWhatIsBelowTheFinalID() {
        var test = Tested()
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
        var test = Tested()
        for id: UInt64 in 1...2 { _ = test.start(id) }
        let ended = test.receive(.goAway(GoAway(lastStreamID: 1, reason: "IDLE")))
        #expect(
            ended.outcomes == ["2 UNAVAILABLE SERVER_STOPPING never sent", "1 UNAVAILABLE IDLE"])
    }

    @Test(.rule(9)) func lostConnectionMakesCallsUnavailable() {
        var test = Tested()
        for id: UInt64 in 1...101 { _ = test.start(id) }
        let outcomes = test.machine.connectionLost().outcomes
        #expect(outcomes.first == "1 UNAVAILABLE CONNECTION_LOST")
        #expect(outcomes.last == "101 UNAVAILABLE CONNECTION_LOST never sent")
        #expect(outcomes.count == 101)
    }

    @Test(.rule(10)) func silentServerIsPingedAndGivenUp() {
        var test = Tested()
        _ = test.start(1, timeout: .seconds(600))
        #expect(test.pass(.seconds(60)).pingCount == 1)
        #expect(test.pass(.seconds(20)).goAwayReason == "IDLE")
    }

    @Test(.section(.messages)) func pingIsAnswered() {
        var test = Tested()
        let actions = test.receive(.ping(Ping(opaque: 5)))
        #expect(actions.frames == [Frame(streamID: 0, kind: .pong(Pong(opaque: 5)))])
    }
}

extension ClientConnectionStateMachine.Action {
    fileprivate var isReady: Bool {
        if case .becameReady = self { true } else { false }
    }

    fileprivate var isUnusable: Bool {
        if case .becameUnusable = self { true } else { false }
    }

    fileprivate var isShutOutput: Bool {
        if case .shutOutput = self { true } else { false }
    }
}

extension [ClientConnectionStateMachine.Action] {
    fileprivate var frames: [Frame] {
        compactMap { action in
            if case .send(let frame) = action { frame } else { nil }
        }
    }

    fileprivate var openedStreams: [UInt32] {
        frames.compactMap { frame in
            if case .open = frame.kind { frame.streamID } else { nil }
        }
    }

    fileprivate var cancelledStreams: [UInt32] {
        frames.compactMap { frame in
            if case .cancel = frame.kind { frame.streamID } else { nil }
        }
    }

    fileprivate var windows: [UInt32] {
        frames.compactMap { frame in
            if case .window(let window) = frame.kind { window.bytes } else { nil }
        }
    }

    fileprivate var pingCount: Int {
        frames.count { frame in
            if case .ping = frame.kind { true } else { false }
        }
    }

    fileprivate var goAwayReason: String? {
        guard contains(where: \.isShutOutput) else { return nil }
        return frames.compactMap(\.goAway).first?.reason
    }

    /// How calls ended, in order.
    fileprivate var outcomes: [String] {
        compactMap { action in
            guard case .endCall(let id, let result) = action else { return nil }
            switch result {
            case .success(let answer):
                return "\(id) OK \(answer.message)"
            case .failure(let failure):
                return "\(id) \(failure.error)" + (failure.isNeverSent ? " never sent" : "")
            }
        }
    }
}
