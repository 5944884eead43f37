/// A protobuf message as a Swift value. Every conformance is generated from `proto/`.
public protocol WireMessage: Sendable, Hashable {
    /// Full protobuf name, such as `tally.v1.Event`.
    static var messageName: String { get }

    /// The message with every field at its default.
    init()

    /// Parses a serialized message.
    /// - Parameter arena: Holds what parsing needs meanwhile.
    /// - Throws: `WireError` where the bytes are not one, or a string in it is not UTF-8.
    init(serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena) throws

    /// The message as it is about to be written.
    /// - Parameter arena: Holds it.
    func packed(in arena: MessageArena) -> PackedMessage

    /// Gives `body` the message as it is about to be written; nothing of it may leave `body`. Faster
    /// than `packed` where a field of bytes is large.
    /// - Parameter arena: Holds it.
    func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result
}

extension WireMessage {
    public init(serialized bytes: UnsafeRawBufferPointer) throws {
        try self.init(serialized: bytes, in: MessageArena())
    }

    public init(serialized bytes: [UInt8]) throws {
        try self.init(serialized: bytes, in: MessageArena())
    }

    package init(serialized bytes: [UInt8], in arena: MessageArena) throws {
        self = try bytes.withUnsafeBytes { try Self(serialized: $0, in: arena) }
    }

    /// The message in protobuf's binary form.
    public func serialized() -> [UInt8] {
        serialized(in: MessageArena())
    }

    package func serialized(in arena: MessageArena) -> [UInt8] {
        withPacked(in: arena) { $0.bytes }
    }

    public func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(arena) { try body(packed(in: arena)) }
    }
}
