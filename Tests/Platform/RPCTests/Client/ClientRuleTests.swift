import Core
import NIOCore
import TestSupport
import Testing
import Wire

@testable import RPC

/// What the protocol asks of its clients and its servers alike, at the client, one event at a time.
struct ClientRuleTests {
    // MARK: Framing

    @Test(.section(.framing)) func frameThatIsTooLongIsRefusedByItsLength() {
        var test = ClientMachineUnderTest()
        _ = test.start(7)
        let ended = test.machine.received(.tooLong(byteCount: 4_194_305), at: test.now)
        #expect(ended.goAwayReason == "FRAME_TOO_LARGE")
        #expect(ended.outcomes == ["7 UNAVAILABLE FRAME_TOO_LARGE"])
        var malformed = ClientMachineUnderTest()
        #expect(
            malformed.machine.received(.malformed, at: malformed.now).goAwayReason
                == "PROTOCOL_ERROR")
    }

    // MARK: Rule 1, Hello

    @Test(.rule(1)) func helloIsTheFirstFrameAndSaysWhatIsAccepted() {
        var limits = RPCLimits()
        limits.frameByteCountMax = 5_000_000
        limits.streamCountMax = 101
        limits.streamWindow = 300_000
        let test = ClientMachineUnderTest()
        var machine = ClientConnectionStateMachine(
            limits: limits, waitingCountMax: 1)
        let token = Metadata(key: "authorization", value: Array("Bearer t".utf8))
        #expect(
            machine.connected(agent: "test/1", metadata: [token], at: test.now).frames == [
                Frame(
                    streamID: 0,
                    kind: .hello(
                        Hello(
                            version: 1, maxFrameBytes: 5_000_000, maxStreams: 101,
                            initialWindowBytes: 300_000, agent: "test/1", metadata: [token])))
            ])
    }

    /// "Until the peer's `Hello` has arrived, the defaults hold."
    @Test(.rule(1)) func defaultsHoldUntilTheServersHello() {
        var test = ClientMachineUnderTest(hello: nil)
        for id: UInt64 in 1...100 { #expect(test.start(id).openedStreams.count == 1) }
        #expect(test.start(101).openedStreams == [])
        let greeted = test.receive(.hello(Hello(version: 1, maxStreams: 102)))
        #expect(greeted.openedStreams == [101])
        #expect(test.start(102).openedStreams == [102])
        #expect(test.start(103).openedStreams == [])
        var early = ClientMachineUnderTest(hello: nil)
        #expect(
            early.start(1, byteCount: 4_194_304).outcomes
                == ["1 RESOURCE_EXHAUSTED REQUEST_TOO_LARGE never sent"])
    }

    /// "announced values may only be higher (a lower one counts as the default)".
    @Test(.rule(1)) func lowerValuesOfTheServerCountAsTheDefault() {
        var test = ClientMachineUnderTest(
            hello: Hello(version: 1, maxFrameBytes: 1, maxStreams: 1, initialWindowBytes: 1))
        #expect(test.start(1, byteCount: 1_000_000).openedStreams == [1])
        #expect(test.start(2).openedStreams == [2])
    }

    @Test(.rule(1)) func serverOfALaterVersionIsSpokenToInOurs() {
        var test = ClientMachineUnderTest(hello: Hello(version: 9))
        #expect(test.start(1).openedStreams == [1])
    }

    // MARK: Rule 2, stream ids

    @Test(.rule(2)) func idsStartAtOneAndGrow() {
        var test = ClientMachineUnderTest()
        for id: UInt64 in 7...10 { #expect(test.start(id).openedStreams == [UInt32(id) - 6]) }
    }

    /// "At 2^32−1 the client reconnects."
    @Test(.rule(2)) func lastIDIsTheConnectionsLastCall() {
        var test = ClientMachineUnderTest()
        _ = test.start(6)
        test.machine.lastStreamID = .max - 2
        #expect(test.start(7).openedStreams == [.max - 1])
        let last = test.start(8)
        #expect(last.openedStreams == [.max])
        // What follows belongs on another connection, which the pool makes at its next call.
        #expect(last.contains { $0.isUnusable })
        #expect(last.outcomes == [])
        #expect(test.start(9).outcomes == ["9 UNAVAILABLE CONNECTION_LOST never sent"])
        // What was begun is answered here.
        #expect(test.receive(.close(.success([1])), stream: .max).outcomes == ["8 OK [1]"])
        #expect(test.receive(.close(.success([2])), stream: 1).outcomes == ["6 OK [2]"])
        let end = test.receive(.close(.success([3])), stream: .max - 1)
        #expect(end.outcomes == ["7 OK [3]"])
        #expect(end.contains { $0.isShutOutput })
    }

    @Test(.rule(2)) func callsThatWaitBehindTheLastIDAreNeverSent() {
        var test = ClientMachineUnderTest()
        test.machine.lastStreamID = .max - 1
        // The connection's window, so that what follows waits.
        test.machine.sendCredit = FlowCredit(byteCount: 0)
        #expect(test.start(1).openedStreams == [])
        #expect(test.start(2).openedStreams == [])
        let opened = test.receive(.window(Window(bytes: 1000)))
        #expect(opened.openedStreams == [.max])
        #expect(opened.outcomes == ["2 UNAVAILABLE SERVER_STOPPING never sent"])
    }

    /// "The server opens no stream."
    @Test(
        .rule(2),
        arguments: [
            Frame.Kind.open(Open(method: "M")), .halfClose(HalfClose()), .cancel(Cancel()),
            .hello(Hello(version: 1)), .ping(Ping()), .pong(Pong()), .goAway(GoAway()),
        ])
    func whatOnlyClientsOrStreamZeroSendEndsTheConnection(kind: Frame.Kind) {
        var test = ClientMachineUnderTest()
        _ = test.start(7)
        let ended = test.receive(kind, stream: 1)
        #expect(ended.goAwayReason == "PROTOCOL_ERROR")
        #expect(ended.outcomes == ["7 UNAVAILABLE PROTOCOL_ERROR"])
    }

    @Test(
        .rule(2),
        arguments: [
            Frame.Kind.open(Open()), .message([1]), .halfClose(HalfClose()), .close(Close()),
            .cancel(Cancel()),
        ])
    func framesOfStreamsOnStreamZeroEndTheConnection(kind: Frame.Kind) {
        var test = ClientMachineUnderTest()
        #expect(test.receive(kind).goAwayReason == "PROTOCOL_ERROR")
    }

    // MARK: Rule 5, flow control

    /// "Credit above 2^31−1 … [is] `PROTOCOL_ERROR`", also of one stream.
    @Test(.rule(5)) func creditOfAStreamAboveTheLimitEndsTheConnection() {
        var test = ClientMachineUnderTest()
        _ = test.start(7)
        let most = UInt32(Int32.max) - 262_144
        #expect(test.receive(.window(Window(bytes: most)), stream: 1).goAwayReason == nil)
        #expect(
            test.receive(.window(Window(bytes: 1)), stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    /// "`Open.message` … on the connection's only; each counts its length + 16."
    @Test(.rule(5)) func requestsCountTheirLengthAnd16() {
        var test = ClientMachineUnderTest()
        #expect(test.start(1, byteCount: 1_048_576 - 17).openedStreams == [1])
        // One is left, and with it any request may go.
        #expect(test.start(2, byteCount: 100).openedStreams == [2])
        #expect(test.start(3).openedStreams == [])
        #expect(test.receive(.window(Window(bytes: 115))).openedStreams == [])
        #expect(test.receive(.window(Window(bytes: 1))).openedStreams == [3])
    }

    // MARK: Rule 6, late frames

    @Test(.rule(6)) func framesOfAnEndedCallAreDroppedAndCreditedBack() {
        var test = ClientMachineUnderTest()
        _ = test.start(7)
        _ = test.receive(.close(.success([])), stream: 1)
        let late = [UInt8](repeating: 0, count: 70_000)
        // 16 of the Close and 16 of this.
        #expect(test.receive(.message(late), stream: 1).windows == [70_032])
        #expect(test.receive(.close(.success(late)), stream: 1).windows == [70_016])
        #expect(test.receive(.window(Window(bytes: 1)), stream: 1).isEmpty)
    }

    @Test(
        .rule(6),
        arguments: [Frame.Kind.message([1]), .close(Close()), .window(Window(bytes: 1))])
    func framesOfAStreamNeverOpenedEndTheConnection(kind: Frame.Kind) {
        var test = ClientMachineUnderTest()
        _ = test.start(7)
        #expect(test.receive(kind, stream: 2).goAwayReason == "PROTOCOL_ERROR")
    }

    // MARK: Rule 7, deadlines

    @Test(.rule(7)) func openSaysHowLongTheCallHas() {
        var test = ClientMachineUnderTest()
        guard case .open(let open) = test.start(1, timeout: .milliseconds(1500)).frames.first?.kind
        else {
            Issue.record("no Open")
            return
        }
        #expect(open.timeoutMs == 1500)
    }

    // MARK: Rule 9, drain

    /// "`GoAway(DRAIN)` with the final id, which only ever falls".
    @Test(.rule(9)) func eachLowerFinalIDGivesMoreCallsUp() {
        var test = ClientMachineUnderTest()
        for id: UInt64 in 1...4 { _ = test.start(id) }
        #expect(test.receive(.goAway(GoAway(lastStreamID: .max, reason: "DRAIN"))).outcomes == [])
        #expect(
            test.receive(.goAway(GoAway(lastStreamID: 3, reason: "DRAIN"))).outcomes
                == ["4 UNAVAILABLE SERVER_STOPPING never sent"])
        #expect(
            test.receive(.goAway(GoAway(lastStreamID: 1, reason: "DRAIN"))).outcomes == [
                "2 UNAVAILABLE SERVER_STOPPING never sent",
                "3 UNAVAILABLE SERVER_STOPPING never sent",
            ])
        // One that rises brings nothing back, and what comes for those given up is dropped.
        #expect(test.receive(.goAway(GoAway(lastStreamID: 4, reason: "DRAIN"))).outcomes == [])
        #expect(test.receive(.close(.success([9])), stream: 2).outcomes == [])
        #expect(test.receive(.close(.success([5])), stream: 1).outcomes == ["1 OK [5]"])
    }

    /// A drain's `Ping` is answered while calls go on, and the calls are finished.
    @Test(.rule(9)) func roundTripOfADrainIsAnswered() {
        var test = ClientMachineUnderTest()
        _ = test.start(1)
        _ = test.receive(.goAway(GoAway(lastStreamID: .max, reason: "DRAIN")))
        #expect(
            test.receive(.ping(Ping(opaque: 77))).frames
                == [Frame(streamID: 0, kind: .pong(Pong(opaque: 77)))])
        #expect(test.receive(.close(.success([])), stream: 1).outcomes == ["1 OK []"])
    }

    /// "For every other reason … calls in flight are UNAVAILABLE to the client."
    @Test(
        .rule(9),
        arguments: [
            "FRAME_TOO_LARGE", "PROTOCOL_ERROR", "UNSUPPORTED_VERSION", "IDLE",
            "TOO_MANY_CONNECTIONS", "OF_THE_FUTURE",
        ])
    func everyOtherReasonEndsTheCallsInFlight(reason: String) {
        var test = ClientMachineUnderTest()
        _ = test.start(1)
        let ended = test.receive(.goAway(GoAway(lastStreamID: 1, reason: reason)))
        #expect(ended.outcomes == ["1 UNAVAILABLE \(reason)"])
        #expect(ended.contains { $0.isUnusable })
        #expect(ended.contains { $0.isShutOutput })
    }

    // MARK: Rule 10, limits on the peer

    @Test(.rule(10)) func serversHelloMustComeInTime() {
        var test = ClientMachineUnderTest(hello: nil)
        #expect(test.pass(.milliseconds(9_999)).goAwayReason == nil)
        #expect(test.pass(.milliseconds(1)).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(10)) func frameOfTheServerMustKeepItsPace() {
        var test = ClientMachineUnderTest()
        // 10 s plus 65,536 bytes at 64 KiB/s.
        test.machine.readEnded(
            pending: .body(byteCount: 65_536), didComplete: false, at: test.now)
        #expect(test.pass(.milliseconds(10_999)).goAwayReason == nil)
        #expect(test.pass(.milliseconds(1)).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(10)) func moreThanAHundredPingsASecondEndTheConnection() {
        var test = ClientMachineUnderTest()
        for _ in 1...100 { #expect(test.receive(.ping(Ping())).goAwayReason == nil) }
        #expect(test.receive(.ping(Ping())).goAwayReason == "PROTOCOL_ERROR")
    }

    // MARK: Rule 12, unknown and malformed

    @Test(.rule(12)) func unknownKindIsIgnoredOnStreamZeroOnly() {
        var test = ClientMachineUnderTest()
        _ = test.start(7)
        #expect(test.receive(nil).isEmpty)
        #expect(test.receive(nil, stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }
}
