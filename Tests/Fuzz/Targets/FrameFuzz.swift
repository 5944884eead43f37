import CFrame
import CProtobufC
import NIOCore
import Wire

/// `FrameDecoder` against protobuf-c, and against itself with the bytes cut elsewhere.
///
/// Byte 0 of an input says how (bit 0: the rest is one frame, whose length is put before it; bit 1:
/// frames may be 64 bytes long at most; the other bits: where the bytes are cut).
enum FrameFuzz {
    static func run(_ input: [UInt8]) throws(FuzzFind) {
        var input = FuzzInput(input)
        let mode = input.byte()
        var bytes = input.rest()
        if mode & 1 == 1 {
            let length = UInt32(bytes.count)
            bytes = withUnsafeBytes(of: length.bigEndian) { Array($0) } + bytes
        }
        let frameByteCountMax: UInt32 = mode & 2 == 0 ? 4 * 1024 * 1024 : 64
        let whole = decode(bytes, frameByteCountMax: frameByteCountMax, cut: bytes.count)
        let cut = decode(bytes, frameByteCountMax: frameByteCountMax, cut: 1 + Int(mode >> 2))
        try demand(whole.outputs == cut.outputs, "other frames where the bytes are cut")
        try demand(whole.pending == cut.pending, "something else pending where the bytes are cut")
        var rest = bytes[...]
        for output in whole.outputs {
            guard case .tooLong = output else {
                let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
                let body = rest.dropFirst(4).prefix(length)
                rest = rest.dropFirst(4 + length)
                try check(output, body: Array(body))
                continue
            }
        }
    }

