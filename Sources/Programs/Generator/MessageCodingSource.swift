import Wire

/// The Swift that carries a message to protobuf-c and back.
struct MessageCodingSource {
    let message: MessageDescriptor
    let access: String

    private var cType: String { CName.type(message.fullName) }
    private var cFunction: String { CName.function(message.fullName) }

    func write(to source: inout SourceText) throws {
        let fields = try message.fields.map { try MessageField($0, of: message) }
        source.block("extension \(SwiftName.qualified(message.fullName))") { source in
            source.line("\(access) init(")
            source.line("    serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena")
            source.block(") throws") { source in
                source.line("let descriptor = Self.descriptor")
                source.line("try DecodeGuard.check(")
                source.line("    bytes, descriptor: descriptor, messageName: Self.messageName)")
                source.line("let raw = try arena.unpack(")
                source.line("    bytes, as: \(cType).self, descriptor: descriptor,")
                source.line("    messageName: Self.messageName)")
                source.line("self = try withExtendedLifetime(arena) { try Self(raw) }")
            }
            source.line()
            source.block(
                "\(access) func packed(in arena: MessageArena) -> PackedMessage"
            ) { source in
                source.line("PackedMessage(pack(into: arena))")
            }
            writeLending(fields, to: &source)
            source.line()
            // The address of a C global cannot be had in Swift without copying what is there.
            source.line("/// protobuf-c's description of the message, at its own address.")
            source.block("static var descriptor: UnsafePointer<ProtobufCMessageDescriptor>") {
                source in
                source.line("var raw = \(cType)()")
                source.line("\(cFunction)__init(&raw)")
                source.line("return raw.base.descriptor")
            }
            source.line()
            source.line("/// The value of an unpacked message.")
            source.block("init(_ raw: UnsafePointer<\(cType)>) throws") { source in
                writeReading(fields, to: &source)
            }
            source.line()
            source.line("/// The message as protobuf-c packs it; it lives as long as the arena.")
            source.block(
                "func pack(into arena: MessageArena) -> UnsafeMutablePointer<\(cType)>"
            ) { source in
                source.line("let raw = arena.allocateMessage(\(cType).self)")
                source.line("\(cFunction)__init(raw)")
                writeWriting(fields, to: &source)
                source.line("return raw")
            }
        }
    }

    /// The first field of bytes, which is where a message is large, is not copied for packing.
    private func writeLending(_ fields: [MessageField], to source: inout SourceText) {
        guard
            let field = fields.first(where: {
                $0.descriptor.kind == .bytes && $0.descriptor.oneofIndex == nil
            })
        else { return }
        source.line()
        source.line("\(access) func withPacked<Result>(")
        source.line("    in arena: MessageArena, _ body: (PackedMessage) throws -> Result")
        source.block(") rethrows -> Result") { source in
            source.block("try arena.lending(\(SwiftName.escaped(field.name)))") { source in
                source.line("try body(packed(in: arena))")
            }
        }
    }

    private func writeReading(_ fields: [MessageField], to source: inout SourceText) {
        for field in fields where field.descriptor.oneofIndex == nil {
            source.line("self.\(SwiftName.escaped(field.name)) = \(field.read())")
        }
        for (index, oneof) in message.oneofs.enumerated() {
            let name = SwiftName.escaped(SwiftName.property(oneof.name))
            source.block("switch raw.pointee.\(CName.lower(oneof.name))_case") { source in
                for field in fields where field.descriptor.oneofIndex == index {
                    source.line("case \(oneofCase(oneof, field)):")
                    let value = field.read()
                    let isMessage = field.descriptor.kind == .message
                    let escaped = SwiftName.escaped(field.name)
                    source.line(
                        isMessage
                            ? "    self.\(name) = (\(value)).map { .\(escaped)($0) }"
                            : "    self.\(name) = .\(escaped)(\(value))")
                }
                source.line("default: break")
            }
        }
    }

    private func writeWriting(_ fields: [MessageField], to source: inout SourceText) {
        for field in fields where field.descriptor.oneofIndex == nil {
            let name = SwiftName.escaped(field.name)
            let kind = field.descriptor.kind
            if field.descriptor.isRepeated || kind == .string || kind == .bytes {
                source.block("if !self.\(name).isEmpty") { field.write("self.\(name)", to: &$0) }
            } else if kind == .message {
                source.block("if let value = self.\(name)") { field.write("value", to: &$0) }
            } else {
                field.write("self.\(name)", to: &source)
            }
        }
        for (index, oneof) in message.oneofs.enumerated() {
            let name = SwiftName.escaped(SwiftName.property(oneof.name))
            source.block("switch self.\(name)") { source in
                for field in fields where field.descriptor.oneofIndex == index {
                    source.line("case .\(SwiftName.escaped(field.name))(let value):")
                    let member = CName.lower(oneof.name) + "_case"
                    source.line("raw.pointee.\(member) = \(oneofCase(oneof, field))")
                    field.write("value", to: &source)
                }
                source.line("case nil: break")
            }
        }
    }

    private func oneofCase(_ oneof: OneofDescriptor, _ field: MessageField) -> String {
        CName.oneofCase(
            message.fullName, oneof: oneof.name, field: field.descriptor.name)
    }
}
