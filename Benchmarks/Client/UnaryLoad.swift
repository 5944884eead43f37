import BenchmarkMeasure
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps unary calls in flight: each answer that is the right one makes the next call.
struct UnaryLoad: FrameLoad {
    private struct Started {
        /// 0 where no call is in flight.
        var streamID: UInt32
        var nanoseconds: UInt64
    }

    // More calls than any that is overtaken while it waits for its thread.
    private static let startedCount = 32 * 1024
    /// What a window's bytes count beyond the payload of each message (rule 5).
    private static let byteCountPerMessage = 16
    /// Credit is given back this many bytes at a time: half of what there is at the start.
    private static let creditByteCount = 512 * 1024

    private let template: OpenTemplate
    private let messageByteCount: Int
    /// What is echoed, without the stamp that tells one call's from another's.
    private let payload: [UInt8]
    private var started = [Started](
        repeating: Started(streamID: 0, nanoseconds: 0), count: startedCount)
    private var lastStreamID: UInt32 = 0
    /// Calls that wait for credit, which a server that keeps up never lets happen.
    private var waitingCount = 0
    private var credit = 1024 * 1024
    private var consumed = 0
    private var latencies: LatencyHistogram?
    private var isEnding = false

    init(payloadByteCount: Int) {
        precondition(payloadByteCount >= 4, "A payload has room for its stamp.")
        payload = [UInt8](repeating: 0x5A, count: payloadByteCount - 4)
        var message = ByteBuffer()
        message.writeField(1, ByteBuffer(bytes: payload + [0, 0, 0, 0]))
        messageByteCount = message.readableBytes
        template = OpenTemplate(method: "tally.benchmark.v1.EchoService/Echo", message: message)
    }

    /// Makes the first calls.
    mutating func begin(inFlight: Int, _ output: inout ByteBuffer) {
        let now = Self.now
        for _ in 0..<inFlight {
            call(at: now, &output)
        }
    }

    mutating func startMeasuring() {
        latencies = LatencyHistogram()
    }

    /// What was measured; no further call is made.
    mutating func endMeasuring() -> LatencyHistogram {
        isEnding = true
        return latencies ?? LatencyHistogram()
    }

    mutating func received(
        _ frame: RawFrame, _ output: inout ByteBuffer
    ) throws(LoadError) -> Bool {
        switch frame.kind {
        case RawFrame.Kind.close:
            try answered(frame, &output)
        case RawFrame.Kind.window:
            credit += Int(truncatingIfNeeded: try frame.firstNumber())
            let now = Self.now
            while waitingCount > 0, credit > 0 {
                waitingCount -= 1
                call(at: now, &output)
            }
        default:
            throw .unexpectedFrame(kind: frame.kind)
        }
        return false
    }

    private mutating func answered(
        _ frame: RawFrame, _ output: inout ByteBuffer
    ) throws(LoadError) {
        let now = Self.now
        let slot = Int(frame.streamID) % Self.startedCount
        guard frame.streamID > 0, started[slot].streamID == frame.streamID else {
            throw .unknownCall(streamID: frame.streamID)
        }
        started[slot].streamID = 0
        let message = try frame.closeMessage()
        try check(frame.payload(in: message), streamID: frame.streamID)
        latencies?.record(nanoseconds: now - started[slot].nanoseconds)
        consumed += message.count + Self.byteCountPerMessage
        if consumed >= Self.creditByteCount {
            output.writeWindow(streamID: 0, byteCount: consumed)
            consumed = 0
        }
        guard !isEnding else { return }
        if credit > 0 {
            call(at: now, &output)
        } else {
            waitingCount += 1
        }
    }

    private func check(
        _ echo: UnsafeRawBufferPointer, streamID: UInt32
    ) throws(LoadError) {
        let byteCount = payload.count
        let isEcho = payload.withUnsafeBytes { payload in
            guard let sent = payload.baseAddress, let got = echo.baseAddress else { return false }
            return echo.count == byteCount + 4 && memcmp(sent, got, byteCount) == 0
                && UInt32(
                    bigEndian: echo.loadUnaligned(fromByteOffset: byteCount, as: UInt32.self))
                    == streamID
        }
        guard isEcho else { throw .wrongEcho }
    }

    private mutating func call(at now: UInt64, _ output: inout ByteBuffer) {
        lastStreamID += 1
        let slot = Int(lastStreamID) % Self.startedCount
        precondition(started[slot].streamID == 0, "A call was overtaken by 32,767 others.")
        started[slot] = Started(streamID: lastStreamID, nanoseconds: now)
        credit -= messageByteCount + Self.byteCountPerMessage
        template.write(streamID: lastStreamID, stamp: lastStreamID, to: &output)
    }

    private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }
}
