import Core
import NIOCore
import TestSupport
import Testing
import Wire

@testable import RPC

/// Rules 3, 5 and 10 where calls stream, one event at a time.
struct ServerConnectionStreamingTests {
    private func stream(
        _ test: inout MachineUnderTest, _ id: UInt32
    ) -> ServerConnectionStateMachine.Actions {
        test.receive(
            .open(Open(method: "aStream", hasMessage: true, halfClose: true)), stream: id)
    }

    private func message(_ byteCount: Int, _ value: UInt8 = 1) -> [UInt8] {
        [UInt8](repeating: value, count: byteCount)
    }

    /// Ids of the streams whose messages go out, in order.
    private func sent(_ actions: ServerConnectionStateMachine.Actions) -> [UInt32] {
        actions.frames.compactMap { frame in
            if case .message = frame.kind { frame.streamID } else { nil }
        }
    }

    @Test(.rule(5)) func messagesGoOutAsLongAsTheirStreamHasCredit() {
        var test = MachineUnderTest()
        _ = stream(&test, 1)
        // 262,144 is the window: the first two leave 1,112, with which a third may go.
        for _ in 0..<2 {
            #expect(
                sent(test.offer(1, 130_500)) == [1])
        }
        #expect(sent(test.offer(1, 130_500)) == [1])
        #expect(sent(test.offer(1, 1)) == [])
        // 129,404 below zero: so much brings it to zero, and one more lets the message go.
        #expect(sent(test.receive(.window(Window(bytes: 129_404)), stream: 1)) == [])
        #expect(sent(test.receive(.window(Window(bytes: 1)), stream: 1)) == [1])
    }

    /// The socket says only after a write that it has had enough, so it is asked in between.
    @Test(.rule(5)) func aBacklogGoesOutInParts() {
        var test = MachineUnderTest()
        _ = stream(&test, 1)
        _ = test.machine.writabilityChanged(isWritable: false, at: test.now)
        _ = test.receive(.window(Window(bytes: 1 << 30)), stream: 1)
        _ = test.receive(.window(Window(bytes: 1 << 30)), stream: 0)
        for _ in 0..<100 { #expect(test.offer(1, 9_984).isEmpty) }
        var counts: [Int] = []
        var actions = test.machine.writabilityChanged(isWritable: true, at: test.now)
        while true {
            counts.append(sent(actions).count)
            guard actions.last == .sendMore else { break }
            actions = test.machine.roomLeft(at: test.now)
        }
        #expect(counts == [27, 27, 27, 19])
        // Where the socket has had enough, the rest waits for it.
        for _ in 0..<40 { _ = test.offer(1, 9_984) }
        _ = test.machine.writabilityChanged(isWritable: false, at: test.now)
        for _ in 0..<40 { _ = test.offer(1, 9_984) }
        #expect(test.machine.writabilityChanged(isWritable: true, at: test.now).last == .sendMore)
        _ = test.machine.writabilityChanged(isWritable: false, at: test.now)
        #expect(test.machine.roomLeft(at: test.now).isEmpty)
    }

    /// Beyond the streams' own windows the connection's bounds what lies unread.
    @Test(.rule(5)) func messageThatOvershootsItsWindowIsOwedByTheConnection() {
        var limits = RPCLimits()
        limits.streamCountMax = 2
        var test = MachineUnderTest(limits: limits)
        _ = test.receive(.open(Open(method: "aStream")), stream: 1)
        _ = test.receive(.open(Open(method: "aStream")), stream: 2)
        func message(_ byteCount: Int) -> Frame.Kind {
            .message([UInt8](repeating: 0, count: byteCount))
        }
        #expect(test.receive(message(400_000), stream: 1).windows == ["0:400016"])
        #expect(test.receive(message(400_000), stream: 2).windows == [])
        #expect(
            test.machine.messagesTaken(streamID: 2, cost: 400_016).windows
                == ["2:400016", "0:400016"])
        // What nobody took comes back with the end.
        #expect(test.receive(message(400_000), stream: 2).windows == [])
        #expect(test.end(2).windows == ["0:400016"])
    }

    @Test(.rule(5)) func nothingIsLeftOfAStreamThatEndsInTheQueue() {
        var test = MachineUnderTest()
        _ = test.machine.writabilityChanged(isWritable: false, at: test.now)
        _ = test.open(1)
        _ = test.receive(.window(Window(bytes: 5)), stream: 1)
        #expect(!test.machine.sendingStreams.isEmpty)
        let failed = test.machine.callEnded(
            streamID: 1, with: .failure(.notFound, "GONE", "gone"), at: test.now)
        #expect(failed.closes.map(\.stream) == [1])
        #expect(test.machine.sendingStreams.isEmpty)
    }

    /// Rule 4: "A slow call never holds up another."
    @Test(.rule(4, 5)) func callsThatDoNotReadHoldUpNoOther() {
        var test = MachineUnderTest()
        for id in 1...90 as ClosedRange<UInt32> {
            _ = test.receive(.open(Open(method: "aStream")), stream: id)
            let actions = test.receive(
                .message([UInt8](repeating: 0, count: 262_000)), stream: id)
            #expect(actions.goAwayReason == nil, "stream \(id)")
        }
        #expect(test.open(91, byteCount: 100_000).startedStreams == [91])
    }

    @Test(.rule(3, 5)) func closeFollowsTheMessagesBeforeIt() {
        var test = MachineUnderTest()
        _ = stream(&test, 1)
        _ = test.offer(1, 300_000)
        _ = test.offer(1, 7)
        let ended = test.machine.callEnded(
            streamID: 1, with: .success(RPCResponse()), at: test.now)
        #expect(ended.closes.isEmpty)
        let actions = test.receive(.window(Window(bytes: 100_000)), stream: 1)
        #expect(sent(actions) == [1])
        #expect(actions.closes.map(\.stream) == [1])
        #expect(actions.closes.first?.close.hasMessage == false)
    }

    /// A `Close` without a message counts on no window.
    @Test(.rule(3, 5)) func endWithoutMessageNeedsNoCreditOfTheConnection() {
        var test = MachineUnderTest(
            hello: Hello(version: 1, initialWindowBytes: 100_000_000))
        _ = stream(&test, 1)
        _ = stream(&test, 2)
        #expect(sent(test.offer(1, 1_048_570)) == [1])
        #expect(sent(test.offer(2, 1_048_570)) == [])
        let ended = test.machine.callEnded(
            streamID: 2, with: .success(RPCResponse()), at: test.now)
        #expect(ended.closes.isEmpty)
        let actions = test.receive(.window(Window(bytes: 100)), stream: 0)
        #expect(sent(actions) == [2])
        #expect(actions.closes.map(\.stream) == [2])
    }

    @Test(.rule(5)) func messagesCountOnTheConnectionToo() {
        var test = MachineUnderTest(
            hello: Hello(version: 1, initialWindowBytes: 100_000_000))
        _ = stream(&test, 1)
        _ = stream(&test, 2)
        #expect(sent(test.offer(1, 1_048_560)) == [1])
        #expect(sent(test.offer(2, 1)) == [])
        #expect(sent(test.receive(.window(Window(bytes: 1)), stream: 0)) == [2])
    }

    /// Rule 4: a long export holds up nobody.
    @Test(.rule(4)) func streamsTakeTurns() {
        var test = MachineUnderTest()
        _ = stream(&test, 1)
        _ = stream(&test, 2)
        _ = test.machine.writabilityChanged(isWritable: false, at: test.now)
        for id: UInt32 in [1, 1, 1, 2, 2] {
            #expect(sent(test.offer(id, 10)) == [])
        }
        #expect(
            sent(test.machine.writabilityChanged(isWritable: true, at: test.now))
                == [1, 2, 1, 2, 1])
    }

    @Test(.rule(4)) func streamWithoutCreditHoldsUpNoOther() {
        var test = MachineUnderTest()
        _ = stream(&test, 1)
        _ = stream(&test, 2)
        _ = test.offer(1, 262_144)
        #expect(sent(test.offer(1, 1)) == [])
        #expect(sent(test.offer(2, 1)) == [2])
    }

    /// What a handler has offered and nobody will read goes with its call.
    @Test(.rule(3)) func cancelledStreamSendsNothingFurther() {
        var test = MachineUnderTest()
        _ = stream(&test, 1)
        _ = test.offer(1, 262_144)
        _ = test.offer(1, 1)
        #expect(
            test.receive(.cancel(Cancel()), stream: 1).failures == ["1 CANCELLED CANCELLED"])
        #expect(test.receive(.window(Window(bytes: 1_000_000)), stream: 1).isEmpty)
        #expect(test.offer(1, 1).isEmpty)
        #expect(test.end(1).isEmpty)
    }

    @Test(.rule(9)) func drainWaitsForAStreamThatIsStillSending() {
        var test = MachineUnderTest()
        _ = stream(&test, 1)
        _ = test.offer(1, 262_144)
        _ = test.offer(1, 1)
        _ = test.machine.callEnded(streamID: 1, with: .success(RPCResponse()), at: test.now)
        _ = test.machine.drainStarted(at: test.now)
        let pong = Pong(opaque: ServerConnectionStateMachine.drainOpaque)
        #expect(!test.receive(.pong(pong), stream: 0).contains(.shutOutput))
        let actions = test.receive(.window(Window(bytes: 100)), stream: 1)
        #expect(sent(actions) == [1])
        #expect(actions.last == .shutOutput)
    }

    // MARK: Rule 10, a peer that does not read

    @Test(.rule(10)) func clocksStandStillWhileWeDoNotReadOurselves() {
        var test = MachineUnderTest()
        // A frame has begun to arrive.
        test.machine.readEnded(
            pending: .body(byteCount: 100), didComplete: false, at: test.now)
        test.machine.readingPaused(.peerDoesNotRead, at: test.now)
        #expect(test.pass(.seconds(70)).goAwayReason == nil)
        test.machine.readingResumed(at: test.now)
        #expect(test.pass(.seconds(9)).goAwayReason == nil)
        #expect(test.pass(.seconds(2)).goAwayReason == "PROTOCOL_ERROR")
    }

    /// A peer can make the server pause as often as it likes.
    @Test(.rule(10)) func pausesGiveAFrameNoTimeOfItsOwn() {
        var test = MachineUnderTest()
        test.machine.readEnded(
            pending: .body(byteCount: 100), didComplete: false, at: test.now)
        for _ in 0..<2 {
            #expect(test.pass(.seconds(4)).goAwayReason == nil)
            test.machine.readingPaused(.peerDoesNotRead, at: test.now)
            #expect(test.pass(.seconds(70)).goAwayReason == nil)
            test.machine.readingResumed(at: test.now)
        }
        #expect(test.pass(.seconds(1)).goAwayReason == nil)
        #expect(test.pass(.seconds(2)).goAwayReason == "PROTOCOL_ERROR")
    }

    @Test(.rule(10)) func peerThatNeverReadsIsGivenUp() {
        var test = MachineUnderTest()
        test.machine.readingPaused(.peerDoesNotRead, at: test.now)
        #expect(test.pass(.seconds(79)).goAwayReason == nil)
        #expect(test.pass(.seconds(1)).goAwayReason == "IDLE")
    }
}
