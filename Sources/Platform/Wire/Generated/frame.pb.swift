// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/rpc/v1/frame.proto

import CFrame
import CProtobufC

/// One frame of a connection; on the wire it follows its length as a big-endian uint32.
package struct Frame: WireMessage {
    /// What the frame says; the rules of each stand in proto/README.md.
    package enum Kind: Hashable, Sendable {
        /// Begins the connection; stream 0.
        case hello(Hello)
        /// Begins a call.
        case open(Open)
        /// A request or response message after the first.
        case message([UInt8])
        /// The client sends no further message.
        case halfClose(HalfClose)
        /// Ends a call; from the server.
        case close(Close)
        /// Gives a call up; from the client.
        case cancel(Cancel)
        /// Gives credit back.
        case window(Window)
        /// Asks for a Pong; stream 0.
        case ping(Ping)
        /// Answers a Ping; stream 0.
        case pong(Pong)
        /// Announces the end of the connection; stream 0.
        case goAway(GoAway)
    }

    package static let messageName = "tally.rpc.v1.Frame"

    /// The stream the frame belongs to; 0 is the connection itself.
    package var streamID: UInt32 = 0
    /// What the frame says; the rules of each stand in proto/README.md.
    package var kind: Kind?

    package init() {}

    package init(
        streamID: UInt32 = 0, kind: Kind? = nil
    ) {
        self.streamID = streamID
        self.kind = kind
    }
}

/// The first frame of either side, on stream 0. Zero means the default; announced values may only
/// be higher than the defaults.
package struct Hello: WireMessage {
    package static let messageName = "tally.rpc.v1.Hello"

    /// Version of the protocol: 1.
    package var version: UInt32 = 0
    /// Longest frame the sender accepts, in bytes. Default 4194304.
    package var maxFrameBytes: UInt32 = 0
    /// Streams open at once. Default 100.
    package var maxStreams: UInt32 = 0
    /// Credit of each stream at its start, in bytes. Default 262144.
    package var initialWindowBytes: UInt32 = 0
    /// Name and version of the sender.
    package var agent: String = ""
    /// Defaults for every call of the connection, such as `authorization`.
    package var metadata: [Metadata] = []

    package init() {}

    package init(
        version: UInt32 = 0, maxFrameBytes: UInt32 = 0, maxStreams: UInt32 = 0,
        initialWindowBytes: UInt32 = 0, agent: String = "", metadata: [Metadata] = []
    ) {
        self.version = version
        self.maxFrameBytes = maxFrameBytes
        self.maxStreams = maxStreams
        self.initialWindowBytes = initialWindowBytes
        self.agent = agent
        self.metadata = metadata
    }
}

/// Begins a call; the client sends it.
package struct Open: WireMessage {
    package static let messageName = "tally.rpc.v1.Open"

    /// Full name, such as `tally.v1.IngestionService/IngestEvents`.
    package var method: String = ""
    /// Milliseconds until the deadline, from arrival. 0: five minutes for unary calls, none for
    /// streams.
    package var timeoutMs: UInt32 = 0
    /// Metadata of this call; at most 64 entries and 16 KiB of keys and values. The connection's
    /// counts by itself.
    package var metadata: [Metadata] = []
    /// The first request message, where has_message is set.
    package var message: [UInt8] = []
    /// Whether `message` is there; an empty message is one.
    package var hasMessage: Bool = false
    /// Set where no further message follows.
    package var halfClose: Bool = false

    package init() {}

    package init(
        method: String = "", timeoutMs: UInt32 = 0, metadata: [Metadata] = [],
        message: [UInt8] = [], hasMessage: Bool = false, halfClose: Bool = false
    ) {
        self.method = method
        self.timeoutMs = timeoutMs
        self.metadata = metadata
        self.message = message
        self.hasMessage = hasMessage
        self.halfClose = halfClose
    }
}

/// The client sends no more messages on the stream.
package struct HalfClose: WireMessage {
    package static let messageName = "tally.rpc.v1.HalfClose"

    package init() {}
}

