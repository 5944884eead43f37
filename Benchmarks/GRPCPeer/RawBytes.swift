import GRPCCore

/// Messages as the bytes they are: nothing is parsed or packed, which favours this peer.
struct RawBytes: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes {
        Bytes(message)
    }

    func deserialize<Bytes: GRPCContiguousBytes>(_ serializedMessageBytes: Bytes) throws -> [UInt8]
    {
        serializedMessageBytes.withUnsafeBytes { [UInt8]($0) }
    }
}

extension MethodDescriptor {
    static let echo = MethodDescriptor(
        fullyQualifiedService: "tally.benchmark.v1.EchoService", method: "Echo", type: .unary)
}
