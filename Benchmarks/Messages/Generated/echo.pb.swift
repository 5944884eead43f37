// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/benchmark/v1/echo.proto

import CBenchmarkMessages
import CProtobufC
package import Wire

/// Bytes that mean nothing.
package struct EchoMessage: WireMessage {
    package static let messageName = "tally.benchmark.v1.EchoMessage"

    /// Any bytes.
    package var payload: [UInt8] = []

    package init() {}

    package init(
        payload: [UInt8] = []
    ) {
        self.payload = payload
    }
}

/// Asks for a stream of messages.
package struct RepeatRequest: WireMessage {
    package static let messageName = "tally.benchmark.v1.RepeatRequest"

    /// How many messages.
    package var count: UInt32 = 0
    /// Bytes of the payload of each; all have the value 0x5A.
    package var payloadByteCount: UInt32 = 0

    package init() {}

    package init(
        count: UInt32 = 0, payloadByteCount: UInt32 = 0
    ) {
        self.count = count
        self.payloadByteCount = payloadByteCount
    }
}

extension EchoMessage {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Benchmark__V1__EchoMessage.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    package func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try arena.lending(payload) {
            try body(packed(in: arena))
        }
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Benchmark__V1__EchoMessage()
        tally__benchmark__v1__echo_message__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Benchmark__V1__EchoMessage>) throws {
        self.payload = MessageArena.bytes(raw.pointee.payload)
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Benchmark__V1__EchoMessage> {
        let raw = arena.allocateMessage(Tally__Benchmark__V1__EchoMessage.self)
        tally__benchmark__v1__echo_message__init(raw)
        if !self.payload.isEmpty {
            raw.pointee.payload = arena.copy(self.payload)
        }
        return raw
    }
}

extension RepeatRequest {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Benchmark__V1__RepeatRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Benchmark__V1__RepeatRequest()
        tally__benchmark__v1__repeat_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Benchmark__V1__RepeatRequest>) throws {
        self.count = raw.pointee.count
        self.payloadByteCount = raw.pointee.payload_byte_count
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Benchmark__V1__RepeatRequest>
    {
        let raw = arena.allocateMessage(Tally__Benchmark__V1__RepeatRequest.self)
        tally__benchmark__v1__repeat_request__init(raw)
        raw.pointee.count = self.count
        raw.pointee.payload_byte_count = self.payloadByteCount
        return raw
    }
}

/// What the benchmarks of the transport call; no program serves it.
package enum EchoServiceMethods {
    /// Gives back what it gets.
    package enum Echo: RPCMethod {
        package typealias Request = EchoMessage
        package typealias Response = EchoMessage
        package static let name = "tally.benchmark.v1.EchoService/Echo"
        package static let kind = CallKind.unary
        package static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Sends so many messages as the request says.
    package enum Repeat: RPCMethod {
        package typealias Request = RepeatRequest
        package typealias Response = EchoMessage
        package static let name = "tally.benchmark.v1.EchoService/Repeat"
        package static let kind = CallKind.serverStreaming
        package static let idempotency = IdempotencyLevel.noSideEffects
    }
}
