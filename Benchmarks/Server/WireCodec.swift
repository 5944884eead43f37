import BenchmarkMessages
import NIOCore
import Wire

/// The bare echo with Tallystick's own codec of frames.
struct WireCodec: BareCodec {
    private var decoder = FrameDecoder(frameByteCountMax: 4 * 1024 * 1024)
    private var credit = CreditReturn()

    mutating func answer(
        _ input: ByteBuffer, _ output: inout ByteBuffer
    ) throws -> BareStream? {
        var stream: BareStream?
        decoder.append(input)
        while let next = decoder.next() {
            guard case .frame(let frame, _) = next else { throw BareError.malformed }
            guard case .open(let open) = frame.kind else { continue }
            if open.method == EchoServiceMethods.Repeat.name {
                stream = BareStream(
                    streamID: frame.streamID, request: try RepeatRequest(serialized: open.message))
            } else {
                FrameEncoder.write(
                    Frame(
                        streamID: frame.streamID,
                        kind: .close(Close(message: open.message, hasMessage: true))),
                    to: &output)
                credit.taken(messageByteCount: open.message.count, &output)
            }
        }
        return stream
    }
}
