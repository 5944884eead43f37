import Core
import NIOCore
import TestSupport
import Testing
import Wire

@testable import RPC

/// Rules 7, 8, 10 and 12 of the protocol, one event at a time.
struct ServerConnectionLimitTests {
    // MARK: Rule 7, deadlines

    @Test(.rule(7)) func callEndsAtItsDeadline() {
        var test = MachineUnderTest()
        _ = test.open(1, timeoutMs: 250)
        _ = test.open(2, timeoutMs: 500)
        #expect(test.pass(.milliseconds(249)).isEmpty)
        let ended = test.pass(.milliseconds(1))
        #expect(ended.contains(.cancelCall(streamID: 1, .deadline)))
        #expect(ended.failures == ["1 DEADLINE_EXCEEDED DEADLINE_EXCEEDED"])
        #expect(test.end(1).isEmpty)
        #expect(test.end(2).closes.map(\.stream) == [2])
    }

    @Test(.rule(7)) func unaryCallWithoutTimeoutHasFiveMinutes() {
        var limits = RPCLimits()
        limits.idleTimeout = .seconds(3600)
        var test = MachineUnderTest(limits: limits)
        _ = test.open(1)
        #expect(test.pass(.seconds(299)).isEmpty)
        #expect(test.pass(.seconds(1)).failures == ["1 DEADLINE_EXCEEDED DEADLINE_EXCEEDED"])
    }

    @Test(.rule(7)) func streamWithoutTimeoutHasNoDeadline() {
        var limits = RPCLimits()
        limits.idleTimeout = .seconds(36_000)
        var test = MachineUnderTest(limits: limits)
        _ = test.open(1, method: "SomeStream")
        #expect(test.pass(.seconds(3600)).isEmpty)
    }

    @Test(.rule(7)) func answerThatWaitsForCreditStillMeetsItsDeadline() {
        var test = MachineUnderTest()
        _ = test.open(1)
        _ = test.open(2, timeoutMs: 100)
        _ = test.end(1, byteCount: 2_000_000)
        #expect(test.end(2, byteCount: 1).closes.isEmpty)
        let ended = test.pass(.milliseconds(100))
        #expect(ended.failures == ["2 DEADLINE_EXCEEDED DEADLINE_EXCEEDED"])
        #expect(!ended.contains(.cancelCall(streamID: 2, .deadline)))
        #expect(test.receive(.window(Window(bytes: 2_000_000)), stream: 0).isEmpty)
    }

    /// Bytes that no window counts must not reach memory either.
    @Test(.rule(5)) func bytesBesideHasMessageAreDropped() {
        var test = MachineUnderTest()
        let bytes = [UInt8](repeating: 7, count: 100)
        let actions = test.receive(
            .open(Open(method: "Method", message: bytes, hasMessage: false, halfClose: true)),
            stream: 1)
        guard case .startCall(let call) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(call.open.message.isEmpty)
        #expect(!call.open.hasMessage)
        #expect(test.machine.requestTaken(streamID: 1, byteCount: 100_000).isEmpty)
    }

