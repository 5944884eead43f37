/// Reads frames as they lie in a connection's buffer.
///
/// Frames are the one message that comes before any authentication and with every call, so they are
/// read by hand rather than by protobuf-c: nothing is allocated but what is kept, and what is kept
/// is bounded. `framesAreReadAsProtobufCReadsThem` holds the two against each other.
///
/// A string that is not UTF-8, or holds a zero byte, is mended, and the metadata of its `Open` or
/// `Hello` becomes one entry that no check lets pass: the call must still be told (rule 12:
/// "Strings that are not UTF-8 are INVALID_ARGUMENT").
struct FrameReader: Sendable {
    typealias Malformed = FieldCursor.Malformed

    /// What is kept of metadata: as much as rule 11 allows and the entry that is too much, which
    /// makes the rest of it irrelevant.
    private static let metadataCountMax = 65
    private static let metadataByteCountMax = 16 * 1024
    /// Details that are kept of one status.
    private static let detailCountMax = 256

    /// The method of the last `Open`: connections call few methods, and most calls name it again.
    private var lastMethod = ""
    private var lastMethodBytes: [UInt8] = []

    /// The address of a frame whose message is left where it lies, and where in it that is.
    private struct Leaving {
        let frame: UInt
        var message: Range<Int>?
    }

    private var leaving: Leaving?

    /// Reads a frame whose bytes become its message, without what is before and behind it: a long one would have to be
    /// copied into memory that the system hands out page by page.
    /// - Throws: As `read`.
    mutating func read(taking bytes: consuming [UInt8]) throws(Malformed) -> Frame {
        var range: Range<Int>?
        let result = bytes.withUnsafeBytes { bytes in
            leaving = Leaving(frame: UInt(bitPattern: bytes.baseAddress))
            defer { leaving = nil }
            let result = Result { () throws(Malformed) in try read(bytes) }
            range = leaving?.message
            return result
        }
        var frame = try result.get()
        guard let range else { return frame }
        var message = bytes
        if range.count < message.count - message.count / 8 {
            // More would be kept for as long as the message is than anybody counts.
            message = [UInt8](message[range])
        } else {
            message.removeLast(message.count - range.upperBound)
            message.removeFirst(range.lowerBound)
        }
        switch frame.kind {
        case .open(var open):
            open.message = message
            frame.kind = .open(open)
        case .message: frame.kind = .message(message)
        default: break
        }
        return frame
    }

