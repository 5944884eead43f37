import NIOCore
import TestSupport
import Testing

@testable import Wire

@Suite(.section(.framing))
struct FrameDecoderTests {
    private static let frames = [
        Frame(streamID: 0, kind: .hello(Hello(version: 1, agent: "test"))),
        Frame(
            streamID: 7,
            kind: .open(
                Open(
                    method: "tally.test.Service/Method", timeoutMs: 9,
                    metadata: [Metadata(key: "key", value: [0, 255])],
                    message: [UInt8](repeating: 0, count: 300), hasMessage: true, halfClose: true))),
        Frame(),
        Frame(
            streamID: 7,
            kind: .close(
                Close(
                    status: Status(
                        code: 3, message: "Grüße",
                        details: [ErrorDetail(reason: "R", field: "f", retryAfterMs: 5)])))),
        Frame(streamID: 0, kind: .ping(Ping(opaque: .max))),
        Frame(streamID: .max, kind: .message([])),
        Frame(streamID: 0, kind: .goAway(GoAway(lastStreamID: .max, reason: "DRAIN"))),
    ]

    private func encoded(_ frames: [Frame]) -> [UInt8] {
        var buffer = ByteBuffer()
        for frame in frames {
            FrameEncoder.write(frame, to: &buffer)
        }
        return Array(buffer.readableBytesView)
    }

    private func decoded(_ decoder: inout FrameDecoder) -> [Frame] {
        var frames: [Frame] = []
        while let output = decoder.next() {
            guard case .frame(let frame, _) = output else {
                Issue.record("\(output)")
                break
            }
            frames.append(frame)
        }
        return frames
    }

