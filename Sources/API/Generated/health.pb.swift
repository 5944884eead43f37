// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/v1/health.proto

import CMessages
import CProtobufC
public import Wire

/// Asks for nothing in particular.
public struct CheckRequest: WireMessage {
    public static let messageName = "tally.v1.CheckRequest"

    public init() {}
}

/// Whether the server can do its work.
public struct CheckResponse: WireMessage {
    /// Whether the server can do its work.
    public struct Status: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// The database answers and its migrations are current.
        public static let serving = Self(rawValue: 1)
        /// Calls would fail; detail says why.
        public static let notServing = Self(rawValue: 2)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .serving, .notServing,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "STATUS_UNSPECIFIED"
            case 1: "SERVING"
            case 2: "NOT_SERVING"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.CheckResponse"

    /// Whether the server can do its work.
    public var status: CheckResponse.Status = CheckResponse.Status(rawValue: 0)
    /// Why it does not serve, for people; empty while it serves.
    public var detail: String = ""

    public init() {}

    public init(
        status: CheckResponse.Status = CheckResponse.Status(rawValue: 0), detail: String = ""
    ) {
        self.status = status
        self.detail = detail
    }
}

extension CheckRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CheckRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CheckRequest()
        tally__v1__check_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CheckRequest>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__CheckRequest> {
        let raw = arena.allocateMessage(Tally__V1__CheckRequest.self)
        tally__v1__check_request__init(raw)
        return raw
    }
}

extension CheckResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CheckResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CheckResponse()
        tally__v1__check_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CheckResponse>) throws {
        self.status = CheckResponse.Status(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.status.rawValue))
        self.detail = try MessageArena.string(
            raw.pointee.detail, messageName: Self.messageName, field: "detail")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__CheckResponse> {
        let raw = arena.allocateMessage(Tally__V1__CheckResponse.self)
        tally__v1__check_response__init(raw)
        raw.pointee.status = .init(rawValue: .init(truncatingIfNeeded: self.status.rawValue))
        if !self.detail.isEmpty {
            raw.pointee.detail = arena.copy(self.detail)
        }
        return raw
    }
}

/// Tells whether this server can do its work. Needs no token.
public enum HealthServiceMethods {
    /// SERVING only when the database answers and its migrations are current.
    public enum Check: RPCMethod {
        public typealias Request = CheckRequest
        public typealias Response = CheckResponse
        public static let name = "tally.v1.HealthService/Check"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }
}
