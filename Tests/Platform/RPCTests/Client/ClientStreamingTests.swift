import Core
import NIOCore
import TestSupport
import Testing
import Wire

@testable import RPC

/// The client's side of streaming calls, one event at a time.
@Suite(.rule(5))
struct ClientStreamingTests {
    private typealias Action = ClientConnectionStateMachine.Action

    private struct Tested {
        var machine: ClientConnectionStateMachine
        let now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

        init() {
            machine = ClientConnectionStateMachine(
                limits: RPCLimits(), waitingCountMax: 10)
            _ = machine.connected(agent: "test", metadata: [], at: now)
            _ = receive(.hello(Hello(version: 1)))
        }

        mutating func receive(_ kind: Frame.Kind, stream: UInt32 = 0) -> [String] {
            let frame = Frame(streamID: stream, kind: kind)
            return machine.received(.frame(frame, byteCount: 9), at: now).map(Self.words)
        }

        mutating func start(_ id: UInt64, _ kind: CallKind) -> [String] {
            let isServerStreaming = kind == .serverStreaming || kind == .unary
            return machine.callStarted(
                .init(
                    id: id, method: "M", kind: kind, metadata: [],
                    message: isServerStreaming ? [] : nil, isHalfClosed: isServerStreaming,
                    deadline: nil), at: now
            ).map(Self.words)
        }

        mutating func send(_ id: UInt64, byteCount: Int) -> [String] {
            machine.messageOffered(id: id, [UInt8](repeating: 1, count: byteCount))
                .map(Self.words)
        }

        static func words(_ action: Action) -> String {
            switch action {
            case .send(let frame):
                switch frame.kind {
                case .open(let open):
                    "open \(frame.streamID) \(open.hasMessage) \(open.halfClose) \(open.timeoutMs)"
                case .message(let message): "message \(frame.streamID) \(message.count)"
                case .halfClose: "half close \(frame.streamID)"
                case .cancel: "cancel \(frame.streamID)"
                case .window(let window): "window \(frame.streamID) \(window.bytes)"
                case .goAway(let goAway): goAway.reason
                default: "other"
                }
            case .deliverMessage(let id, let message): "deliver \(id) \(message.count)"
            case .messageSent(let id, let byteCount): "sent \(id) \(byteCount)"
            case .endCall(let id, .success(let answer)): "end \(id) \(answer.message)"
            case .endCall(let id, .failure(let failure)): "end \(id) \(failure.error)"
            case .becameReady: "ready"
            case .callOpened(let id): "opened \(id)"
            case .becameUnusable: "unusable"
            case .shutOutput: "shut"
            case .close: "close"
            }
        }
    }

    /// Rule 7: a stream without a deadline says 0.
    @Test(.rule(3, 7)) func streamsOpenAsTheirKindWants() {
        var test = Tested()
        #expect(test.start(7, .serverStreaming) == ["open 1 true true 0"])
        #expect(test.start(8, .clientStreaming) == ["open 2 false false 0", "opened 8"])
        #expect(test.start(9, .bidirectionalStreaming) == ["open 3 false false 0", "opened 9"])
    }

    @Test(.rule(3)) func responsesAreDeliveredAndTheEndHasNoMessage() {
        var test = Tested()
        _ = test.start(7, .serverStreaming)
        #expect(test.receive(.message([1, 2]), stream: 1) == ["deliver 7 2"])
        #expect(test.receive(.close(Close(status: Status())), stream: 1) == ["end 7 []"])
        #expect(test.receive(.message([1]), stream: 1) == [])
    }