    @Test(arguments: [1, 2, 3, 5, 64, 10_000])
    func framesSurviveAnyCutting(pieceByteCount: Int) {
        let bytes = encoded(Self.frames)
        var decoder = FrameDecoder(frameByteCountMax: 1000)
        var frames: [Frame] = []
        for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
            decoder.append(ByteBuffer(bytes: bytes[start...].prefix(pieceByteCount)))
            frames += decoded(&decoder)
        }
        #expect(frames == Self.frames)
        #expect(decoder.pending == .nothing)
    }

    @Test func connectionThatIsNeverQuietKeepsNoMoreThanItNeeds() {
        let bytes = encoded([Frame(streamID: 1, kind: .message([UInt8](repeating: 1, count: 500)))])
        var decoder = FrameDecoder(frameByteCountMax: 1000)
        // Every read ends within a frame.
        decoder.append(ByteBuffer(bytes: bytes.prefix(100)))
        for _ in 0..<10_000 {
            decoder.append(ByteBuffer(bytes: bytes.dropFirst(100) + bytes.prefix(100)))
            _ = decoded(&decoder)
        }
        #expect(decoder.buffer.capacity < 300_000)
    }

    @Test func nothingOfALongFrameIsKeptForTheNext() {
        let frame = Frame(streamID: 1, kind: .message([UInt8](repeating: 1, count: 900_000)))
        var bytes = encoded([frame])[...]
        bytes.append(0)
        var decoder = FrameDecoder(frameByteCountMax: 1_000_000)
        while !bytes.isEmpty {
            decoder.append(ByteBuffer(bytes: bytes.prefix(60_000)))
            bytes = bytes.dropFirst(60_000)
            if bytes.isEmpty { #expect(decoder.next() != nil) }
        }
        #expect(decoder.pending == .length)
        #expect(decoder.buffer.storageCapacity < 1000)
    }

    private static let longMessage = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    /// A long frame is gathered apart from what is before and behind it: whatever it is, and wherever it is cut.
    @Test(arguments: [20_000, 64 * 1024, 170_000, 400_000])
    func longFramesSurviveAnyCutting(pieceByteCount: Int) {
        let message = Self.longMessage
        let frames = [
            Frame(streamID: 1, kind: .message(message)),
            Frame(streamID: 3, kind: .cancel(Cancel())),
            Frame(
                streamID: 5,
                kind: .open(
                    Open(
                        method: "tally.test.Service/Method", timeoutMs: 9,
                        metadata: [Metadata(key: "key", value: [0, 255])], message: message,
                        hasMessage: true, halfClose: true))),
            Frame(
                streamID: 5,
                kind: .close(Close(status: Status(), message: message, hasMessage: true))),
            // Most of it is no message.
            Frame(
                streamID: 7,
                kind: .open(
                    Open(
                        method: String(repeating: "m", count: 300_000), message: [1, 2],
                        hasMessage: true))),
        ]
        let bytes = encoded(frames + frames)
        var decoder = FrameDecoder(frameByteCountMax: 1_000_000)
        var found: [Frame] = []
        var arrived = 0
        for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
            decoder.append(ByteBuffer(bytes: bytes[start...].prefix(pieceByteCount)))
            arrived += min(pieceByteCount, bytes.count - start)
            let new = decoded(&decoder)
            found += new
            for frame in new { arrived -= encoded([frame]).count }
            #expect(decoder.pendingByteCount == arrived)
            let length = bytes.dropFirst(start + pieceByteCount - arrived).prefix(4)
                .reduce(0) { $0 << 8 | UInt32($1) }
            switch arrived {
            case 0: #expect(decoder.pending == .nothing)
            case 1..<4: #expect(decoder.pending == .length)
            default: #expect(decoder.pending == .body(byteCount: length))
            }
        }
        #expect(found == frames + frames)
    }

    /// Who announces a long frame gets memory for what came of it, as `FrameRoom` counts it, and not for what was announced.
    @Test(arguments: [262_144, 262_145, 3_000_000, 4_194_304])
    func memoryFollowsWhatCame(byteCount: Int) {
        var decoder = FrameDecoder(frameByteCountMax: 4_194_304)
        var length = ByteBuffer()
        length.writeInteger(UInt32(byteCount))
        decoder.append(length)
        var arrived = 4
        while arrived + 16_384 < byteCount {
            decoder.append(ByteBuffer(repeating: 0, count: 16_384))
            arrived += 16_384
            #expect(decoder.next() == nil)
            #expect(decoder.pendingByteCount == arrived)
            var counted = 131_072
            while counted < arrived + 65_536 { counted *= 2 }
            #expect(decoder.heldByteCount <= counted + 16_384, "\(arrived)")
        }
    }

    /// Each length around what makes a frame long, cut around where it begins to be gathered, where it ends, and in the
    /// next one's length.
    @Test(arguments: [262_143, 262_144, 262_150, 1_000_000])
    func longFramesSurviveCutsAtTheirEdges(byteCount: Int) {
        let overhead =
            encoded([Frame(streamID: 1, kind: .message(Self.longMessage))]).count
            - Self.longMessage.count
        let long = Frame(
            streamID: 1, kind: .message([UInt8](repeating: 7, count: byteCount - overhead + 4)))
        let frames = [long, Frame(streamID: 3, kind: .cancel(Cancel())), long]
        let bytes = encoded(frames)
        let end = byteCount + 4
        for first in [65_531, 65_536, 65_541, 196_604, 196_608, 196_612, 458_752, 458_757] {
            for second in [-5, -1, 0, 1, 2, 3, 4, 5, 8].map({ end + $0 }) where first < second {
                var decoder = FrameDecoder(frameByteCountMax: 1_000_000)
                var found: [Frame] = []
                for part in [0..<first, first..<second, second..<bytes.count] {
                    decoder.append(ByteBuffer(bytes: bytes[part]))
                    found += decoded(&decoder)
                }
                #expect(found == frames, "\(first), \(second)")
            }
        }
    }

    /// A message takes no more memory than about its own length, however long the frame is that brought it.
    @Test func littleOfALongFrameIsKeptForAShortMessage() {
        let frame = Frame(
            streamID: 7,
            kind: .open(
                Open(
                    method: String(repeating: "m", count: 900_000), message: [1, 2],
                    hasMessage: true)))
        let bytes = encoded([frame])
        var decoder = FrameDecoder(frameByteCountMax: 1_000_000)
        decoder.append(ByteBuffer(bytes: bytes.prefix(100_000)))
        #expect(decoder.next() == nil)
        decoder.append(ByteBuffer(bytes: bytes.dropFirst(100_000)))
        guard case .frame(let found, _) = decoder.next(), case .open(let open) = found.kind else {
            Issue.record("no Open")
            return
        }
        #expect(open.message == [1, 2] && open.message.capacity < 1000)
    }

    @Test func longGarbageIsMalformed() {
        var decoder = FrameDecoder(frameByteCountMax: 1_000_000)
        let length: [UInt8] = [0, 0x0D, 0xBB, 0xA0]
        decoder.append(ByteBuffer(bytes: length + [UInt8](repeating: 0xFF, count: 100_000)))
        #expect(decoder.next() == nil)
        #expect(decoder.pending == .body(byteCount: 900_000))
        decoder.append(ByteBuffer(repeating: 0xFF, count: 800_000))
        #expect(decoder.next() == .malformed)
    }

    @Test func lengthStandsBeforeTheFrameInBigEndian() {
        let bytes = encoded([Frame(streamID: 1, kind: .halfClose(HalfClose()))])
        #expect(bytes == [0, 0, 0, 4, 0x08, 0x01, 0x2A, 0x00])
        #expect(encoded([Frame()]) == [0, 0, 0, 0])
    }

    @Test func tooLongIsSeenAtTheLength() {
        var decoder = FrameDecoder(frameByteCountMax: 1000)
        decoder.append(ByteBuffer(bytes: [0, 0, 3]))
        #expect(decoder.next() == nil)
        #expect(decoder.pending == .length)
        decoder.append(ByteBuffer(bytes: [0xE9]))
        #expect(decoder.next() == .tooLong(byteCount: 1001))
    }

    @Test func longestFrameIsAccepted() {
        var decoder = FrameDecoder(frameByteCountMax: 1000)
        decoder.append(ByteBuffer(bytes: [0, 0, 3, 0xE8]))
        #expect(decoder.next() == nil)
        #expect(decoder.pending == .body(byteCount: 1000))
    }

    @Test(
        arguments: [
            [0xFF], [0x08], [0x1A, 0x05, 0x01], [0x0A], [0x07],
            // An Open whose method claims more bytes than there are.
            [0x08, 0x01, 0x1A, 0x03, 0x0A, 0x7F, 0x41],
        ] as [[UInt8]])
    func garbageIsMalformed(bytes: [UInt8]) {
        var decoder = FrameDecoder(frameByteCountMax: 1000)
        decoder.append(ByteBuffer(bytes: [0, 0, 0, UInt8(bytes.count)] + bytes))
        #expect(decoder.next() == .malformed)
    }

    @Test(.rule(12)) func unknownFieldsAreIgnored() {
        var decoder = FrameDecoder(frameByteCountMax: 1000)
        // Field 15 (varint) and field 100 (bytes) beside stream 2 with a Cancel.
        let bytes: [UInt8] = [0x78, 0x05, 0x08, 0x02, 0xA2, 0x06, 0x01, 0x00, 0x3A, 0x00]
        decoder.append(ByteBuffer(bytes: [0, 0, 0, UInt8(bytes.count)] + bytes))
        #expect(
            decoder.next()
                == .frame(Frame(streamID: 2, kind: .cancel(Cancel())), byteCount: bytes.count))
    }

    @Test(.rule(12)) func unknownKindIsNoKind() {
        var decoder = FrameDecoder(frameByteCountMax: 1000)
        decoder.append(ByteBuffer(bytes: [0, 0, 0, 5, 0x08, 0x02, 0x7A, 0x01, 0x00]))
        #expect(decoder.next() == .frame(Frame(streamID: 2), byteCount: 5))
    }

    /// Rule 12: such a call ends with INVALID_ARGUMENT, so its stream must be known.
    @Test(.rule(12), arguments: [[0xFF], [0x61, 0x00, 0x62], [0xC3, 0x28]] as [[UInt8]])
    func textThatIsNotUTF8MakesTheMetadataInvalid(method: [UInt8]) {
        let open = [0x0A, UInt8(method.count)] + method + [0x22, 0x01, 0x41, 0x28, 0x01]
        let bytes = [0x08, 0x09, 0x1A, UInt8(open.count)] + open
        var decoder = FrameDecoder(frameByteCountMax: 1000)
        decoder.append(ByteBuffer(bytes: [0, 0, 0, UInt8(bytes.count)] + bytes))
        guard case .frame(let frame, _) = decoder.next(),
            case .open(let repaired) = frame.kind
        else {
            Issue.record("not repaired")
            return
        }
        #expect(frame.streamID == 9)
        #expect(repaired.metadata == [Metadata(key: "", value: [])])
        #expect(repaired.message == [0x41])
        #expect(repaired.hasMessage)
    }

    /// A method that is no text is not remembered for the next call, not even where other text of
    /// its `Open` was found out before it.
    @Test(.rule(12)) func methodThatIsNoTextIsFoundOutEveryTime() {
        let method: [UInt8] = [0x0A, 0x03, 0x61, 0x00, 0x62]
        let badKey: [UInt8] = [0x1A, 0x03, 0x0A, 0x01, 0xFF]
        var decoder = FrameDecoder(frameByteCountMax: 1000)
        for open in [badKey + method, method, method] {
            let bytes = [0x08, 0x09, 0x1A, UInt8(open.count)] + open
            decoder.append(ByteBuffer(bytes: [0, 0, 0, UInt8(bytes.count)] + bytes))
            guard case .frame(let frame, _) = decoder.next(), case .open(let open) = frame.kind
            else {
                Issue.record("no Open")
                return
            }
            #expect(open.metadata == [Metadata(key: "", value: [])])
        }
    }

    @Test func randomBytesNeverStopTheDecoder() {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...60, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var decoder = FrameDecoder(frameByteCountMax: 1000)
            decoder.append(ByteBuffer(bytes: [0, 0, 0, UInt8(count)] + bytes))
            let output = decoder.next()
            #expect(output != nil, "seed \(random.seed), \(bytes)")
        }
    }
}