/// Ends a call; the server sends exactly one for each Open that it answers.
package struct Close: WireMessage {
    package static let messageName = "tally.rpc.v1.Close"

    /// How the call ended; absent means OK.
    package var status: Status?
    /// The response of a unary or client-streaming call, where has_message is set.
    package var message: [UInt8] = []
    /// Whether `message` is there; an empty message is one.
    package var hasMessage: Bool = false
    /// Metadata that is known only at the end.
    package var trailers: [Metadata] = []

    package init() {}

    package init(
        status: Status? = nil, message: [UInt8] = [], hasMessage: Bool = false,
        trailers: [Metadata] = []
    ) {
        self.status = status
        self.message = message
        self.hasMessage = hasMessage
        self.trailers = trailers
    }
}

/// How a call ended.
package struct Status: WireMessage {
    package static let messageName = "tally.rpc.v1.Status"

    /// One of gRPC's 17 canonical codes; 0 is OK.
    package var code: Int32 = 0
    /// For people.
    package var message: String = ""
    /// Exact causes, the decisive one first; empty where the code says all.
    package var details: [ErrorDetail] = []

    package init() {}

    package init(
        code: Int32 = 0, message: String = "", details: [ErrorDetail] = []
    ) {
        self.code = code
        self.message = message
        self.details = details
    }
}

/// One exact cause of an error.
package struct ErrorDetail: WireMessage {
    package static let messageName = "tally.rpc.v1.ErrorDetail"

    /// Stable, UPPER_SNAKE, for programs.
    package var reason: String = ""
    /// Path of the field at fault, such as `events[3].model`; empty where no single field is.
    package var field: String = ""
    /// What is wrong and how to mend it, for people.
    package var description: String = ""
    /// Milliseconds to wait before trying again; 0 where waiting does not help.
    package var retryAfterMs: UInt32 = 0

    package init() {}

    package init(
        reason: String = "", field: String = "", description: String = "", retryAfterMs: UInt32 = 0
    ) {
        self.reason = reason
        self.field = field
        self.description = description
        self.retryAfterMs = retryAfterMs
    }
}

/// One key with its value.
package struct Metadata: WireMessage {
    package static let messageName = "tally.rpc.v1.Metadata"

    /// Matches [a-z0-9-]{1,64}.
    package var key: String = ""
    /// Any bytes; UTF-8 for the keys that the server knows.
    package var value: [UInt8] = []

    package init() {}

    package init(
        key: String = "", value: [UInt8] = []
    ) {
        self.key = key
        self.value = value
    }
}

/// The client gives up a call; the server still answers with Close.
package struct Cancel: WireMessage {
    package static let messageName = "tally.rpc.v1.Cancel"

    package init() {}
}

/// Gives credit back.
package struct Window: WireMessage {
    package static let messageName = "tally.rpc.v1.Window"

    /// Bytes added to the stream's window, or to the connection's on stream 0.
    package var bytes: UInt32 = 0

    package init() {}

    package init(
        bytes: UInt32 = 0
    ) {
        self.bytes = bytes
    }
}

/// Asks for a Pong with the same number.
package struct Ping: WireMessage {
    package static let messageName = "tally.rpc.v1.Ping"

    /// Any number.
    package var opaque: UInt64 = 0

    package init() {}

    package init(
        opaque: UInt64 = 0
    ) {
        self.opaque = opaque
    }
}

/// Answers a Ping.
package struct Pong: WireMessage {
    package static let messageName = "tally.rpc.v1.Pong"

    /// The number of the Ping.
    package var opaque: UInt64 = 0

    package init() {}

    package init(
        opaque: UInt64 = 0
    ) {
        self.opaque = opaque
    }
}

/// The sender will answer no stream above last_stream_id.
package struct GoAway: WireMessage {
    package static let messageName = "tally.rpc.v1.GoAway"

    /// Highest stream id that the sender will still answer.
    package var lastStreamID: UInt32 = 0
    /// DRAIN, FRAME_TOO_LARGE, PROTOCOL_ERROR, UNSUPPORTED_VERSION, IDLE or TOO_MANY_CONNECTIONS.
    package var reason: String = ""
    /// For people.
    package var message: String = ""

    package init() {}

    package init(
        lastStreamID: UInt32 = 0, reason: String = "", message: String = ""
    ) {
        self.lastStreamID = lastStreamID
        self.reason = reason
        self.message = message
    }
}