    /// Rule 5: "`Window` gives credit back as the application consumes", and rule 4: the stream's
    /// window alone holds the server back, so that an unread stream leaves room for other calls.
    @Test func creditIsGivenBackAsResponsesAreRead() {
        var test = Tested()
        _ = test.start(7, .serverStreaming)
        #expect(
            test.receive(.message([UInt8](repeating: 0, count: 69_984)), stream: 1)
                == ["deliver 7 69984", "window 0 70000"])
        #expect(
            test.machine.messagesTaken(id: 7, cost: 70_000).map(Tested.words)
                == ["window 1 70000"])
    }

    @Test func serverThatOverrunsTheWindowIsLeft() {
        var test = Tested()
        _ = test.start(7, .serverStreaming)
        _ = test.receive(.message([UInt8](repeating: 0, count: 262_144)), stream: 1)
        #expect(test.receive(.message([]), stream: 1).contains("PROTOCOL_ERROR"))
    }

    /// Sent, one message that is too long would end the connection and all its calls.
    @Test(.section(.framing)) func messageTooLongEndsItsCallOnly() {
        var test = Tested()
        _ = test.start(7, .clientStreaming)
        _ = test.start(8, .clientStreaming)
        let ended = test.send(7, byteCount: 4 * 1024 * 1024)
        #expect(ended.count == 2)
        #expect(ended.first?.hasPrefix("end 7 RESOURCE_EXHAUSTED REQUEST_TOO_LARGE") == true)
        #expect(ended.last == "cancel 1")
        #expect(test.send(8, byteCount: 4000) == ["message 2 4000", "sent 8 4000"])
        #expect(test.send(7, byteCount: 1) == [])
    }

    @Test(.rule(3)) func messageOnAUnaryCallIsProtocolError() {
        var test = Tested()
        _ = test.start(7, .unary)
        #expect(test.receive(.message([]), stream: 1).contains("PROTOCOL_ERROR"))
    }

    @Test func requestsWaitForCreditOfTheirStream() {
        var test = Tested()
        _ = test.start(7, .clientStreaming)
        #expect(test.send(7, byteCount: 262_144) == ["message 1 262144", "sent 7 262144"])
        #expect(test.send(7, byteCount: 5) == [])
        #expect(test.machine.halfCloseOffered(id: 7).isEmpty)
        #expect(
            test.receive(.window(Window(bytes: 17)), stream: 1)
                == ["message 1 5", "sent 7 5", "half close 1"])
        #expect(
            test.receive(.close(Close(message: [9], hasMessage: true)), stream: 1)
                == ["end 7 [9]"])
    }

    /// A half close counts on no window.
    @Test func halfCloseNeedsNoCredit() {
        var test = Tested()
        _ = test.start(1, .clientStreaming)
        _ = test.start(2, .clientStreaming)
        _ = test.receive(.window(Window(bytes: 10_000_000)), stream: 1)
        // The connection's credit is 1,048,576, and a message may take it below zero.
        #expect(test.send(1, byteCount: 1_048_570) == ["message 1 1048570", "sent 1 1048570"])
        #expect(test.machine.halfCloseOffered(id: 2).map(Tested.words) == ["half close 2"])
        #expect(test.send(1, byteCount: 1_048_570) == [])
        #expect(test.machine.halfCloseOffered(id: 1).isEmpty)
        #expect(
            test.receive(.window(Window(bytes: 11)), stream: 0)
                == ["message 1 1048570", "sent 1 1048570", "half close 1"])
        #expect(test.machine.halfCloseOffered(id: 1).isEmpty)
    }

    @Test func halfCloseFollowsTheOpenItWaitedFor() {
        var test = Tested()
        _ = test.start(1, .clientStreaming)
        _ = test.receive(.window(Window(bytes: 10_000_000)), stream: 1)
        _ = test.send(1, byteCount: 1_048_580)
        #expect(test.start(2, .clientStreaming) == [])
        #expect(test.machine.halfCloseOffered(id: 2).isEmpty)
        #expect(
            test.receive(.window(Window(bytes: 100)), stream: 0)
                == ["open 2 false false 0", "opened 2", "half close 2"])
    }

    /// Rule 6, from the client's side: what comes after the end of a call is dropped.
    @Test(.rule(6)) func cancelledCallSendsNothingFurtherAndReadsNothing() {
        var test = Tested()
        _ = test.start(7, .bidirectionalStreaming)
        _ = test.send(7, byteCount: 262_144)
        _ = test.send(7, byteCount: 1)
        #expect(
            test.machine.callCancelled(id: 7, at: test.now).map(Tested.words)
                == ["end 7 CANCELLED CANCELLED", "cancel 1"])
        #expect(test.receive(.window(Window(bytes: 100)), stream: 1) == [])
        #expect(test.receive(.message([1]), stream: 1) == [])
        #expect(test.receive(.close(Close(status: Status(code: 1))), stream: 1) == [])
    }

    @Test(.rule(4)) func callsTakeTurns() {
        var test = Tested()
        _ = test.start(1, .clientStreaming)
        _ = test.start(2, .clientStreaming)
        _ = test.machine.writabilityChanged(isWritable: false)
        for id: UInt64 in [1, 1, 2, 2] {
            #expect(test.send(id, byteCount: 3) == [])
        }
        #expect(
            test.machine.writabilityChanged(isWritable: true).map(Tested.words)
                .filter { $0.hasPrefix("message") }
                == ["message 1 3", "message 2 3", "message 1 3", "message 2 3"])
    }
}
