import Core
import TestSupport
import Testing
import Wire

@testable import RPC

/// The rules of connections and calls as a client of somebody else's meets them: bytes out, frames
/// in, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct RulesOnTheWireTests {
    /// A call that does not end by itself.
    private func wait(_ stream: UInt32) -> Frame {
        .unary(Wait.self, TextMessage(), stream: stream)
    }

    // MARK: Framing

    /// "A frame longer than the receiver's announced `max_frame_bytes` (4 MiB unless configured) is
    /// answered with `GoAway(FRAME_TOO_LARGE)` as soon as the length is read".
    @Test(.section(.framing)) func framesAreAsLongAsTheServerAnnounced() async throws {
        var limits = RPCLimits()
        limits.frameByteCountMax = 5_000_000
        func call(_ byteCount: Int) -> Frame {
            .unary(Echo.self, TextMessage(String(repeating: "x", count: byteCount)), stream: 1)
        }
        let around = FrameEncoder.byteCount(call(4_900_000)) - 4_900_000
        let longest = call(5_000_000 - around)
        #expect(FrameEncoder.byteCount(longest) == 5_000_000)
        try await RawPeer.with(limits) { peer in
            guard case .hello(let hello) = await peer.next()?.kind else {
                Issue.record("no Hello")
                return
            }
            #expect(hello.maxFrameBytes == 5_000_000)
            try await peer.send(longest)
            // It was taken, and echoing it would break the 4 MiB that this peer's Hello left.
            let close = await peer.nextOfInterest()?.close
            #expect(close?.status?.details.first?.reason == "RESPONSE_TOO_LARGE")
            try await peer.send([0x00, 0x4C, 0x4B, 0x41])
            #expect(await peer.nextOfInterest()?.goAway?.reason == "FRAME_TOO_LARGE")
        }
    }

    // MARK: Rule 1, Hello

    /// "it may send `Open` frames straight after it, without waiting. The server answers `Hello`."
    @Test(.rule(1)) func openMayFollowHelloInTheSameWrite() async throws {
        try await RawPeer.with(hello: nil) { peer in
            try await peer.send(
                Frame(streamID: 0, kind: .hello(Hello(version: 1))),
                .unary(Echo.self, TextMessage("early"), stream: 1))
            guard case .hello(let hello) = await peer.next()?.kind else {
                Issue.record("the first frame is no Hello")
                return
            }
            #expect(hello.version == 1)
            #expect(hello.maxFrameBytes == 4_194_304)
            #expect(hello.maxStreams == 100)
            #expect(hello.initialWindowBytes == 262_144)
            #expect(!hello.agent.isEmpty)
            let close = await peer.nextOfInterest()?.close
            #expect(close?.message == TextMessage("early").serialized())
        }
    }

    /// "The version in force is the lower of the two".
    @Test(.rule(1)) func peerOfALaterVersionIsServedInOurs() async throws {
        try await RawPeer.with(hello: Hello(version: .max)) { peer in
            guard case .hello(let hello) = await peer.next()?.kind else {
                Issue.record("no Hello")
                return
            }
            #expect(hello.version == 1)
            try await peer.send(.unary(Echo.self, TextMessage("later"), stream: 1))
            #expect(await peer.nextOfInterest()?.close?.hasMessage == true)
        }
    }

    /// "one that a side does not speak is `GoAway(UNSUPPORTED_VERSION)`".
    @Test(.rule(1)) func versionZeroIsUnsupported() async throws {
        try await RawPeer.with(hello: Hello()) { peer in
            #expect(await peer.next()?.goAway?.reason == "UNSUPPORTED_VERSION")
            #expect(await peer.next() == nil)
        }
    }

    @Test(.rule(1)) func secondHelloEndsTheConnection() async throws {
        let again = Frame(streamID: 0, kind: .hello(Hello(version: 1)))
        try await RawPeer.expectProtocolError([again], lastStreamID: 0)
    }

    // MARK: Rule 2, stream ids

    /// "of any parity, start at 1 or more and only grow from `Open` to `Open`".
    @Test(.rule(2)) func idsNeedOnlyGrow() async throws {
        try await RawPeer.with { peer in
            for id: UInt32 in [2, 3, 1000, .max] {
                try await peer.send(.unary(Echo.self, TextMessage("\(id)"), stream: id))
                let answer = await peer.nextOfInterest()
                #expect(answer?.streamID == id)
                #expect(answer?.close?.message == TextMessage("\(id)").serialized())
            }
        }
    }

    @Test(.rule(2), arguments: [UInt32(7), 6])
    func idNotAboveTheLastEndsTheConnection(id: UInt32) async throws {
        try await RawPeer.expectProtocolError([wait(7), wait(id)], lastStreamID: 7)
    }

    /// "Stream 0 carries `Hello`, `Ping`, `Pong`, `GoAway` and the connection's `Window`, and nothing
    /// else does."
    @Test(
        .rule(2),
        arguments: [
            Frame(streamID: 0, kind: .open(Open(method: Wait.name))),
            Frame(streamID: 0, kind: .message([])), Frame(streamID: 0, kind: .cancel(Cancel())),
            Frame(streamID: 7, kind: .ping(Ping())), Frame(streamID: 7, kind: .goAway(GoAway())),
        ])
    func framesOnTheWrongStreamEndTheConnection(frame: Frame) async throws {
        try await RawPeer.expectProtocolError([wait(7), frame], lastStreamID: 7)
    }

    // MARK: Rule 3, kinds of calls

    /// "exactly one frame each way".
    @Test(.rule(3)) func unaryCallIsOneFrameEachWay() async throws {
        try await RawPeer.with { peer in
            try await peer.send(.unary(Echo.self, TextMessage("one"), stream: 1))
            let answer = await peer.nextOfInterest()
            #expect(answer?.streamID == 1)
            #expect(answer?.close?.status?.code ?? 0 == 0)
            #expect(answer?.close?.hasMessage == true)
            #expect(answer?.close?.message == TextMessage("one").serialized())
            #expect(try await peer.byteCountsSoFar(4) == [])
        }
    }

    /// "Unary and server-streaming calls require it and `half_close` in `Open`; else that call ends
    /// with INVALID_ARGUMENT (`MALFORMED_CALL`)."
    @Test(.rule(3)) func serverStreamsNeedTheirRequestInOpen() async throws {
        try await RawPeer.with(router: TestServer.streams()) { peer in
            let opens = [
                Frame.opening(Rows.self, nil, stream: 1, halfClose: true),
                Frame.opening(Rows.self, "2", stream: 2, halfClose: false),
                Frame.opening(Rows.self, nil, stream: 3, halfClose: false),
            ]
            for open in opens {
                try await peer.send(open)
                let close = await peer.nextOfInterest()?.close
                #expect(close?.status?.code == 3)
                #expect(close?.status?.details.first?.reason == "MALFORMED_CALL")
            }
        }
    }

    /// "`Open.message` is the first request message of any kind of call."
    @Test(.rule(3), arguments: [true, false])
    func firstRequestMayStandInOpen(isInOpen: Bool) async throws {
        try await RawPeer.with(router: TestServer.streams()) { peer in
            try await peer.send(
                .opening(Gather.self, isInOpen ? "a" : nil, stream: 1, halfClose: false))
            if !isInOpen { try await peer.send(.message("a", stream: 1)) }
            try await peer.send(
                .message("b", stream: 1), Frame(streamID: 1, kind: .halfClose(HalfClose())))
            let close = await peer.nextOfInterest()?.close
            #expect(close?.message == TextMessage("a b").serialized())
        }
    }

    /// "Messages after the client's half close are `PROTOCOL_ERROR`", whichever frame it stood on.
    @Test(.rule(3)) func messageAfterTheHalfCloseEndsTheConnection() async throws {
        try await RawPeer.expectProtocolError(
            [wait(3), .message("more", stream: 3)], lastStreamID: 3)
        let signals = TestSignals()
        var router = TestServer.router(signals)
        router.registerClientStreaming(Gather.self) { _, _ in
            await signals.waitReleased.wait()
            return TextMessage()
        }
        // The server drains for as long as the handler runs, which the end of the connection
        // cancels.
        try await RawPeer.expectProtocolError(
            [
                .opening(Gather.self, nil, stream: 3, halfClose: false),
                Frame(streamID: 3, kind: .halfClose(HalfClose())), .message("more", stream: 3),
            ], lastStreamID: 3, router: router)
    }

    /// "A `Close` with an error … carries no message", of whatever kind of call.
    @Test(
        .rule(3), arguments: [Fail.name, Rows.name, Converse.name, "tally.test.TestService/None"])
    func errorsCarryNoMessage(method: String) async throws {
        try await RawPeer.with(router: TestServer.streams()) { peer in
            let open = Open(
                method: method, message: TextMessage("fail").serialized(), hasMessage: true,
                halfClose: true)
            try await peer.send(Frame(streamID: 1, kind: .open(open)))
            let close = await peer.rest().close
            #expect(close?.status?.code ?? 0 != 0)
            #expect(close?.hasMessage == false)
            #expect(close?.message == [])
        }
    }

    /// "A `Close` with an error, and any `Close` of a server- or bidirectional-streaming call, carries
    /// no message."
    @Test(.rule(3), arguments: [Rows.name, Converse.name])
    func streamsEndWithoutAMessage(method: String) async throws {
        try await RawPeer.with(router: TestServer.streams()) { peer in
            for (stream, text, code): (UInt32, String, Int32) in [(1, "2", 0), (2, "fail", 9)] {
                let open = Open(
                    method: method, message: TextMessage(text).serialized(), hasMessage: true,
                    halfClose: true)
                try await peer.send(Frame(streamID: stream, kind: .open(open)))
                let (byteCounts, close) = await peer.rest()
                #expect(byteCounts == [3, 3])
                #expect(close?.status?.code ?? 0 == code)
                #expect(close?.hasMessage == false)
                #expect(close?.message == [])
            }
        }
    }

    /// "Each `Open` that is answered gets exactly one `Close`, also after `Cancel`; it ends both
    /// halves."
    @Test(.rule(3)) func closeEndsBothHalves() async throws {
        var router = TestServer.router()
        router.registerClientStreaming(Gather.self) { messages, _ in
            for try await message in messages { return message }
            return TextMessage()
        }
        try await RawPeer.with(router: router) { peer in
            try await peer.send(.opening(Gather.self, "first", stream: 1, halfClose: false))
            let close = await peer.nextOfInterest()?.close
            #expect(close?.message == TextMessage("first").serialized())
            try await peer.send(
                .message("late", stream: 1), Frame(streamID: 1, kind: .halfClose(HalfClose())),
                Frame(streamID: 1, kind: .cancel(Cancel())))
            #expect(try await peer.byteCountsSoFar(9) == [])
        }
    }

    // MARK: Rule 4, order

    @Test(.rule(4)) func answersDoNotWaitForThoseBefore() async throws {
        let signals = TestSignals()
        try await RawPeer.with(router: TestServer.router(signals)) { peer in
            try await peer.send(wait(1), .unary(Echo.self, TextMessage(), stream: 2))
            #expect(await peer.nextOfInterest()?.streamID == 2)
            signals.waitReleased.open()
            #expect(await peer.nextOfInterest()?.streamID == 1)
        }
    }

    // MARK: Rule 5, flow control

    /// "A slow call never holds up another", nor do many, with more in their requests than the
    /// connection's window holds.
    @Test(.rule(4, 5)) func manySlowCallsHoldUpNoOther() async throws {
        try await RawPeer.with { peer in
            let text = String(repeating: "x", count: 15_900)
            var credit = 1_048_576
            for id in 1...90 as ClosedRange<UInt32> {
                while credit <= 0 {
                    let frame = try #require(await peer.next())
                    guard case .window(let window) = frame.kind, frame.streamID == 0 else {
                        continue
                    }
                    credit += Int(window.bytes)
                }
                let call = Frame.unary(Wait.self, TextMessage(text), stream: id)
                credit -= 15_900 + 4 + 16
                try await peer.send(call)
            }
            try await peer.send(.unary(Echo.self, TextMessage("quick"), stream: 91))
            while let frame = await peer.next() {
                if frame.streamID == 91 {
                    #expect(frame.close?.status?.code == 0)
                    break
                }
                #expect(frame.goAway == nil)
            }
        }
    }

    /// "Sending needs credit above 0 in every window it counts on and may take it below 0."
    @Test(.rule(5)) func streamStopsWhereItsWindowEnds() async throws {
        // Each counts 100,019: two leave 62,106 of 262,144, with which a third may go.
        try await RawPeer.with(router: TestServer.streams(byteCount: 99_999)) { peer in
            try await peer.send(.opening(Rows.self, "9", stream: 1, halfClose: true))
            var first: [Int] = []
            while first.count < 3, case .message(let bytes) = await peer.nextOfInterest()?.kind {
                first.append(bytes.count)
            }
            #expect(first == [100_003, 100_003, 100_003])
            #expect(try await peer.byteCountsSoFar(1) == [])
            // 37,913 below zero: so much brings it to zero, and one more lets a message go.
            try await peer.send(Frame(streamID: 1, kind: .window(Window(bytes: 37_913))))
            #expect(try await peer.byteCountsSoFar(2) == [])
            try await peer.send(Frame(streamID: 1, kind: .window(Window(bytes: 1))))
            guard case .message = await peer.nextOfInterest()?.kind else {
                Issue.record("no message")
                return
            }
            #expect(try await peer.byteCountsSoFar(3) == [])
        }
    }

    /// "`Open.message` and `Close.message` on the connection's only".
    @Test(.rule(5)) func answersStopWhereTheConnectionsWindowEnds() async throws {
        var router = RPCRouter()
        let large = TextMessage(String(repeating: "x", count: 599_996))
        router.register(Echo.self) { _, _ in large }
        try await RawPeer.with(router: router) { peer in
            // Each counts 600,016: the first leaves 448,560 of 1,048,576, with which a second may go.
            for stream: UInt32 in 1...2 {
                try await peer.send(.unary(Echo.self, TextMessage(), stream: stream))
                #expect(await peer.nextOfInterest()?.close?.message.count == 600_000)
            }
            try await peer.send(.unary(Echo.self, TextMessage(), stream: 3))
            #expect(try await peer.byteCountsSoFar(1) == [])
            try await peer.send(Frame(streamID: 0, kind: .window(Window(bytes: 151_456))))
            #expect(try await peer.byteCountsSoFar(2) == [])
            try await peer.send(Frame(streamID: 0, kind: .window(Window(bytes: 1))))
            #expect(await peer.nextOfInterest()?.close?.message.count == 600_000)
        }
    }

    /// "Credit above 2^31−1 and sending without credit are `PROTOCOL_ERROR`."
    @Test(.rule(5), arguments: [UInt32(0), 7])
    func creditAboveTheLimitEndsTheConnection(stream: UInt32) async throws {
        let window = Frame(
            streamID: stream, kind: .window(Window(bytes: UInt32(Int32.max) - 262_143)))
        try await RawPeer.expectProtocolError([wait(7), window], lastStreamID: 7)
    }

    /// The handler of `Gather` here reads nothing, so no credit comes back.
    @Test(.rule(5)) func sendingWithoutCreditEndsTheConnection() async throws {
        let signals = TestSignals()
        var router = RPCRouter()
        router.registerClientStreaming(Gather.self) { _, _ in
            await signals.waitReleased.wait()
            return TextMessage()
        }
        // Counts as much as a stream's window holds.
        let whole = String(repeating: "x", count: 262_144 - 16 - 4)
        try await RawPeer.expectProtocolError(
            [
                .opening(Gather.self, whole, stream: 1, halfClose: false),
                .message(whole, stream: 1), .message("", stream: 1),
            ], lastStreamID: 1, router: router)
    }

    /// "`Window` gives credit back as the application consumes", in time also for a client that opened
    /// its stream before it knew that this server's window is larger: "until the peer's `Hello` has
    /// arrived, the defaults hold" (rule 1).
    @Test(.rule(1, 5)) func creditComesBackBeforeTheDefaultWindowIsSpent() async throws {
        var limits = RPCLimits()
        limits.streamWindow = 16 * 262_144
        try await RawPeer.with(limits, router: TestServer.streams()) { peer in
            try await peer.send(.opening(Gather.self, nil, stream: 1, halfClose: false))
            let quarter = String(repeating: "x", count: 65_536 - 16 - 4)
            for _ in 1...4 { try await peer.send(.message(quarter, stream: 1)) }
            var credit: UInt32 = 0
            while credit < 262_144, let frame = await peer.next() {
                if frame.streamID == 1, case .window(let window) = frame.kind {
                    credit += window.bytes
                }
            }
            #expect(credit == 262_144)
        }
    }

    // MARK: Rule 6, late frames

    @Test(.rule(6)) func framesOfAnEndedStreamAreDroppedAndCreditedBack() async throws {
        var router = RPCRouter()
        router.registerClientStreaming(Gather.self) { _, _ in TextMessage("over") }
        try await RawPeer.with(router: router) { peer in
            try await peer.send(.opening(Gather.self, nil, stream: 4, halfClose: false))
            #expect(await peer.nextOfInterest()?.streamID == 4)
            let large = String(repeating: "x", count: 70_000 - 4)
            try await peer.send(
                .message(large, stream: 4), Frame(streamID: 4, kind: .window(Window(bytes: 1))),
                Frame(streamID: 4, kind: .halfClose(HalfClose())))
            #expect(await peer.next() == .some(.window(streamID: 0, 70_016)))
            #expect(try await peer.byteCountsSoFar(1) == [])
        }
    }

    @Test(
        .rule(6),
        arguments: [
            Frame.Kind.message([]), .halfClose(HalfClose()), .cancel(Cancel()),
            .window(Window(bytes: 1)),
        ])
    func framesOfAStreamNeverOpenedEndTheConnection(kind: Frame.Kind) async throws {
        try await RawPeer.expectProtocolError(
            [wait(5), Frame(streamID: 4, kind: kind)], lastStreamID: 5)
        try await RawPeer.expectProtocolError(
            [wait(5), Frame(streamID: 6, kind: kind)], lastStreamID: 5)
    }
}
