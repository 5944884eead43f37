import COpenSSL
import NIOCore

/// One connection's ciphertext, in both directions, as the BIO that OpenSSL reads and writes.
///
/// OpenSSL takes its input from the very buffer that the socket filled and appends its output to the
/// very buffer that goes to the socket, so neither is copied on the way and an idle connection holds
/// none. Belongs to one event loop.
final class CiphertextBuffers {
    /// What the peer sent and OpenSSL has not read.
    private var input = ByteBuffer()
    /// What OpenSSL wrote for the peer.
    private var output = ByteBuffer()

    /// A BIO over these buffers, which it does not keep: they must outlive it.
    func makeBIO() throws(TLSError) -> OpaquePointer {
        guard let method = Self.method, let bio = BIO_new(method) else {
            throw TLSError.setup(reason: OpenSSLError.takeReason())
        }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    var inputByteCount: Int { input.readableBytes }

    func receive(_ bytes: ByteBuffer) {
        if input.readableBytes == 0 {
            input = bytes
        } else {
            input.writeImmutableBuffer(bytes)
        }
    }

    /// Forgets what OpenSSL has not read, as after a failure.
    func dropInput() {
        input = ByteBuffer()
    }

    /// Makes room for output that is about to be written.
    func expectOutput(byteCount: Int) {
        output.reserveCapacity(minimumWritableBytes: byteCount)
    }

    /// What is there for the peer; nil for nothing.
    func takeOutput() -> ByteBuffer? {
        guard output.readableBytes > 0 else { return nil }
        defer { output = ByteBuffer() }
        return output
    }

    // MARK: OpenSSL's side

    private func read(into bytes: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(bytes.count, input.readableBytes)
        input.readWithUnsafeReadableBytes { readable in
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: readable.prefix(count)))
            return count
        }
        if input.readableBytes == 0 {
            input = ByteBuffer()
        }
        return count
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        output.writeBytes(bytes)
    }

    private static func buffers(of bio: OpaquePointer) -> CiphertextBuffers? {
        BIO_get_data(bio).map {
            Unmanaged<CiphertextBuffers>.fromOpaque($0).takeUnretainedValue()
        }
    }

    private static let retryFlags = BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY

    // Made once, before any use, and only read afterwards; the process keeps it.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        guard
            let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tally")
        else { return nil }
        let isComplete =
            BIO_meth_set_read(method) { bio, bytes, count in
                guard let bio, let bytes, count > 0, let buffers = buffers(of: bio) else {
                    return -1
                }
                BIO_clear_flags(bio, retryFlags)
                let read = buffers.read(
                    into: UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
                guard read > 0 else {
                    // More will come; the socket's end is the channel's to notice.
                    BIO_set_flags(bio, retryFlags)
                    return -1
                }
                return Int32(read)
            } == 1
            && BIO_meth_set_write(method) { bio, bytes, count in
                guard let bio, let bytes, count >= 0, let buffers = buffers(of: bio) else {
                    return -1
                }
                BIO_clear_flags(bio, retryFlags)
                buffers.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
                return count
            } == 1
            && BIO_meth_set_ctrl(method) { _, command, _, _ in
                // Nothing waits to be flushed, and of everything else this BIO knows nothing.
                command == BIO_CTRL_FLUSH ? 1 : 0
            } == 1
        guard isComplete else {
            BIO_meth_free(method)
            return nil
        }
        return method
    }()
}