    private static func decode(
        _ bytes: [UInt8], frameByteCountMax: UInt32, cut: Int
    ) -> (outputs: [FrameDecoder.Output], pending: FrameDecoder.Pending) {
        var decoder = FrameDecoder(frameByteCountMax: frameByteCountMax)
        var outputs: [FrameDecoder.Output] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            decoder.append(ByteBuffer(bytes: rest.prefix(cut)))
            rest = rest.dropFirst(cut)
            while let output = decoder.next() {
                outputs.append(output)
                switch output {
                case .frame: continue
                // Whoever reads the connection stops here.
                case .malformed, .tooLong: return (outputs, .nothing)
                }
            }
        }
        return (outputs, decoder.pending)
    }

    private static func check(
        _ output: FrameDecoder.Output, body: [UInt8]
    ) throws(FuzzFind) {
        let isFrame = isFrameToProtobufC(body)
        guard case .frame(let frame, let byteCount) = output else {
            let isWellFormed = FrameShape.frame.fits(.bytes(body[...]))
            return try demand(!isFrame || !isWellFormed, "malformed to us, and yet a frame")
        }
        try demand(byteCount == body.count, "another length than was announced")
        try demand(isFrame, "a frame to us, malformed to protobuf-c")
        try demand(keptByteCount(frame) <= 2 * body.count + 4096, "more is kept than was sent")
        // Text that is none, of which protobuf-c sees only what is not replaced, makes it another.
        let brokenText = FrameShape.brokenText(of: body)
        // Refused here is what is a frame but has text that is none, or weighs too much.
        if brokenText == .nothing, let reference = try? Frame(serialized: body) {
            try demand(isSame(frame, reference), "not the frame that protobuf-c reads")
        }
        try demand(
            brokenText != .standing || !isValid(frame), "text that is none, and nobody is told")
        try checkRoundTrip(frame)
    }

    /// Whether the call, or all calls of the connection, would not be refused (rule 12).
    private static func isValid(_ frame: Frame) -> Bool {
        let refused = [Metadata(key: "", value: [])]
        return switch frame.kind {
        case .hello(let hello): hello.metadata != refused
        case .open(let open): open.metadata != refused
        case .message, .halfClose, .close, .cancel, .window, .ping, .pong, .goAway, nil: false
        }
    }

    /// What is written is read again as what it was.
    private static func checkRoundTrip(_ frame: Frame) throws(FuzzFind) {
        var buffer = ByteBuffer()
        FrameEncoder.write(frame, to: &buffer)
        let byteCount = FrameEncoder.byteCount(frame)
        try demand(buffer.readableBytes == byteCount + 4, "another length than was measured")
        try checkShortWays(frame, written: buffer)
        let written = Array(buffer.readableBytesView.dropFirst(4))
        var decoder = FrameDecoder(frameByteCountMax: .max)
        decoder.append(buffer)
        guard case .frame(let again, _) = decoder.next() else {
            throw FuzzFind("what was written is not a frame")
        }
        // Text that was mended may hold a zero, which is found again.
        guard let reference = try? Frame(serialized: written) else { return }
        try demand(again == frame, "what was written is another frame")
        try demand(reference.serialized() == written, "protobuf-c writes it otherwise")
    }

    /// Messages, and answers without trailers, are also written without making a frame of them.
    private static func checkShortWays(
        _ frame: Frame, written: ByteBuffer
    ) throws(FuzzFind) {
        switch frame.kind {
        case .message(let message):
            let direct = FrameEncoder.messageFrame(
                PackedMessage(bytes: message), streamID: frame.streamID)
            try demand(direct == written, "a message is written in two ways")
        case .close(let close) where close.hasMessage:
            let answer = Close(status: Status(), message: close.message, hasMessage: true)
            var (direct, whole) = (ByteBuffer(), ByteBuffer())
            FrameEncoder.writeSuccess(
                streamID: frame.streamID, message: close.message, to: &direct)
            FrameEncoder.write(Frame(streamID: frame.streamID, kind: .close(answer)), to: &whole)
            try demand(direct == whole, "an answer is written in two ways")
        default:
            break
        }
    }

    private static func isFrameToProtobufC(_ body: [UInt8]) -> Bool {
        var raw = Tally__Rpc__V1__Frame()
        tally__rpc__v1__frame__init(&raw)
        guard let message = protobuf_c_message_unpack(raw.base.descriptor, nil, body.count, body)
        else { return false }
        protobuf_c_message_free_unpacked(message, nil)
        return true
    }

    /// Bytes that a frame keeps, about.
    private static func keptByteCount(_ frame: Frame) -> Int {
        func byteCount(_ metadata: [Metadata]) -> Int {
            metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.count }
        }
        return switch frame.kind {
        case .hello(let hello): hello.agent.utf8.count + byteCount(hello.metadata)
        case .open(let open):
            open.method.utf8.count + open.message.count + byteCount(open.metadata)
        case .message(let message): message.count
        case .close(let close): close.message.count + byteCount(close.trailers)
        case .goAway(let goAway): goAway.reason.utf8.count + goAway.message.utf8.count
        case .halfClose, .cancel, .window, .ping, .pong, nil: 0
        }
    }

    // MARK: The frame that protobuf-c reads

    private static func isSame(_ frame: Frame, _ reference: Frame) -> Bool {
        guard frame.streamID == reference.streamID else { return false }
        switch (frame.kind, reference.kind) {
        case (.hello(var ours), .hello(var theirs)):
            guard isSame(ours.metadata, theirs.metadata) else { return false }
            ours.metadata = []
            theirs.metadata = []
            return ours == theirs
        case (.open(var ours), .open(var theirs)):
            guard isSame(ours.metadata, theirs.metadata) else { return false }
            ours.metadata = []
            theirs.metadata = []
            return ours == theirs
        case (.close(var ours), .close(var theirs)):
            guard isSame(ours.trailers, theirs.trailers) else { return false }
            ours.trailers = []
            theirs.trailers = []
            // A status in two parts is merged. protobuf-c does not see a zero in the second part,
            // so there is nothing to hold ours against.
            ours.status = nil
            theirs.status = nil
            return ours == theirs
        default:
            return frame.kind == reference.kind
        }
    }

    /// Of metadata that is too much, only that has to be seen (rule 11).
    private static func isSame(_ ours: [Metadata], _ theirs: [Metadata]) -> Bool {
        if ours == theirs { return true }
        func isTooMuch(_ metadata: [Metadata]) -> Bool {
            metadata.count > 64
                || metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.count } > 16 * 1024
        }
        return isTooMuch(ours) && isTooMuch(theirs)
    }
}