extension Frame {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__Frame.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__Frame()
        tally__rpc__v1__frame__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__Frame>) throws {
        self.streamID = raw.pointee.stream_id
        switch raw.pointee.kind_case {
        case TALLY__RPC__V1__FRAME__KIND_HELLO:
            self.kind = (try raw.pointee.hello.map { try Hello($0) }).map { .hello($0) }
        case TALLY__RPC__V1__FRAME__KIND_OPEN:
            self.kind = (try raw.pointee.open.map { try Open($0) }).map { .open($0) }
        case TALLY__RPC__V1__FRAME__KIND_MESSAGE:
            self.kind = .message(MessageArena.bytes(raw.pointee.message))
        case TALLY__RPC__V1__FRAME__KIND_HALF_CLOSE:
            self.kind = (try raw.pointee.half_close.map { try HalfClose($0) }).map {
                .halfClose($0)
            }
        case TALLY__RPC__V1__FRAME__KIND_CLOSE:
            self.kind = (try raw.pointee.close.map { try Close($0) }).map { .close($0) }
        case TALLY__RPC__V1__FRAME__KIND_CANCEL:
            self.kind = (try raw.pointee.cancel.map { try Cancel($0) }).map { .cancel($0) }
        case TALLY__RPC__V1__FRAME__KIND_WINDOW:
            self.kind = (try raw.pointee.window.map { try Window($0) }).map { .window($0) }
        case TALLY__RPC__V1__FRAME__KIND_PING:
            self.kind = (try raw.pointee.ping.map { try Ping($0) }).map { .ping($0) }
        case TALLY__RPC__V1__FRAME__KIND_PONG:
            self.kind = (try raw.pointee.pong.map { try Pong($0) }).map { .pong($0) }
        case TALLY__RPC__V1__FRAME__KIND_GO_AWAY:
            self.kind = (try raw.pointee.go_away.map { try GoAway($0) }).map { .goAway($0) }
        default: break
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__Frame> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__Frame.self)
        tally__rpc__v1__frame__init(raw)
        raw.pointee.stream_id = self.streamID
        switch self.kind {
        case .hello(let value):
            raw.pointee.kind_case = TALLY__RPC__V1__FRAME__KIND_HELLO
            raw.pointee.hello = value.pack(into: arena)
        case .open(let value):
            raw.pointee.kind_case = TALLY__RPC__V1__FRAME__KIND_OPEN
            raw.pointee.open = value.pack(into: arena)
        case .message(let value):
            raw.pointee.kind_case = TALLY__RPC__V1__FRAME__KIND_MESSAGE
            raw.pointee.message = arena.copy(value)
        case .halfClose(let value):
            raw.pointee.kind_case = TALLY__RPC__V1__FRAME__KIND_HALF_CLOSE
            raw.pointee.half_close = value.pack(into: arena)
        case .close(let value):
            raw.pointee.kind_case = TALLY__RPC__V1__FRAME__KIND_CLOSE
            raw.pointee.close = value.pack(into: arena)
        case .cancel(let value):
            raw.pointee.kind_case = TALLY__RPC__V1__FRAME__KIND_CANCEL
            raw.pointee.cancel = value.pack(into: arena)
        case .window(let value):
            raw.pointee.kind_case = TALLY__RPC__V1__FRAME__KIND_WINDOW
            raw.pointee.window = value.pack(into: arena)
        case .ping(let value):
            raw.pointee.kind_case = TALLY__RPC__V1__FRAME__KIND_PING
            raw.pointee.ping = value.pack(into: arena)
        case .pong(let value):
            raw.pointee.kind_case = TALLY__RPC__V1__FRAME__KIND_PONG
            raw.pointee.pong = value.pack(into: arena)
        case .goAway(let value):
            raw.pointee.kind_case = TALLY__RPC__V1__FRAME__KIND_GO_AWAY
            raw.pointee.go_away = value.pack(into: arena)
        case nil: break
        }
        return raw
    }
}

