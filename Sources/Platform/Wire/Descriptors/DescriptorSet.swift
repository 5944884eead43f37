/// What `.proto` files declare, comments included: a `google.protobuf.FileDescriptorSet`, read.
///
/// Of options only a method's `idempotency_level` is read; extensions and reserved ranges are left
/// out: nothing here depends on them.
package struct DescriptorSet: Sendable, Hashable {
    /// In dependency order.
    package var files: [FileDescriptor] = []

    /// - Throws: `WireError` where the bytes are not a descriptor set.
    package init(serialized bytes: [UInt8]) throws(WireError) {
        let name = "google.protobuf.FileDescriptorSet"
        var reader = ProtobufReader(bytes[...], messageName: name)
        while let field = try reader.next() {
            if field.number == 1 {
                files.append(try FileDescriptor(serialized: try field.bytes(in: name)))
            }
        }
    }

    /// Every message, nested ones included, in the order of declaration.
    package var messages: [MessageDescriptor] {
        files.flatMap(\.messages).flatMap(\.withNested)
    }

    /// Every enum, nested ones included.
    package var enums: [EnumDescriptor] {
        files.flatMap(\.enums) + messages.flatMap(\.enums)
    }

    package var services: [ServiceDescriptor] { files.flatMap(\.services) }
}

/// One `.proto` file.
package struct FileDescriptor: Sendable, Hashable {
    /// Path as imports write it, such as `tally/v1/common.proto`.
    package var name = ""
    /// Package, such as `tally.v1`.
    package var packageName = ""
    package var messages: [MessageDescriptor] = []
    package var enums: [EnumDescriptor] = []
    package var services: [ServiceDescriptor] = []

    package init() {}
}

/// One message.
package struct MessageDescriptor: Sendable, Hashable {
    package var name = ""
    /// Such as `tally.v1.EventResult`.
    package var fullName = ""
    /// The comment above it, lines parted by newlines; empty without one.
    package var comment = ""
    /// In the order of declaration.
    package var fields: [FieldDescriptor] = []
    package var oneofs: [OneofDescriptor] = []
    package var messages: [MessageDescriptor] = []
    package var enums: [EnumDescriptor] = []

    package init() {}

    /// This message and all that are declared in it.
    package var withNested: [MessageDescriptor] {
        [self] + messages.flatMap(\.withNested)
    }
}

/// One field of a message.
package struct FieldDescriptor: Sendable, Hashable {
    /// Types by their number in `FieldDescriptorProto.Type`.
    package enum Kind: Int32, Sendable, Hashable {
        case double = 1
        case float
        case int64
        case uint64
        case int32
        case fixed64
        case fixed32
        case bool
        case string
        case group
        case message
        case bytes
        case uint32
        case enumeration
        case sfixed32
        case sfixed64
        case sint32
        case sint64
    }

    package var name = ""
    /// lowerCamelCase, as JSON has it.
    package var jsonName = ""
    package var number = 0
    package var kind = Kind.int32
    package var isRepeated = false
    /// Full name of the message or enum; empty for other kinds.
    package var typeName = ""
    /// Place of its oneof in the message's list.
    package var oneofIndex: Int?
    package var comment = ""

    package init() {}
}

/// A choice among fields.
package struct OneofDescriptor: Sendable, Hashable {
    package var name = ""
    package var comment = ""
}

/// One enum.
package struct EnumDescriptor: Sendable, Hashable {
    package var name = ""
    package var fullName = ""
    package var comment = ""
    package var values: [EnumValueDescriptor] = []
}

/// One value of an enum.
package struct EnumValueDescriptor: Sendable, Hashable {
    package var name = ""
    package var number: Int32 = 0
    package var comment = ""
}

/// One service.
package struct ServiceDescriptor: Sendable, Hashable {
    package var name = ""
    /// Such as `tally.v1.IngestionService`.
    package var fullName = ""
    package var comment = ""
    package var methods: [MethodDescriptor] = []

    package init() {}
}

/// One method of a service.
package struct MethodDescriptor: Sendable, Hashable {
    package var name = ""
    /// Such as `tally.v1.IngestionService/IngestEvents`.
    package var fullName = ""
    package var comment = ""
    /// Full name of the request message.
    package var requestType = ""
    /// Full name of the response message.
    package var responseType = ""
    package var isClientStreaming = false
    package var isServerStreaming = false
    /// `option idempotency_level`.
    package var idempotency = IdempotencyLevel.unknown

    package init() {}

    package var kind: CallKind {
        switch (isClientStreaming, isServerStreaming) {
        case (false, false): .unary
        case (false, true): .serverStreaming
        case (true, false): .clientStreaming
        case (true, true): .bidirectionalStreaming
        }
    }
}
