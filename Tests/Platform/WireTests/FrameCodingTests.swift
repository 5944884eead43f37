import NIOCore
import TestSupport
import Testing

@testable import Wire

/// Frames are read and written by hand; protobuf-c says what they should be.
@Suite(.section(.messages))
struct FrameCodingTests {
    /// Any frame, with every field now absent, now at its ends.
    private func frame(_ random: inout SeededRandom) -> Frame {
        func number() -> UInt32 {
            [0, 1, 127, 128, 16_383, 16_384, .max, UInt32.random(in: 0 ... .max, using: &random)]
                .randomElement(using: &random) ?? 0
        }
        func bytes() -> [UInt8] {
            let count = [0, 0, 1, 5, 127, 128, 700].randomElement(using: &random) ?? 0
            return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        func text() -> String {
            [
                "", "a", "Grüße", "tally.v1.IngestionService/IngestEvents",
                String(repeating: "é", count: 90),
            ]
            .randomElement(using: &random) ?? ""
        }
        func metadata() -> [Metadata] {
            (0..<Int.random(in: 0...3, using: &random)).map { _ in
                Metadata(key: text(), value: bytes())
            }
        }
        func flag() -> Bool { Bool.random(using: &random) }
        let kind: Frame.Kind? =
            switch Int.random(in: 0...10, using: &random) {
            case 0:
                .hello(
                    Hello(
                        version: number(), maxFrameBytes: number(), maxStreams: number(),
                        initialWindowBytes: number(), agent: text(), metadata: metadata()))
            case 1:
                .open(
                    Open(
                        method: text(), timeoutMs: number(), metadata: metadata(),
                        message: bytes(), hasMessage: flag(), halfClose: flag()))
            case 2: .message(bytes())
            case 3: .halfClose(HalfClose())
            case 4:
                .close(
                    Close(
                        status: flag()
                            ? Status(
                                code: Int32(bitPattern: number()), message: text(),
                                details: (0..<Int.random(in: 0...2, using: &random)).map { _ in
                                    ErrorDetail(
                                        reason: text(), field: text(), description: text(),
                                        retryAfterMs: number())
                                }) : nil,
                        message: bytes(), hasMessage: flag(), trailers: metadata()))
            case 5: .cancel(Cancel())
            case 6: .window(Window(bytes: number()))
            case 7: .ping(Ping(opaque: flag() ? 0 : .random(in: 0 ... .max, using: &random)))
            case 8: .pong(Pong(opaque: flag() ? 0 : .random(in: 0 ... .max, using: &random)))
            case 9: .goAway(GoAway(lastStreamID: number(), reason: text(), message: text()))
            default: nil
            }
        return Frame(streamID: number(), kind: kind)
    }

    private func read(_ bytes: [UInt8]) -> Frame? {
        var reader = FrameReader()
        let frame = bytes.withUnsafeBytes { try? reader.read($0) }
        // A long frame's bytes become its message: the same frame, and what was left lying is forgotten.
        let taken = try? reader.read(taking: bytes)
        let again = bytes.withUnsafeBytes { try? reader.read($0) }
        #expect(taken == frame && again == frame)
        return frame
    }

    /// The page's table, written out by hand: each field at its number, in its form.
    private static let table: [(Frame, String)] = {
        let entry = Metadata(key: "k", value: [0x76])
        let detail = ErrorDetail(reason: "R", field: "f", description: "d", retryAfterMs: 9)
        return [
            (
                Frame(
                    kind: .hello(
                        Hello(
                            version: 1, maxFrameBytes: 2, maxStreams: 3, initialWindowBytes: 4,
                            agent: "a", metadata: [entry]))),
                "12 13 0801 1002 1803 2004 2A0161 3206 0A016B 120176"
            ),
            (
                Frame(
                    streamID: 7,
                    kind: .open(
                        Open(
                            method: "m", timeoutMs: 2, metadata: [entry], message: [5],
                            hasMessage: true, halfClose: true))),
                "0807 1A 14 0A016D 1002 1A06 0A016B 120176 220105 2801 3001"
            ),
            (Frame(streamID: 7, kind: .message([5])), "0807 22 01 05"),
            (Frame(streamID: 7, kind: .halfClose(HalfClose())), "0807 2A 00"),
            (
                Frame(
                    streamID: 7,
                    kind: .close(
                        Close(
                            status: Status(code: 3, message: "s", details: [detail]),
                            message: [5], hasMessage: true, trailers: [entry]))),
                "0807 32 21 0A12 0803 120173 1A0B 0A0152 120166 1A0164 2009 120105 1801"
                    + " 2206 0A016B 120176"
            ),
            (Frame(streamID: 7, kind: .cancel(Cancel())), "0807 3A 00"),
            (Frame(kind: .window(Window(bytes: 300))), "42 03 08AC02"),
            (Frame(kind: .ping(Ping(opaque: 258))), "4A 09 09 0201000000000000"),
            (Frame(kind: .pong(Pong(opaque: 258))), "52 09 09 0201000000000000"),
            (
                Frame(kind: .goAway(GoAway(lastStreamID: .max, reason: "DRAIN", message: "m"))),
                "5A 10 08FFFFFFFF0F 1205 445241494E 1A016D"
            ),
        ]
    }()

    @Test(arguments: table)
    func everyFieldHasItsNumber(frame: Frame, text: String) {
        let digits = text.filter { $0 != " " }
        let bytes = stride(from: 0, to: digits.count, by: 2).map { offset in
            UInt8(digits.dropFirst(offset).prefix(2), radix: 16) ?? 0
        }
        var buffer = ByteBuffer()
        FrameEncoder.write(frame, to: &buffer)
        #expect(buffer.readInteger(as: UInt32.self) == UInt32(bytes.count))
        #expect(Array(buffer.readableBytesView) == bytes)
        #expect(read(bytes) == frame)
    }

    @Test func framesAreWrittenAsProtobufCWritesThem() {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        for _ in 0..<3_000 {
            let frame = frame(&random)
            var buffer = ByteBuffer()
            FrameEncoder.write(frame, to: &buffer)
            let length = buffer.readInteger(as: UInt32.self)
            let bytes = Array(buffer.readableBytesView)
            #expect(bytes == frame.serialized(), "seed \(random.seed)")
            #expect(length == UInt32(bytes.count))
        }
    }

    @Test func answersAreWrittenAsTheirFrames() {
        for count in [nil, 0, 1, 127, 128, 16_383, 16_384, 100_000] as [Int?] {
            for streamID in [1, 127, 128, UInt32.max] {
                let message = count.map { [UInt8](repeating: 7, count: $0) }
                let frame = Frame(
                    streamID: streamID,
                    kind: .close(
                        Close(
                            status: Status(), message: message ?? [], hasMessage: message != nil)))
                var written = ByteBuffer(string: "before")
                var expected = written
                FrameEncoder.writeSuccess(streamID: streamID, message: message, to: &written)
                FrameEncoder.write(frame, to: &expected)
                #expect(written == expected)
            }
        }
    }

    @Test func framesAreReadAsProtobufCReadsThem() throws {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        for _ in 0..<3_000 {
            let frame = frame(&random)
            #expect(read(frame.serialized()) == frame, "seed \(random.seed)")
            // Two frames in a row are one: of what comes twice, the last stands.
            let merged = frame.serialized() + self.frame(&random).serialized()
            #expect(
                read(merged) == (try? Frame(serialized: merged)), "seed \(random.seed)")
        }
    }