extension Hello {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__Hello.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__Hello()
        tally__rpc__v1__hello__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__Hello>) throws {
        self.version = raw.pointee.version
        self.maxFrameBytes = raw.pointee.max_frame_bytes
        self.maxStreams = raw.pointee.max_streams
        self.initialWindowBytes = raw.pointee.initial_window_bytes
        self.agent = try MessageArena.string(
            raw.pointee.agent, messageName: Self.messageName, field: "agent")
        self.metadata = try MessageArena.values(raw.pointee.metadata, count: raw.pointee.n_metadata)
        { try Metadata($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__Hello> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__Hello.self)
        tally__rpc__v1__hello__init(raw)
        raw.pointee.version = self.version
        raw.pointee.max_frame_bytes = self.maxFrameBytes
        raw.pointee.max_streams = self.maxStreams
        raw.pointee.initial_window_bytes = self.initialWindowBytes
        if !self.agent.isEmpty {
            raw.pointee.agent = arena.copy(self.agent)
        }
        if !self.metadata.isEmpty {
            raw.pointee.n_metadata = self.metadata.count
            raw.pointee.metadata = arena.copy(self.metadata) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension Open {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__Open.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    package func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try arena.lending(message) {
            try body(packed(in: arena))
        }
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__Open()
        tally__rpc__v1__open__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__Open>) throws {
        self.method = try MessageArena.string(
            raw.pointee.method, messageName: Self.messageName, field: "method")
        self.timeoutMs = raw.pointee.timeout_ms
        self.metadata = try MessageArena.values(raw.pointee.metadata, count: raw.pointee.n_metadata)
        { try Metadata($0) }
        self.message = MessageArena.bytes(raw.pointee.message)
        self.hasMessage = raw.pointee.has_message != 0
        self.halfClose = raw.pointee.half_close != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__Open> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__Open.self)
        tally__rpc__v1__open__init(raw)
        if !self.method.isEmpty {
            raw.pointee.method = arena.copy(self.method)
        }
        raw.pointee.timeout_ms = self.timeoutMs
        if !self.metadata.isEmpty {
            raw.pointee.n_metadata = self.metadata.count
            raw.pointee.metadata = arena.copy(self.metadata) { $0.pack(into: arena) }
        }
        if !self.message.isEmpty {
            raw.pointee.message = arena.copy(self.message)
        }
        raw.pointee.has_message = self.hasMessage ? 1 : 0
        raw.pointee.half_close = self.halfClose ? 1 : 0
        return raw
    }
}

extension HalfClose {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__HalfClose.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__HalfClose()
        tally__rpc__v1__half_close__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__HalfClose>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__HalfClose> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__HalfClose.self)
        tally__rpc__v1__half_close__init(raw)
        return raw
    }
}

