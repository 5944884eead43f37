/// Writes a frame's fields into memory that `FrameSize` measured for them.
struct FieldWriter {
    private let bytes: UnsafeMutableRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeMutableRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func write(_ frame: Frame) {
        number(1, UInt64(frame.streamID))
        switch frame.kind {
        case nil: break
        case .hello(let hello):
            head(2, FrameSize.body(hello))
            write(hello)
        case .open(let open):
            head(3, FrameSize.body(open))
            write(open)
        case .message(let message): delimited(4, message)
        case .halfClose: head(5, 0)
        case .close(let close):
            head(6, FrameSize.body(close))
            write(close)
        case .cancel: head(7, 0)
        case .window(let window):
            head(8, FrameSize.number(UInt64(window.bytes)))
            number(1, UInt64(window.bytes))
        case .ping(let ping):
            head(9, FrameSize.opaque(ping.opaque))
            opaque(ping.opaque)
        case .pong(let pong):
            head(10, FrameSize.opaque(pong.opaque))
            opaque(pong.opaque)
        case .goAway(let goAway):
            head(11, FrameSize.body(goAway))
            number(1, UInt64(goAway.lastStreamID))
            string(2, goAway.reason)
            string(3, goAway.message)
        }
    }

    mutating func writeMessageHead(streamID: UInt32, messageByteCount: Int) {
        number(1, UInt64(streamID))
        head(4, messageByteCount)
    }

    mutating func writeSuccess(streamID: UInt32, closeByteCount: Int, _ message: [UInt8]?) {
        number(1, UInt64(streamID))
        head(6, closeByteCount)
        head(1, 0)
        guard let message else { return }
        if !message.isEmpty { delimited(2, message) }
        number(3, 1)
    }

    private mutating func write(_ hello: Hello) {
        number(1, UInt64(hello.version))
        number(2, UInt64(hello.maxFrameBytes))
        number(3, UInt64(hello.maxStreams))
        number(4, UInt64(hello.initialWindowBytes))
        string(5, hello.agent)
        metadata(6, hello.metadata)
    }

    private mutating func write(_ open: Open) {
        string(1, open.method)
        number(2, UInt64(open.timeoutMs))
        metadata(3, open.metadata)
        if !open.message.isEmpty { delimited(4, open.message) }
        number(5, open.hasMessage ? 1 : 0)
        number(6, open.halfClose ? 1 : 0)
    }

    private mutating func write(_ close: Close) {
        if let status = close.status {
            head(1, FrameSize.body(status))
            // A negative number takes ten bytes, as protobuf has it.
            number(1, UInt64(bitPattern: Int64(status.code)))
            string(2, status.message)
            for detail in status.details {
                head(3, FrameSize.body(detail))
                string(1, detail.reason)
                string(2, detail.field)
                string(3, detail.description)
                number(4, UInt64(detail.retryAfterMs))
            }
        }
        if !close.message.isEmpty { delimited(2, close.message) }
        number(3, close.hasMessage ? 1 : 0)
        metadata(4, close.trailers)
    }

    private mutating func metadata(_ number: UInt8, _ entries: [Metadata]) {
        for entry in entries {
            head(number, FrameSize.body(entry))
            string(1, entry.key)
            if !entry.value.isEmpty { delimited(2, entry.value) }
        }
    }

    // MARK: Fields; every number here is below 16, so that its key is one byte.

    private mutating func number(_ number: UInt8, _ value: UInt64) {
        guard value != 0 else { return }
        byte(number << 3)
        varint(value)
    }

    private mutating func opaque(_ value: UInt64) {
        guard value != 0 else { return }
        byte(1 << 3 | 1)
        bytes.storeBytes(of: value.littleEndian, toByteOffset: position, as: UInt64.self)
        position += 8
    }

    private mutating func string(_ number: UInt8, _ text: String) {
        guard !text.isEmpty else { return }
        head(number, text.utf8.count)
        var text = text
        text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    private mutating func delimited(_ number: UInt8, _ value: [UInt8]) {
        head(number, value.count)
        value.withUnsafeBytes { copy($0) }
    }

    private mutating func head(_ number: UInt8, _ count: Int) {
        byte(number << 3 | 2)
        varint(UInt64(count))
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func byte(_ value: UInt8) {
        bytes[position] = value
        position += 1
    }

    private mutating func copy(_ value: UnsafeRawBufferPointer) {
        guard let source = value.baseAddress, let target = bytes.baseAddress else { return }
        precondition(
            position + value.count <= bytes.count, "A frame is longer than it was measured.")
        (target + position).copyMemory(from: source, byteCount: value.count)
        position += value.count
    }
}
