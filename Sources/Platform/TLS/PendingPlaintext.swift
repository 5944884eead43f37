import NIOCore

/// What is written and not yet encrypted: one run of bytes, however many writes it came in.
struct PendingPlaintext {
    // With its head and tag a record of this stays below 16 KiB, and so does its buffer.
    private static let byteCountMax = TLSSession.recordByteCountMax - 64

    private var bytes: ByteBuffer?
    private var promise: EventLoopPromise<Void>?

    var byteCount: Int { bytes?.readableBytes ?? 0 }

    /// Whether there is enough for a record.
    var isFull: Bool { byteCount >= Self.byteCountMax }

    /// Whether `more` goes into the same record, or has one to itself anyway.
    func hasRoom(for more: ByteBuffer) -> Bool {
        bytes == nil || byteCount + more.readableBytes <= Self.byteCountMax
    }

    /// Adds one write. A single one is not copied.
    mutating func append(_ more: ByteBuffer, promise: EventLoopPromise<Void>?) {
        if bytes == nil {
            bytes = more
        } else {
            bytes?.writeImmutableBuffer(more)
        }
        if let promise {
            self.promise.setOrCascade(to: promise)
        }
    }

    /// All of it; nil for no write. The promise is told of the end of every one.
    mutating func take() -> (bytes: ByteBuffer, promise: EventLoopPromise<Void>?)? {
        guard let bytes else { return nil }
        defer { self = PendingPlaintext() }
        return (bytes, promise)
    }
}
