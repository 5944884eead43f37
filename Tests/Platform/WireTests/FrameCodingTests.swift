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
        return bytes.withUnsafeBytes { try? reader.read($0) }
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

    /// Where one of them finds a frame in damaged bytes, the other finds the same one.
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
            guard let theirs = try? Frame(serialized: bytes), let ours = read(bytes) else {
                continue
            }
            count += 1
            #expect(ours == theirs, "seed \(random.seed)")
        }
        #expect(count > 1_000)
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