    /// - Throws: Where the bytes are not a serialized `Frame`.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> Frame {
        var streamID: UInt32 = 0
        var kind: Frame.Kind?
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            guard let field = FrameField(rawValue: number) else {
                try cursor.skip(type)
                continue
            }
            if field == .streamID {
                streamID = UInt32(truncatingIfNeeded: try Self.varint(&cursor, type))
                continue
            }
            let body = try Self.bytes(&cursor, type)
            kind = try self.kind(field, body)
        }
        return Frame(streamID: streamID, kind: kind)
    }

    /// Numbers of `Frame`'s fields.
    private enum FrameField: UInt64 {
        case streamID = 1
        case hello, open, message, halfClose, close, cancel, window, ping, pong, goAway
    }

    /// The last kind that stands in a frame is the one it has.
    private mutating func kind(
        _ field: FrameField, _ body: UnsafeRawBufferPointer
    ) throws(Malformed) -> Frame.Kind? {
        leaving?.message = nil
        switch field {
        case .streamID: return nil
        case .hello: return .hello(try Self.hello(body))
        case .open: return .open(try open(body))
        case .message: return .message(message(body))
        case .halfClose:
            try Self.skipAll(body)
            return .halfClose(HalfClose())
        case .close: return .close(try Self.close(body))
        case .cancel:
            try Self.skipAll(body)
            return .cancel(Cancel())
        case .window: return .window(Window(bytes: try Self.windowBytes(body)))
        case .ping: return .ping(Ping(opaque: try Self.opaque(body)))
        case .pong: return .pong(Pong(opaque: try Self.opaque(body)))
        case .goAway: return .goAway(try Self.goAway(body))
        }
    }

    private mutating func open(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> Open {
        var open = Open()
        var text = TextCheck()
        var kept = KeptMetadata()
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            switch number {
            case 1: open.method = method(try Self.bytes(&cursor, type), &text)
            case 2: open.timeoutMs = UInt32(truncatingIfNeeded: try Self.varint(&cursor, type))
            case 3: try kept.add(try Self.bytes(&cursor, type), &text)
            case 4: open.message = message(try Self.bytes(&cursor, type))
            case 5: open.hasMessage = try Self.varint(&cursor, type) != 0
            case 6: open.halfClose = try Self.varint(&cursor, type) != 0
            default: try cursor.skip(type)
            }
        }
        open.metadata = text.isValid ? kept.entries : [.invalid]
        return open
    }

    /// A copy, or nothing where it is left where it lies.
    private mutating func message(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        guard let frame = leaving?.frame else { return [UInt8](bytes) }
        let offset = Int(UInt(bitPattern: bytes.baseAddress) - frame)
        leaving?.message = offset..<offset + bytes.count
        return []
    }

    private mutating func method(
        _ bytes: UnsafeRawBufferPointer, _ text: inout TextCheck
    ) -> String {
        if lastMethodBytes.withUnsafeBytes({ Self.areEqual($0, bytes) }) { return lastMethod }
        let method = text.string(bytes)
        // A name is as long as its sender likes; a long one is not worth keeping. One that is
        // mended must be found out each time.
        if bytes.count <= 256, text.isValid {
            lastMethod = method
            lastMethodBytes = [UInt8](bytes)
        }
        return method
    }

    /// Eight bytes at a time: this is done for every call.
    private static func areEqual(
        _ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer
    ) -> Bool {
        guard one.count == other.count else { return false }
        var index = 0
        while index + 8 <= one.count {
            guard
                one.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    == other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            else { return false }
            index += 8
        }
        while index < one.count {
            guard one[index] == other[index] else { return false }
            index += 1
        }
        return true
    }

    private static func hello(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> Hello {
        var hello = Hello()
        var text = TextCheck()
        var kept = KeptMetadata()
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            switch number {
            case 1: hello.version = UInt32(truncatingIfNeeded: try varint(&cursor, type))
            case 2: hello.maxFrameBytes = UInt32(truncatingIfNeeded: try varint(&cursor, type))
            case 3: hello.maxStreams = UInt32(truncatingIfNeeded: try varint(&cursor, type))
            case 4:
                hello.initialWindowBytes = UInt32(truncatingIfNeeded: try varint(&cursor, type))
            case 5: hello.agent = text.string(try Self.bytes(&cursor, type))
            case 6: try kept.add(try Self.bytes(&cursor, type), &text)
            default: try cursor.skip(type)
            }
        }
        hello.metadata = text.isValid ? kept.entries : [.invalid]
        return hello
    }

    /// An error's texts are for people, and a mended one is better than none.
    private static func close(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> Close {
        var close = Close()
        var text = TextCheck()
        var kept = KeptMetadata()
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            switch number {
            case 1:
                var status = close.status ?? Status()
                try read(try Self.bytes(&cursor, type), into: &status)
                close.status = status
            case 2: close.message = [UInt8](try Self.bytes(&cursor, type))
            case 3: close.hasMessage = try varint(&cursor, type) != 0
            case 4: try kept.add(try Self.bytes(&cursor, type), &text)
            default: try cursor.skip(type)
            }
        }
        close.trailers = text.isValid ? kept.entries : []
        return close
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, into status: inout Status
    ) throws(Malformed) {
        var text = TextCheck()
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            switch number {
            case 1: status.code = Int32(truncatingIfNeeded: try varint(&cursor, type))
            case 2: status.message = text.string(try Self.bytes(&cursor, type))
            case 3:
                var detail = ErrorDetail()
                try read(try Self.bytes(&cursor, type), into: &detail)
                if status.details.count < detailCountMax { status.details.append(detail) }
            default: try cursor.skip(type)
            }
        }
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, into detail: inout ErrorDetail
    ) throws(Malformed) {
        var text = TextCheck()
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            switch number {
            case 1: detail.reason = text.string(try Self.bytes(&cursor, type))
            case 2: detail.field = text.string(try Self.bytes(&cursor, type))
            case 3: detail.description = text.string(try Self.bytes(&cursor, type))
            case 4: detail.retryAfterMs = UInt32(truncatingIfNeeded: try varint(&cursor, type))
            default: try cursor.skip(type)
            }
        }
    }

    private static func windowBytes(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> UInt32 {
        var value: UInt32 = 0
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            guard number == 1 else {
                try cursor.skip(type)
                continue
            }
            value = UInt32(truncatingIfNeeded: try varint(&cursor, type))
        }
        return value
    }

    private static func goAway(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> GoAway {
        var goAway = GoAway()
        var text = TextCheck()
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            switch number {
            case 1: goAway.lastStreamID = UInt32(truncatingIfNeeded: try varint(&cursor, type))
            case 2: goAway.reason = text.string(try Self.bytes(&cursor, type))
            case 3: goAway.message = text.string(try Self.bytes(&cursor, type))
            default: try cursor.skip(type)
            }
        }
        return goAway
    }

    /// The number of a `Ping` or `Pong`.
    private static func opaque(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> UInt64 {
        var opaque: UInt64 = 0
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            guard number == 1 else {
                try cursor.skip(type)
                continue
            }
            guard type == .fixed64 else { throw Malformed() }
            opaque = try cursor.fixed64()
        }
        return opaque
    }

    private static func skipAll(_ bytes: UnsafeRawBufferPointer) throws(Malformed) {
        var cursor = FieldCursor(bytes)
        while let (_, type) = try cursor.next() {
            try cursor.skip(type)
        }
    }

    private static func varint(
        _ cursor: inout FieldCursor, _ type: FieldCursor.WireType
    ) throws(Malformed) -> UInt64 {
        guard type == .varint else { throw Malformed() }
        return try cursor.varint()
    }

    private static func bytes(
        _ cursor: inout FieldCursor, _ type: FieldCursor.WireType
    ) throws(Malformed) -> UnsafeRawBufferPointer {
        guard type == .bytes else { throw Malformed() }
        return try cursor.lengthDelimited()
    }

    /// Whether every string of a message so far was one.
    private struct TextCheck {
        var isValid = true

        mutating func string(_ bytes: UnsafeRawBufferPointer) -> String {
            if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) {
                return text
            }
            isValid = false
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Metadata up to the first entry that is too much.
    private struct KeptMetadata {
        private(set) var entries: [Metadata] = []
        private var byteCount = 0

        mutating func add(
            _ bytes: UnsafeRawBufferPointer, _ text: inout TextCheck
        ) throws(Malformed) {
            var key = UnsafeRawBufferPointer(start: nil, count: 0)
            var value = UnsafeRawBufferPointer(start: nil, count: 0)
            var cursor = FieldCursor(bytes)
            while let (number, type) = try cursor.next() {
                switch number {
                case 1: key = try FrameReader.bytes(&cursor, type)
                case 2: value = try FrameReader.bytes(&cursor, type)
                default: try cursor.skip(type)
                }
            }
            guard entries.count < metadataCountMax, byteCount <= metadataByteCountMax else {
                return
            }
            byteCount += key.count + value.count
            // Of an entry that is too long by itself only its length matters.
            entries.append(
                Metadata(
                    key: text.string(
                        UnsafeRawBufferPointer(rebasing: key.prefix(metadataByteCountMax + 1))),
                    value: [UInt8](value.prefix(metadataByteCountMax + 1))))
        }
    }
}

extension Metadata {
    /// No key of rule 11 is empty.
    fileprivate static let invalid = Metadata(key: "", value: [])
}