    /// Where protobuf-c finds a frame in damaged bytes, we find the same one, and where it finds
    /// none we find none but one whose text had to be mended.
    @Test func damagedFramesAreReadAsProtobufCReadsThem() {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        var count = 0
        for _ in 0..<20_000 {
            var bytes = frame(&random).serialized()
            guard !bytes.isEmpty else { continue }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
            let ours = read(bytes)
            guard let theirs = try? Frame(serialized: bytes) else {
                #expect(ours == nil || Self.isMended(bytes), "seed \(random.seed) \(bytes)")
                continue
            }
            count += 1
            // protobuf-c alone takes a truth value that is written as something else, and forgets
            // a text that is none where the field comes again.
            guard ours.map({ !Self.isMarked($0) }) ?? !Self.holdsTrue(theirs) else { continue }
            #expect(ours == theirs, "seed \(random.seed) \(bytes)")
        }
        #expect(count > 1_000)
    }

    private static func holdsTrue(_ frame: Frame) -> Bool {
        switch frame.kind {
        case .open(let open): open.hasMessage || open.halfClose
        case .close(let close): close.hasMessage
        default: false
        }
    }

    /// Whether a text of the frame was found to be none.
    private static func isMarked(_ frame: Frame) -> Bool {
        switch frame.kind {
        case .open(let open): open.metadata == [Metadata()]
        case .hello(let hello): hello.metadata == [Metadata()]
        case .close(let close): close.trailers.isEmpty
        default: false
        }
    }

    /// Whether protobuf-c itself takes the bytes, and only their text is refused: it is not UTF-8,
    /// or has a zero in it.
    private static func isMended(_ bytes: [UInt8]) -> Bool {
        if bytes.contains(0) { return true }
        do {
            _ = try Frame(serialized: bytes)
            return false
        } catch WireError.notUTF8 {
            return true
        } catch {
            return false
        }
    }

    /// What is kept of a frame does not grow with what a peer puts into it.
    @Test(.rule(11)) func metadataIsKeptOnlyAsFarAsItMatters() throws {
        let entry = [0x1A, 0x05, 0x0A, 0x01, 0x61, 0x12, 0x00] as [UInt8]
        let open = [UInt8](repeatElement(entry, count: 500_000).joined())
        var buffer = ByteBuffer(bytes: [0x08, 0x01, 0x1A])
        var rest = open.count
        while rest >= 0x80 {
            buffer.writeInteger(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        buffer.writeInteger(UInt8(rest))
        buffer.writeBytes(open)
        guard case .open(let kept) = read(Array(buffer.readableBytesView))?.kind else {
            Issue.record("no Open")
            return
        }
        #expect(kept.metadata.count == 65)
    }
}