    @Test(.rule(7)) func lossOfTheConnectionCancelsEveryCall() {
        var test = MachineUnderTest()
        _ = test.open(1)
        _ = test.open(2)
        #expect(
            test.machine.connectionLost() == [
                .cancelCall(streamID: 1, .connectionLost),
                .cancelCall(streamID: 2, .connectionLost),
            ])
        #expect(test.end(1).isEmpty)
    }

    // MARK: Rule 8, too many streams, too large answers

    @Test(.rule(6, 8)) func oneStreamTooManyEndsAtOnceAndTheOthersGoOn() {
        var test = MachineUnderTest()
        for id: UInt32 in 1...100 {
            #expect(test.open(id).startedStreams == [id])
        }
        let refused = test.open(101, byteCount: 100_000)
        #expect(refused.failures == ["101 RESOURCE_EXHAUSTED TOO_MANY_STREAMS"])
        #expect(refused.windows == ["0:100016"])
        let late = [UInt8](repeating: 0, count: 70_000)
        #expect(test.receive(.message(late), stream: 101).windows == ["0:70016"])
        #expect(test.end(50).closes.map(\.stream) == [50])
        #expect(test.open(102).startedStreams == [102])
    }

    @Test(.rule(8)) func handlersThatIgnoreTheirCancellationStillCount() {
        var test = MachineUnderTest()
        for id: UInt32 in 1...200 {
            #expect(test.open(id).startedStreams == [id])
            _ = test.receive(.cancel(Cancel()), stream: id)
        }
        #expect(test.open(201).failures == ["201 RESOURCE_EXHAUSTED TOO_MANY_STREAMS"])
        #expect(test.end(7).isEmpty)
        #expect(test.open(202).startedStreams == [202])
    }

    @Test(.rule(8)) func answerBeyondThePeersFrameIsTooLarge() {
        var test = MachineUnderTest()
        _ = test.open(1)
        _ = test.open(2)
        // Close and Frame around the message take 16 bytes here.
        #expect(test.end(1, byteCount: 4_194_304 - 16).closes.first?.close.hasMessage == true)
        _ = test.receive(.window(Window(bytes: 8_000_000)), stream: 0)
        #expect(
            test.end(2, byteCount: 4_194_304 - 15).failures
                == ["2 RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE"])
    }

    @Test(.rule(1, 8)) func answerFitsThePeersHigherFrame() {
        var test = MachineUnderTest(hello: Hello(version: 1, maxFrameBytes: 8_000_000))
        _ = test.open(1)
        #expect(test.end(1, byteCount: 5_000_000).closes.first?.close.hasMessage == true)
    }

    // MARK: Rule 10, limits on the peer

    @Test(.rule(10)) func helloMustComeInTime() {
        var test = MachineUnderTest(isGreeted: false)
        #expect(test.pass(.milliseconds(9_999)).isEmpty)
        #expect(test.pass(.milliseconds(1)).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(10)) func startedFrameMustKeepItsPace() {
        var test = MachineUnderTest()
        // 10 s plus 65,536 bytes at 64 KiB/s.
        test.machine.readEnded(
            pending: .body(byteCount: 65_536), didComplete: false, at: test.now)
        #expect(test.pass(.milliseconds(10_999)).isEmpty)
        test.machine.bytesReceived(at: test.now)
        test.machine.readEnded(
            pending: .body(byteCount: 65_536), didComplete: false, at: test.now)
        #expect(test.pass(.milliseconds(1)).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(10)) func frameThatIsCompleteNeedsNoPace() {
        var test = MachineUnderTest()
        test.machine.readEnded(pending: .length, didComplete: false, at: test.now)
        test.machine.readEnded(pending: .nothing, didComplete: true, at: test.now)
        #expect(test.pass(.seconds(59)).isEmpty)
    }

    @Test(.rule(10)) func idleConnectionIsPingedAndGivenUp() {
        var test = MachineUnderTest()
        #expect(test.pass(.milliseconds(59_999)).isEmpty)
        #expect(
            test.pass(.milliseconds(1)).frames
                == [Frame(streamID: 0, kind: .ping(Ping(opaque: 1)))])
        #expect(test.pass(.milliseconds(19_999)).isEmpty)
        #expect(test.pass(.milliseconds(1)).goAwayReason == "IDLE")
    }

    @Test(.rule(10)) func answeredPingKeepsTheConnection() {
        var test = MachineUnderTest()
        _ = test.pass(.seconds(60))
        #expect(test.receive(.pong(Pong(opaque: 1)), stream: 0).isEmpty)
        #expect(test.pass(.seconds(59)).isEmpty)
        #expect(test.pass(.seconds(1)).frames.count == 1)
    }

    @Test(.section(.messages)) func pingIsEchoed() {
        var test = MachineUnderTest()
        #expect(
            test.receive(.ping(Ping(opaque: .max)), stream: 0).frames
                == [Frame(streamID: 0, kind: .pong(Pong(opaque: .max)))])
    }

    @Test(
        .rule(10),
        arguments: [Frame.Kind.ping(Ping(opaque: 5)), .pong(Pong()), .window(Window()), nil])
    func moreThanAHundredEmptyFramesASecondAreProtocolError(kind: Frame.Kind?) {
        var test = MachineUnderTest()
        for _ in 0..<100 {
            #expect(test.receive(kind, stream: 0).goAwayReason == nil)
        }
        #expect(test.receive(kind, stream: 0).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(10)) func aHundredPingsEverySecondAreServed() {
        var test = MachineUnderTest()
        for _ in 0..<5 {
            for _ in 0..<100 {
                #expect(test.receive(.ping(Ping()), stream: 0).goAwayReason == nil)
            }
            #expect(test.pass(.seconds(1)).isEmpty)
        }
    }

    @Test(.rule(10)) func connectionTooManyIsToldSo() {
        var test = MachineUnderTest(isGreeted: false)
        #expect(
            test.machine.connectionRefused(at: test.now).goAwayReason == "TOO_MANY_CONNECTIONS")
    }

    // MARK: Rule 12 and framing

    @Test(.rule(12)) func unknownKindIsIgnoredOnStreamZeroOnly() {
        var test = MachineUnderTest()
        #expect(test.receive(nil, stream: 0).isEmpty)
        _ = test.open(1)
        #expect(test.receive(nil, stream: 1).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.section(.framing)) func frameThatDoesNotParseIsProtocolError() {
        var test = MachineUnderTest()
        #expect(
            test.machine.received(.malformed, at: test.now).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.section(.framing)) func frameThatIsTooLongIsRefusedByItsLength() {
        var test = MachineUnderTest()
        _ = test.open(9)
        let actions = test.machine.received(.tooLong(byteCount: 4_194_305), at: test.now)
        #expect(actions.goAwayReason == "FRAME_TOO_LARGE")
        #expect(actions.goAways.first?.lastStreamID == 9)
        #expect(actions.contains(.cancelCall(streamID: 9, .connectionLost)))
    }

    // MARK: The end of a connection (rule 9)

    @Test(.rule(9)) func inputIsDiscardedForOneSecondAfterTheWritingSideIsShut() {
        var test = MachineUnderTest()
        _ = test.receive(.hello(Hello()), stream: 0)
        #expect(test.open(1).isEmpty)
        #expect(test.machine.isDiscardingInput)
        #expect(test.machine.outputShut(at: test.now).isEmpty)
        #expect(test.pass(.milliseconds(999)).isEmpty)
        #expect(test.pass(.milliseconds(1)) == [.close])
        #expect(test.machine.nextDeadline == nil)
    }

    @Test(.rule(9)) func peerThatDoesNotReadIsCutOff() {
        var test = MachineUnderTest()
        _ = test.receive(.hello(Hello()), stream: 0)
        #expect(test.pass(.seconds(10)) == [.close])
    }
}
