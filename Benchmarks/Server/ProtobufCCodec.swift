import BenchmarkMessages
// Holds protobuf-c's own structures too, as every module of generated C does.
import CBenchmarkMessages
import CFrame
import CProtobufC
import NIOCore
import Wire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The bare echo with protobuf-c and nothing around it: the frames' C structures are read and
/// written in place, in memory that is used again for each frame.
struct ProtobufCCodec: BareCodec {
    private static let lengthByteCount = 4

    private let memory = FrameMemory()
    private var credit = CreditReturn()
    /// The start of a frame whose end has not come.
    private var rest = ByteBuffer()

    mutating func answer(
        _ input: ByteBuffer, _ output: inout ByteBuffer
    ) throws -> BareStream? {
        var bytes = rest
        rest = ByteBuffer()
        if bytes.readableBytes == 0 {
            bytes = input
        } else {
            bytes.writeImmutableBuffer(input)
        }
        var stream: BareStream?
        while let length = bytes.getInteger(at: bytes.readerIndex, as: UInt32.self),
            bytes.readableBytes - Self.lengthByteCount >= Int(length)
        {
            bytes.moveReaderIndex(forwardBy: Self.lengthByteCount)
            try bytes.readWithUnsafeReadableBytes { bytes in
                let frame = UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(length)))
                stream = try answer(frame, &output) ?? stream
                return Int(length)
            }
        }
        if bytes.readableBytes > 0 {
            bytes.discardReadBytes()
            rest = bytes
        }
        return stream
    }

    private mutating func answer(
        _ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer
    ) throws -> BareStream? {
        try memory.withAllocator { allocator in
            let frame = tally__rpc__v1__frame__unpack(
                allocator, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
            guard let frame else { throw BareError.malformed }
            guard frame.pointee.kind_case == TALLY__RPC__V1__FRAME__KIND_OPEN,
                let open = frame.pointee.open
            else { return nil }
            if strcmp(open.pointee.method, EchoServiceMethods.Repeat.name) == 0 {
                let message = open.pointee.message
                return BareStream(
                    streamID: frame.pointee.stream_id,
                    request: try RepeatRequest(
                        serialized: UnsafeRawBufferPointer(
                            start: message.data, count: message.len)))
            }
            Self.echo(open.pointee.message, streamID: frame.pointee.stream_id, to: &output)
            credit.taken(messageByteCount: open.pointee.message.len, &output)
            return nil
        }
    }

    private static func echo(
        _ message: ProtobufCBinaryData, streamID: UInt32, to output: inout ByteBuffer
    ) {
        var close = Tally__Rpc__V1__Close()
        tally__rpc__v1__close__init(&close)
        close.message = message
        close.has_message = 1
        withUnsafeMutablePointer(to: &close) { close in
            var frame = Tally__Rpc__V1__Frame()
            tally__rpc__v1__frame__init(&frame)
            frame.stream_id = streamID
            frame.kind_case = TALLY__RPC__V1__FRAME__KIND_CLOSE
            frame.close = close
            let byteCount = tally__rpc__v1__frame__get_packed_size(&frame)
            output.writeInteger(UInt32(byteCount))
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { bytes in
                guard let start = bytes.baseAddress else { return 0 }
                return tally__rpc__v1__frame__pack(
                    &frame, start.assumingMemoryBound(to: UInt8.self))
            }
        }
    }
}

/// Memory for the C structures of one frame at a time.
private final class FrameMemory {
    // Far more than an echo of any size that is measured.
    private static let byteCountMax = 1024 * 1024
    private static let alignment = 16

    private let start = UnsafeMutableRawPointer.allocate(
        byteCount: byteCountMax, alignment: alignment)
    private var byteCount = 0

    deinit {
        start.deallocate()
    }

    /// What `body` allocates is void afterwards.
    func withAllocator<Result>(
        _ body: (UnsafeMutablePointer<ProtobufCAllocator>) throws -> Result
    ) rethrows -> Result {
        byteCount = 0
        var allocator = ProtobufCAllocator(
            alloc: { memory, byteCount in
                guard let memory else { return nil }
                return Unmanaged<FrameMemory>.fromOpaque(memory).takeUnretainedValue()
                    .allocate(byteCount)
            },
            free: { _, _ in },
            allocator_data: Unmanaged.passUnretained(self).toOpaque())
        return try body(&allocator)
    }

    private func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
        let rounded = (count + Self.alignment - 1) & ~(Self.alignment - 1)
        guard rounded <= Self.byteCountMax - byteCount else { return nil }
        defer { byteCount += rounded }
        return start + byteCount
    }
}
