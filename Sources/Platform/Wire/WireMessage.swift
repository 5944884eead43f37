/// A protobuf message as a Swift value. Every conformance is generated from `proto/`.
public protocol WireMessage: Sendable, Hashable {
    /// Full protobuf name, such as `tally.v1.Event`.
    static var messageName: String { get }

    /// The message with every field at its default.
    init()

    /// Parses a serialized message.
    /// - Throws: `WireError` where the bytes are not one, or a string in it is not UTF-8.
    init(serialized bytes: UnsafeRawBufferPointer) throws

    /// The message in protobuf's binary form.
    func serialized() -> [UInt8]
}

extension WireMessage {
    public init(serialized bytes: [UInt8]) throws {
        self = try bytes.withUnsafeBytes { try Self(serialized: $0) }
    }
}
