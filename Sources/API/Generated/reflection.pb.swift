// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/v1/reflection.proto

import CMessages
import CProtobufC
public import Wire

public struct GetSchemaRequest: WireMessage {
    public static let messageName = "tally.v1.GetSchemaRequest"

    public init() {}
}

public struct GetSchemaResponse: WireMessage {
    public static let messageName = "tally.v1.GetSchemaResponse"

    /// A serialized google.protobuf.FileDescriptorSet, dependencies and comments included.
    public var fileDescriptorSet: [UInt8] = []

    public init() {}

    public init(
        fileDescriptorSet: [UInt8] = []
    ) {
        self.fileDescriptorSet = fileDescriptorSet
    }
}

extension GetSchemaRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetSchemaRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetSchemaRequest()
        tally__v1__get_schema_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetSchemaRequest>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetSchemaRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetSchemaRequest.self)
        tally__v1__get_schema_request__init(raw)
        return raw
    }
}

extension GetSchemaResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetSchemaResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    public func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try arena.lending(fileDescriptorSet) {
            try body(packed(in: arena))
        }
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetSchemaResponse()
        tally__v1__get_schema_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetSchemaResponse>) throws {
        self.fileDescriptorSet = MessageArena.bytes(raw.pointee.file_descriptor_set)
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetSchemaResponse> {
        let raw = arena.allocateMessage(Tally__V1__GetSchemaResponse.self)
        tally__v1__get_schema_response__init(raw)
        if !self.fileDescriptorSet.isEmpty {
            raw.pointee.file_descriptor_set = arena.copy(self.fileDescriptorSet)
        }
        return raw
    }
}

/// Describes everything served, so that a generic client can call any method. Needs no token.
public enum ReflectionServiceMethods {
    /// The descriptors of everything served.
    public enum GetSchema: RPCMethod {
        public typealias Request = GetSchemaRequest
        public typealias Response = GetSchemaResponse
        public static let name = "tally.v1.ReflectionService/GetSchema"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }
}
