import Core
import NIOCore
import TestSupport
import Testing
import Wire

@testable import RPC

/// Rules 1 to 6 of the protocol, one event at a time.
struct ServerConnectionStateMachineTests {
    // MARK: Rule 1, Hello

    @Test(.rule(1)) func helloIsAnsweredWithOurOwn() throws {
        var test = MachineUnderTest(isGreeted: false)
        let actions = test.receive(.hello(Hello(version: 1)), stream: 0)
        guard case .hello(let hello) = try #require(actions.frames.first).kind else {
            Issue.record("no Hello")
            return
        }
        #expect(
            hello
                == Hello(
                    version: 1, maxFrameBytes: 4_194_304, maxStreams: 100,
                    initialWindowBytes: 262_144, agent: "test-server"))
    }

    @Test(
        .rule(1),
        arguments: [
            Frame.Kind.ping(Ping(opaque: 1)), .open(Open()), .window(Window(bytes: 1)), nil,
        ])
    func anythingBeforeHelloIsProtocolError(kind: Frame.Kind?) {
        var test = MachineUnderTest(isGreeted: false)
        #expect(test.receive(kind, stream: 0).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(1)) func helloOnAnotherStreamIsProtocolError() {
        var test = MachineUnderTest(isGreeted: false)
        #expect(test.receive(.hello(Hello(version: 1)), stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(1)) func secondHelloIsProtocolError() {
        var test = MachineUnderTest()
        #expect(test.receive(.hello(Hello(version: 1)), stream: 0).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(1)) func lowerOfTheTwoVersionsIsInForce() {
        var test = MachineUnderTest(isGreeted: false)
        #expect(test.receive(.hello(Hello(version: 7)), stream: 0).goAwayReason == nil)
        #expect(test.open(1).startedStreams == [1])
    }

    @Test(.rule(1)) func versionThatWeDoNotSpeakIsRefused() {
        var test = MachineUnderTest(isGreeted: false)
        #expect(
            test.receive(.hello(Hello(version: 0)), stream: 0).goAwayReason
                == "UNSUPPORTED_VERSION")
    }

    @Test(.rule(1)) func announcedValuesMayOnlyBeHigher() {
        #expect(PeerSettings(hello: Hello(version: 1)) == PeerSettings())
        #expect(
            PeerSettings(
                hello: Hello(maxFrameBytes: 1, maxStreams: 99, initialWindowBytes: 262_143))
                == PeerSettings())
        let higher = PeerSettings(
            hello: Hello(maxFrameBytes: 5_000_000, maxStreams: 101, initialWindowBytes: 262_145))
        #expect(higher.frameByteCountMax == 5_000_000)
        #expect(higher.streamCountMax == 101)
        #expect(higher.streamWindow == 262_145)
    }

    // MARK: Rule 2, stream ids

    @Test(.rule(2)) func idsOfAnyParityOnlyGrow() {
        var test = MachineUnderTest()
        for id: UInt32 in [2, 3, 7, 100, UInt32.max] {
            #expect(test.open(id).startedStreams == [id])
        }
    }

    @Test(.rule(2), arguments: [UInt32(5), 4, 1])
    func openNotAboveTheLastIsProtocolError(id: UInt32) {
        var test = MachineUnderTest()
        _ = test.open(5)
        #expect(test.open(id).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(
        .rule(2),
        arguments: [
            Frame.Kind.ping(Ping()), .pong(Pong()), .goAway(GoAway()), .hello(Hello(version: 1)),
        ])
    func framesOfStreamZeroOnAnotherAreProtocolErrors(kind: Frame.Kind) {
        var test = MachineUnderTest()
        _ = test.open(1)
        #expect(test.receive(kind, stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(
        .rule(2),
        arguments: [
            Frame.Kind.open(Open()), .message([1]), .halfClose(HalfClose()), .cancel(Cancel()),
            .close(Close()),
        ])
    func framesOfStreamsOnStreamZeroAreProtocolErrors(kind: Frame.Kind) {
        var test = MachineUnderTest()
        #expect(test.receive(kind, stream: 0).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(3)) func closeFromAClientIsProtocolError() {
        var test = MachineUnderTest()
        _ = test.open(1)
        #expect(test.receive(.close(Close()), stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    // MARK: Rules 3 and 4, unary calls

    @Test(.rule(4)) func responsesComeInAnyOrder() {
        var test = MachineUnderTest()
        _ = test.open(1)
        _ = test.open(2)
        #expect(test.end(2).closes.map(\.stream) == [2])
        #expect(test.end(1).closes.map(\.stream) == [1])
    }

    @Test(.rule(3)) func cancelledCallGetsExactlyOneClose() {
        var test = MachineUnderTest()
        _ = test.open(1)
        let cancelled = test.receive(.cancel(Cancel()), stream: 1)
        #expect(cancelled.contains(.cancelCall(streamID: 1, .cancelled)))
        #expect(cancelled.failures == ["1 CANCELLED CANCELLED"])
        #expect(test.receive(.cancel(Cancel()), stream: 1).isEmpty)
        #expect(test.end(1).isEmpty)
    }

    @Test(.rule(3)) func messageAfterHalfCloseIsProtocolError() {
        var test = MachineUnderTest()
        _ = test.open(1)
        #expect(test.receive(.message([1]), stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    /// Also where the handler has ended already, and its answer waits for credit.
    @Test(.rule(3)) func messageAfterHalfCloseIsProtocolErrorWhileTheAnswerWaits() {
        for isHalfClosedLate in [false, true] {
            var test = MachineUnderTest()
            _ = test.open(1)
            _ = test.end(1, byteCount: 2_000_000)
            _ = test.receive(.open(Open(method: "Method", halfClose: !isHalfClosedLate)), stream: 2)
            #expect(test.end(2, byteCount: 1).closes.isEmpty)
            if isHalfClosedLate {
                #expect(test.receive(.message([1]), stream: 2).goAwayReason == nil)
                #expect(test.receive(.halfClose(HalfClose()), stream: 2).isEmpty)
            }
            #expect(test.receive(.message([1]), stream: 2).goAwayReason == "PROTOCOL_ERROR")
        }
    }

    @Test(.rule(3)) func halfCloseAfterHalfCloseChangesNothing() {
        var test = MachineUnderTest()
        _ = test.open(1)
        #expect(test.receive(.halfClose(HalfClose()), stream: 1).isEmpty)
    }

    @Test(.rule(3)) func messagesBeforeTheHalfCloseAreDelivered() {
        var test = MachineUnderTest()
        _ = test.receive(.open(Open(method: "Method")), stream: 1)
        #expect(
            test.receive(.message([1, 2]), stream: 1)
                == [.deliverMessage(streamID: 1, message: [1, 2])])
        #expect(
            test.receive(.halfClose(HalfClose()), stream: 1) == [.deliverHalfClose(streamID: 1)])
        #expect(test.receive(.message([1]), stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    // MARK: Rule 5, flow control

    @Test(.rule(5)) func creditComesBackWhenTheRequestIsTaken() {
        var test = MachineUnderTest()
        #expect(test.open(1, byteCount: 100_000).windows == [])
        #expect(
            test.machine.requestTaken(streamID: 1, byteCount: 100_000).windows == ["0:100016"])
        #expect(test.end(1).windows == [])
    }

    @Test(.rule(5)) func creditOfACallThatEndsUnreadComesBackToo() {
        var test = MachineUnderTest()
        _ = test.open(1, byteCount: 100_000)
        #expect(test.end(1).windows == ["0:100016"])
        _ = test.open(2, byteCount: 100_000)
        #expect(test.receive(.cancel(Cancel()), stream: 2).windows == ["0:100016"])
    }

    /// A client never waits for credit that is gathered: its window is larger by far.
    @Test(.rule(5)) func smallCreditsShareAWindow() {
        var test = MachineUnderTest()
        var windows: [String] = []
        for id: UInt32 in 1...1_000 {
            _ = test.open(id, byteCount: 200)
            windows += test.end(id, byteCount: 0).windows
        }
        #expect(windows == ["0:65664", "0:65664", "0:65664"])
    }

    @Test(.rule(5)) func creditOfAStreamComesBackAsItsMessagesAreTaken() {
        var test = MachineUnderTest()
        _ = test.receive(.open(Open(method: "Method")), stream: 1)
        let message = Frame.Kind.message([UInt8](repeating: 0, count: 70_000))
        // The connection's comes back at once, since the stream's own window bounds what waits.
        #expect(test.receive(message, stream: 1).windows == ["0:70016"])
        #expect(test.machine.messagesTaken(streamID: 1, cost: 70_016).windows == ["1:70016"])
        #expect(test.receive(message, stream: 1).windows == ["0:70016"])
        #expect(test.end(1).windows == [])
        #expect(test.machine.messagesTaken(streamID: 1, cost: 70_016).isEmpty)
    }

    @Test(.rule(5)) func sendingNeedsCreditAboveZeroAndMayTakeItBelow() {
        var test = MachineUnderTest()
        // 1 MiB less 1 byte leaves credit 1, with which any message may go.
        #expect(test.open(1, byteCount: 1_048_576 - 16 - 1).startedStreams == [1])
        #expect(test.open(2, byteCount: 4_000_000).startedStreams == [2])
        #expect(test.open(3).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(5)) func windowSpentToZeroIsWithoutCredit() {
        var test = MachineUnderTest()
        _ = test.open(1, byteCount: 1_048_576 - 16)
        #expect(test.open(2).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(5)) func creditGivenBackMayBeSpentAgain() {
        var test = MachineUnderTest()
        _ = test.open(1, byteCount: 1_048_576 - 16)
        _ = test.machine.requestTaken(streamID: 1, byteCount: 1_048_576 - 16)
        #expect(test.open(2, byteCount: 1_048_576 - 16).startedStreams == [2])
    }

    @Test(.rule(5)) func responsesWaitForCreditInOrder() {
        var test = MachineUnderTest()
        for id: UInt32 in 1...4 { _ = test.open(id) }
        #expect(test.end(3, byteCount: 2_000_000).closes.map(\.stream) == [3])
        #expect(test.end(2, byteCount: 10).closes.isEmpty)
        #expect(test.end(1, byteCount: 10).closes.isEmpty)
        // An error has no message and waits for nothing.
        let failed = test.machine.callEnded(
            streamID: 4, with: .failure(.notFound, "GONE", "gone"), at: test.now)
        #expect(failed.failures == ["4 NOT_FOUND GONE"])
        #expect(test.receive(.window(Window(bytes: 951_440)), stream: 0).closes.isEmpty)
        #expect(test.receive(.window(Window(bytes: 1)), stream: 0).closes.map(\.stream) == [2])
        #expect(test.receive(.window(Window(bytes: 26)), stream: 0).closes.map(\.stream) == [1])
    }

    @Test(.rule(5)) func creditAboveTheLimitIsProtocolError() {
        var connection = MachineUnderTest()
        let most = UInt32(Int32.max) - 1_048_576
        #expect(connection.receive(.window(Window(bytes: most)), stream: 0).goAwayReason == nil)
        #expect(
            connection.receive(.window(Window(bytes: 1)), stream: 0).goAwayReason
                == "PROTOCOL_ERROR")
        var stream = MachineUnderTest()
        _ = stream.open(1)
        let mostOfStream = UInt32(Int32.max) - 262_144
        #expect(stream.receive(.window(Window(bytes: mostOfStream)), stream: 1).goAwayReason == nil)
        #expect(
            stream.receive(.window(Window(bytes: 1)), stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(5)) func messageWithoutCreditOfItsStreamIsProtocolError() {
        var test = MachineUnderTest()
        _ = test.receive(.open(Open(method: "Method")), stream: 1)
        let window = [UInt8](repeating: 0, count: 262_144 - 16)
        #expect(test.receive(.message(window), stream: 1).goAwayReason == nil)
        #expect(test.receive(.message([]), stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    /// "`Open.message` and `Close.message` on the connection's only".
    @Test(.rule(5)) func messagesOfOpenAndCloseDoNotCountOnTheirStream() {
        var test = MachineUnderTest()
        let large = [UInt8](repeating: 0, count: 300_000)
        _ = test.receive(.open(Open(method: "Method", message: large, hasMessage: true)), stream: 1)
        let window = [UInt8](repeating: 0, count: 262_144 - 16 - 1)
        #expect(test.receive(.message(window), stream: 1).goAwayReason == nil)
        // One is left, and with it any message may go.
        #expect(test.receive(.message([1, 2]), stream: 1).goAwayReason == nil)
        #expect(test.end(1, byteCount: 300_000).closes.map(\.stream) == [1])
        _ = test.receive(.open(Open(method: "Method")), stream: 2)
        #expect(test.receive(.message(window), stream: 2).goAwayReason == nil)
        #expect(test.receive(.message([1]), stream: 2).goAwayReason == nil)
        #expect(test.receive(.message([]), stream: 2).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(5)) func messageWithoutCreditOfTheConnectionIsProtocolError() {
        var test = MachineUnderTest()
        _ = test.receive(.open(Open(method: "Method")), stream: 1)
        _ = test.open(2, byteCount: 1_048_576 - 16)
        #expect(test.receive(.message([]), stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    // MARK: Rule 6, late frames

    @Test(.rule(6)) func lateFramesAreDroppedAndCreditedBack() {
        var test = MachineUnderTest()
        _ = test.open(3)
        _ = test.end(3)
        let late = [UInt8](repeating: 0, count: 70_000)
        #expect(test.receive(.message(late), stream: 3).windows == ["0:70032"])
        #expect(test.receive(.halfClose(HalfClose()), stream: 3).isEmpty)
        #expect(test.receive(.cancel(Cancel()), stream: 3).isEmpty)
        #expect(test.receive(.window(Window(bytes: 5)), stream: 3).isEmpty)
    }

    @Test(
        .rule(6),
        arguments: [
            Frame.Kind.message([1]), .halfClose(HalfClose()), .cancel(Cancel()),
            .window(Window(bytes: 1)),
        ])
    func framesForIdsNeverOpenedAreProtocolErrors(kind: Frame.Kind) {
        for id: UInt32 in [2, 4, 6] {
            var test = MachineUnderTest()
            for opened: UInt32 in [1, 3, 5] {
                _ = test.open(opened)
                _ = test.end(opened)
            }
            #expect(test.receive(kind, stream: id).goAwayReason == "PROTOCOL_ERROR")
        }
    }
}
