import Core
import TestSupport
import Testing
import Wire

@testable import RPC

/// The rules of deadlines, limits, metadata and malformed bytes as a client of somebody else's meets
/// them, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct LimitsOnTheWireTests {
    // MARK: Rule 7, deadlines

    /// "`timeout_ms` runs on the server's clock", for streams too; "the handler is cancelled … and
    /// the call ends with DEADLINE_EXCEEDED".
    @Test(.rule(7)) func deadlineEndsAStream() async throws {
        let cancelled = Gate()
        var router = RPCRouter()
        router.registerServerStreaming(Rows.self) { request, writer, _ in
            // Nothing but its cancelling ends the handler, even before it has begun.
            defer { cancelled.open() }
            try await writer.send(request)
            await Gate().wait()
        }
        try await RawPeer.with(router: router) { peer in
            try await peer.send(
                .opening(Rows.self, "1", stream: 1, halfClose: true, timeoutMs: 500))
            let close = await peer.rest().close
            #expect(close?.status?.code == 4)
            #expect(close?.status?.details.first?.reason == "DEADLINE_EXCEEDED")
            await cancelled.wait()
        }
    }

    // MARK: Rule 8, too many streams, too large answers

    /// "one more than `max_streams` ends at once with RESOURCE_EXHAUSTED (`TOO_MANY_STREAMS`); the
    /// others go on." Rule 6: what follows on the refused stream is dropped.
    @Test(.rule(6, 8)) func oneCallTooManyEndsAtOnceAndTheOthersGoOn() async throws {
        let signals = TestSignals()
        try await RawPeer.with(router: TestServer.router(signals)) { peer in
            for stream: UInt32 in 1...101 {
                try await peer.send(.unary(Wait.self, TextMessage("\(stream)"), stream: stream))
            }
            let refused = await peer.nextOfInterest()
            #expect(refused?.streamID == 101)
            #expect(refused?.close?.status?.code == 8)
            #expect(refused?.close?.status?.details.first?.reason == "TOO_MANY_STREAMS")
            try await peer.send(.message("late", stream: 101))
            #expect(try await peer.byteCountsSoFar(1) == [])
            signals.waitReleased.open()
            var answered: Set<UInt32> = []
            for _ in 1...100 {
                guard let frame = await peer.nextOfInterest(), frame.close?.hasMessage == true
                else { break }
                answered.insert(frame.streamID)
            }
            #expect(answered == Set(1...100))
        }
    }

    /// What watches calls sees such ones, by whatever peer; what decides on calls does not.
    @Test(.rule(8), arguments: [RPCAdmission.proceed, .wait])
    func callsTooManyAreSeenByWhatWatches(outermost: RPCAdmission) async throws {
        let around = EndRecorder(outermost)
        let observer = EndRecorder()
        let interceptor = EndRecorder()
        let signals = TestSignals()
        var router = TestServer.router(signals)
        router.observe(around)
        router.observe(observer)
        router.intercept(interceptor)
        try await RawPeer.with(router: router) { peer in
            for stream: UInt32 in 1...103 {
                try await peer.send(.unary(Wait.self, TextMessage("\(stream)"), stream: stream))
            }
            for stream: UInt32 in 101...103 {
                #expect(await peer.nextOfInterest()?.streamID == stream)
            }
            // Those that wait see it a moment later.
            while around.seen.count < 3 { try await Task.sleep(for: .milliseconds(10)) }
            for one in [around, observer] {
                #expect(one.seen == [String](repeating: "TOO_MANY_STREAMS", count: 3))
            }
            #expect(interceptor.seen == [])
            signals.waitReleased.open()
        }
    }

    /// "An answer that would not fit the peer's `max_frame_bytes` is RESOURCE_EXHAUSTED
    /// (`RESPONSE_TOO_LARGE`)", to the byte, whether it is the `Close` or one message of a stream.
    @Test(.rule(8)) func largestAnswerIsTheOneThatFits() async throws {
        var router = RPCRouter()
        router.register(Echo.self) { request, _ in
            TextMessage(String(repeating: "x", count: Int(request.text) ?? 0))
        }
        router.registerServerStreaming(Rows.self) { request, writer, _ in
            try await writer.send(
                TextMessage(String(repeating: "x", count: Int(request.text) ?? 0)))
        }
        // Tag and length of the text stand before it, five bytes.
        func around(_ frame: Frame) -> Int { FrameEncoder.byteCount(frame) - 4_000_000 + 5 }
        let bytes = [UInt8](repeating: 0, count: 4_000_000)
        let unary = 4_194_304 - around(Frame(streamID: 1, kind: .close(.success(bytes))))
        let row = 4_194_304 - around(Frame(streamID: 1, kind: .message(bytes)))
        for (isFitting, extra) in [(true, 0), (false, 1)] {
            try await RawPeer.with(router: router) { peer in
                try await peer.send(.unary(Echo.self, TextMessage("\(unary + extra)"), stream: 1))
                let answer = await peer.nextOfInterest()?.close
                #expect((answer?.message.count == unary + 5) == isFitting)
                try await peer.send(Frame(streamID: 0, kind: .window(Window(bytes: 8_000_000))))
                try await peer.send(
                    .opening(Rows.self, "\(row + extra)", stream: 2, halfClose: true))
                let (byteCounts, end) = await peer.rest()
                #expect(byteCounts == (isFitting ? [row + 5] : []))
                for close in [answer, end] where !isFitting {
                    #expect(close?.status?.code == 8)
                    #expect(close?.status?.details.first?.reason == "RESPONSE_TOO_LARGE")
                }
            }
        }
    }

    // MARK: Rule 10, limits on the peer

    /// "more than 100 pings or empty frames a second are `PROTOCOL_ERROR`".
    @Test(.rule(10), arguments: [Frame.Kind.ping(Ping(opaque: 6)), .window(Window()), nil])
    func floodOfEmptyFramesEndsTheConnection(kind: Frame.Kind?) async throws {
        try await RawPeer.with { peer in
            var bytes: [UInt8] = []
            for _ in 1...101 {
                let frame = Frame(streamID: 0, kind: kind).serialized()
                bytes += [0, 0, 0, UInt8(frame.count)] + frame
            }
            try await peer.send(bytes)
            var pongCount = 0
            while let frame = await peer.nextOfInterest() {
                if case .pong = frame.kind {
                    pongCount += 1
                } else {
                    #expect(frame.goAway?.reason == "PROTOCOL_ERROR")
                }
            }
            #expect(pongCount == (kind == .ping(Ping(opaque: 6)) ? 100 : 0))
        }
    }

    /// "connections per address and in total are capped".
    @Test(.rule(10)) func connectionsAreCappedInTotal() async throws {
        var limits = RPCLimits()
        limits.connectionCountMax = 2
        try await TestServer.run(.loopback(limits)) { server in
            var served: [RawPeer] = []
            for _ in 1...2 {
                let peer = try await RawPeer.connect(to: server.address)
                try await peer.hello()
                guard case .hello = await peer.next()?.kind else {
                    Issue.record("not served")
                    return
                }
                served.append(peer)
            }
            let refused = try await RawPeer.connect(to: server.address)
            #expect(await refused.next()?.goAway?.reason == "TOO_MANY_CONNECTIONS")
            await refused.close()
            for peer in served { await peer.close() }
        }
    }

    /// However many come: those over twice the cap are not kept, and are told all the same.
    @Test(.rule(10)) func connectionsFarOverTheCapAreToldToo() async throws {
        var limits = RPCLimits()
        limits.connectionCountPerAddressMax = 2
        limits.lingerTimeout = .seconds(30)
        try await TestServer.run(.loopback(limits)) { server in
            var peers: [RawPeer] = []
            for _ in 1...2 {
                let peer = try await RawPeer.connect(to: server.address)
                try await peer.hello()
                guard case .hello = await peer.next()?.kind else {
                    Issue.record("not served")
                    return
                }
                peers.append(peer)
            }
            // Those that are refused and do not read stay for long, so that the cap is full twice.
            for _ in 1...5 {
                peers.append(try await RawPeer.connect(to: server.address, isReading: false))
            }
            for _ in 1...20 {
                let peer = try await RawPeer.connect(to: server.address)
                #expect(await peer.next()?.goAway?.reason == "TOO_MANY_CONNECTIONS")
                #expect(await peer.next() == nil)
            }
            try await peers[0].send(.unary(Echo.self, TextMessage("served"), stream: 1))
            #expect(await peers[0].nextOfInterest()?.close?.hasMessage == true)
            for peer in peers { await peer.close() }
        }
    }

    // MARK: Rule 11, metadata

    /// Answers with the call's metadata.
    private static let metadata = {
        var router = RPCRouter()
        router.register(Echo.self) { _, context in
            TextMessage(
                context.metadata.keys.map { "\($0)=\(context.metadata.string($0) ?? "?")" }
                    .joined(separator: " "))
        }
        return router
    }()

    private static func entry(_ key: String, _ value: String) -> Metadata {
        Metadata(key: key, value: Array(value.utf8))
    }

    /// "A key on `Open` replaces the same key of `Hello` for that call; an empty value removes it.
    /// `idempotency-key` is taken on `Open` only."
    @Test(.rule(11)) func openReplacesAndRemovesWhatHelloSays() async throws {
        let hello = Hello(
            version: 1,
            metadata: [
                Self.entry("a", "1"), Self.entry("b", "1"), Self.entry("c", "1"),
                Self.entry("idempotency-key", "k"),
            ])
        try await RawPeer.with(router: Self.metadata, hello: hello) { peer in
            let open = [
                Self.entry("b", "2"), Self.entry("c", ""), Self.entry("idempotency-key", "own"),
            ]
            for (stream, metadata, text): (UInt32, [Metadata], String) in [
                (1, open, "a=1 b=2 idempotency-key=own"), (2, [], "a=1 b=1 c=1"),
            ] {
                try await peer.send(
                    .unary(Echo.self, TextMessage(), stream: stream, metadata: metadata))
                let close = await peer.nextOfInterest()?.close
                #expect(close?.message == TextMessage(text).serialized())
            }
        }
    }

    /// "Keys match `[a-z0-9-]{1,64}`, at most 64 entries and 16 KiB together, none twice: else
    /// INVALID_ARGUMENT (`METADATA_INVALID`)."
    @Test(
        .rule(11),
        arguments: [
            ([entry("a_b", "")], false), ([entry("", "")], false),
            ([entry(String(repeating: "k", count: 64), "")], true),
            ([entry(String(repeating: "k", count: 65), "")], false),
            ((1...64).map { entry("k\($0)", "") }, true),
            ((1...65).map { entry("k\($0)", "") }, false),
            ([entry("k", String(repeating: "v", count: 16_383))], true),
            ([entry("k", String(repeating: "v", count: 16_384))], false),
            ([entry("k", "1"), entry("k", "1")], false),
        ])
    func metadataHasItsLimits(entries: [Metadata], isValid: Bool) async throws {
        try await RawPeer.with(router: Self.metadata) { peer in
            try await peer.send(.unary(Echo.self, TextMessage(), stream: 1, metadata: entries))
            let close = await peer.nextOfInterest()?.close
            #expect(close?.hasMessage == isValid)
            #expect(close?.status?.code ?? 0 == (isValid ? 0 : 3))
            #expect(
                close?.status?.details.first?.reason == (isValid ? nil : "METADATA_INVALID"))
        }
    }

    // MARK: Rule 12, unknown and malformed

    /// "Unknown fields are ignored. A frame with no kind or an unknown kind is ignored on stream 0".
    @Test(.rule(12)) func whatIsUnknownIsIgnored() async throws {
        try await RawPeer.with { peer in
            // No kind; kind 15; a Ping with a field 9 beside its number.
            try await peer.send([0, 0, 0, 0])
            try await peer.send([0, 0, 0, 2, 0x7A, 0x00])
            try await peer.send(
                [0, 0, 0, 13, 0x4A, 0x0B, 0x48, 0x05, 0x09, 3, 0, 0, 0, 0, 0, 0, 0])
            #expect(await peer.nextOfInterest()?.kind == .pong(Pong(opaque: 3)))
            // Field 15 of Frame and field 9 of Open beside a call.
            let frame = Frame.unary(Echo.self, TextMessage("known"), stream: 1).serialized()
            guard
                case .open(let open) = Frame.unary(Echo.self, TextMessage("known"), stream: 1).kind
            else { return }
            let body = open.serialized() + [0x48, 0x05]
            let bytes = [0x78, 0x01, 0x08, 0x01, 0x1A, UInt8(body.count)] + body
            #expect(bytes.count == frame.count + 4)
            try await peer.send([0, 0, 0, UInt8(bytes.count)] + bytes)
            let close = await peer.nextOfInterest()?.close
            #expect(close?.message == TextMessage("known").serialized())
        }
    }

    /// "… and `PROTOCOL_ERROR` elsewhere."
    @Test(.rule(12)) func unknownKindOnAStreamEndsTheConnection() async throws {
        try await RawPeer.expectProtocolError(
            [.unary(Wait.self, TextMessage(), stream: 1), Frame(streamID: 1)], lastStreamID: 1)
    }

    /// "Strings that are not UTF-8 are INVALID_ARGUMENT", in the call's own frame and in its
    /// request, and the connection serves on.
    @Test(.rule(12)) func stringsThatAreNotUTF8EndTheirCallOnly() async throws {
        try await RawPeer.with { peer in
            // Open { method: FF, has_message, half_close }.
            try await peer.send(
                [0, 0, 0, 11, 0x08, 0x01, 0x1A, 0x07, 0x0A, 0x01, 0xFF, 0x28, 0x01, 0x30, 0x01])
            #expect(await peer.nextOfInterest()?.close?.status?.code == 3)
            let open = Open(
                method: Echo.name, message: [0x0A, 0x02, 0xC3, 0x28], hasMessage: true,
                halfClose: true)
            try await peer.send(Frame(streamID: 2, kind: .open(open)))
            let close = await peer.nextOfInterest()?.close
            #expect(close?.status?.code == 3)
            #expect(close?.status?.details.first?.reason == "MALFORMED_MESSAGE")
            try await peer.send(.unary(Echo.self, TextMessage("next"), stream: 3))
            #expect(await peer.nextOfInterest()?.close?.hasMessage == true)
        }
    }

    /// A `Hello` is every call's: "Strings that are not UTF-8 are INVALID_ARGUMENT".
    @Test(.rule(12)) func helloThatIsNotUTF8EndsEveryCall() async throws {
        try await RawPeer.with(hello: nil) { peer in
            // Hello { version: 1, agent: FF }.
            try await peer.send([0, 0, 0, 7, 0x12, 0x05, 0x08, 0x01, 0x2A, 0x01, 0xFF])
            for stream: UInt32 in 1...2 {
                try await peer.send(.unary(Echo.self, TextMessage(), stream: stream))
                #expect(await peer.nextOfInterest()?.close?.status?.code == 3)
            }
        }
    }

    // MARK: Rule 13, order of checks

    /// "Metadata, token, method (UNIMPLEMENTED), permission, rate limit, request": a call that is
    /// wrong in every way, mended from the first check on.
    @Test(.rule(13)) func firstFaultInTheOrderOfChecksIsTold() async throws {
        try await RawPeer.with { peer in
            let bad = Metadata(key: "BAD", value: [])
            let calls: [(Open, String)] = [
                (Open(method: "no/such", metadata: [bad], message: [0xFF]), "METADATA_INVALID"),
                (Open(method: "no/such", message: [0xFF], hasMessage: true), "METHOD_UNKNOWN"),
                (Open(method: Echo.name, message: [0xFF], hasMessage: true), "MALFORMED_CALL"),
                (
                    Open(method: Echo.name, message: [0xFF], hasMessage: true, halfClose: true),
                    "MALFORMED_MESSAGE"
                ),
            ]
            for (index, (open, reason)) in calls.enumerated() {
                try await peer.send(Frame(streamID: UInt32(index) + 1, kind: .open(open)))
                let close = await peer.nextOfInterest()?.close
                #expect(close?.status?.details.first?.reason == reason)
            }
        }
    }
}