extension Close {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__Close.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    package func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try arena.lending(message) {
            try body(packed(in: arena))
        }
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__Close()
        tally__rpc__v1__close__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__Close>) throws {
        self.status = try raw.pointee.status.map { try Status($0) }
        self.message = MessageArena.bytes(raw.pointee.message)
        self.hasMessage = raw.pointee.has_message != 0
        self.trailers = try MessageArena.values(raw.pointee.trailers, count: raw.pointee.n_trailers)
        { try Metadata($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__Close> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__Close.self)
        tally__rpc__v1__close__init(raw)
        if let value = self.status {
            raw.pointee.status = value.pack(into: arena)
        }
        if !self.message.isEmpty {
            raw.pointee.message = arena.copy(self.message)
        }
        raw.pointee.has_message = self.hasMessage ? 1 : 0
        if !self.trailers.isEmpty {
            raw.pointee.n_trailers = self.trailers.count
            raw.pointee.trailers = arena.copy(self.trailers) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension Status {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__Status.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__Status()
        tally__rpc__v1__status__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__Status>) throws {
        self.code = raw.pointee.code
        self.message = try MessageArena.string(
            raw.pointee.message, messageName: Self.messageName, field: "message")
        self.details = try MessageArena.values(raw.pointee.details, count: raw.pointee.n_details) {
            try ErrorDetail($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__Status> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__Status.self)
        tally__rpc__v1__status__init(raw)
        raw.pointee.code = self.code
        if !self.message.isEmpty {
            raw.pointee.message = arena.copy(self.message)
        }
        if !self.details.isEmpty {
            raw.pointee.n_details = self.details.count
            raw.pointee.details = arena.copy(self.details) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension ErrorDetail {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__ErrorDetail.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__ErrorDetail()
        tally__rpc__v1__error_detail__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__ErrorDetail>) throws {
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.field = try MessageArena.string(
            raw.pointee.field, messageName: Self.messageName, field: "field")
        self.description = try MessageArena.string(
            raw.pointee.description, messageName: Self.messageName, field: "description")
        self.retryAfterMs = raw.pointee.retry_after_ms
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__ErrorDetail> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__ErrorDetail.self)
        tally__rpc__v1__error_detail__init(raw)
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        if !self.field.isEmpty {
            raw.pointee.field = arena.copy(self.field)
        }
        if !self.description.isEmpty {
            raw.pointee.description = arena.copy(self.description)
        }
        raw.pointee.retry_after_ms = self.retryAfterMs
        return raw
    }
}

extension Metadata {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__Metadata.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    package func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try arena.lending(value) {
            try body(packed(in: arena))
        }
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__Metadata()
        tally__rpc__v1__metadata__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__Metadata>) throws {
        self.key = try MessageArena.string(
            raw.pointee.key, messageName: Self.messageName, field: "key")
        self.value = MessageArena.bytes(raw.pointee.value)
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__Metadata> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__Metadata.self)
        tally__rpc__v1__metadata__init(raw)
        if !self.key.isEmpty {
            raw.pointee.key = arena.copy(self.key)
        }
        if !self.value.isEmpty {
            raw.pointee.value = arena.copy(self.value)
        }
        return raw
    }
}

extension Cancel {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__Cancel.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__Cancel()
        tally__rpc__v1__cancel__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__Cancel>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__Cancel> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__Cancel.self)
        tally__rpc__v1__cancel__init(raw)
        return raw
    }
}

extension Window {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__Window.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__Window()
        tally__rpc__v1__window__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__Window>) throws {
        self.bytes = raw.pointee.bytes
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__Window> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__Window.self)
        tally__rpc__v1__window__init(raw)
        raw.pointee.bytes = self.bytes
        return raw
    }
}

extension Ping {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__Ping.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__Ping()
        tally__rpc__v1__ping__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__Ping>) throws {
        self.opaque = raw.pointee.opaque
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__Ping> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__Ping.self)
        tally__rpc__v1__ping__init(raw)
        raw.pointee.opaque = self.opaque
        return raw
    }
}

extension Pong {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__Pong.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__Pong()
        tally__rpc__v1__pong__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__Pong>) throws {
        self.opaque = raw.pointee.opaque
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__Pong> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__Pong.self)
        tally__rpc__v1__pong__init(raw)
        raw.pointee.opaque = self.opaque
        return raw
    }
}

extension GoAway {
    package init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__Rpc__V1__GoAway.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    package func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__Rpc__V1__GoAway()
        tally__rpc__v1__go_away__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__Rpc__V1__GoAway>) throws {
        self.lastStreamID = raw.pointee.last_stream_id
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.message = try MessageArena.string(
            raw.pointee.message, messageName: Self.messageName, field: "message")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__Rpc__V1__GoAway> {
        let raw = arena.allocateMessage(Tally__Rpc__V1__GoAway.self)
        tally__rpc__v1__go_away__init(raw)
        raw.pointee.last_stream_id = self.lastStreamID
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        if !self.message.isEmpty {
            raw.pointee.message = arena.copy(self.message)
        }
        return raw
    }
}
