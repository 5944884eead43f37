import API
import Wire

/// Decoders of the contract's messages: the generated ones over protobuf-c with `DecodeGuard`
/// before it, and the reflected one that shares no code with them.
///
/// Bytes 0 and 1 of an input choose the message, the rest is its serialized form.
enum MessageFuzz {
    /// Messages on a circle by the hash of their names: one that is added takes a part of its
    /// neighbour's inputs, and all others keep theirs.
    private static let types = EveryMessage.types
        .map { (hash: hash($0.messageName), type: $0) }
        .sorted { $0.hash < $1.hash }
    private static let schema = try? ReflectedSchema(
        fileDescriptorSet: TallySchema.fileDescriptorSet)

    static func run(_ input: [UInt8]) throws(FuzzFind) {
        var input = FuzzInput(input)
        let choice = UInt16(input.byte()) << 8 | UInt16(input.byte())
        guard let schema, let type = types.last(where: { $0.hash <= choice }) ?? types.last else {
            throw FuzzFind("there is no schema")
        }
        try check(type.type, input.rest(), schema)
    }

    private static func check<Message: WireMessage>(
        _: Message.Type, _ bytes: [UInt8], _ schema: ReflectedSchema
    ) throws(FuzzFind) {
        let name = Message.messageName
        let reflected = try? schema.decode(bytes, as: name)
        guard let message = try? Message(serialized: bytes) else { return }
        let written = message.serialized()
        guard let again = try? Message(serialized: written) else {
            // What the bytes had beyond the message allowed for more memory than the message itself.
            try demand(
                written.count < bytes.count && written.count > 1024,
                "\(name): what was written is refused")
            return
        }
        try demand(again == message, "\(name): what was written is another message")
        try demand(again.serialized() == written, "\(name): what was written changes")
        // Refused by reflection alone: times that are no dates, which JSON cannot say.
        guard let reflected else { return }
        // protobuf-c forgets numbers of a part when the next one of the same message comes.
        if isInParts(bytes[...], name, schema) { return }
        guard let encoded = try? schema.encode(reflected, as: name) else {
            throw FuzzFind("\(name): reflection cannot write what it read")
        }
        try demand(encoded == written, "\(name): reflection writes another message")
    }

    /// Whether a message that may stand once stands several times, which are parts of one. No
    /// serializer writes that.
    private static func isInParts(
        _ bytes: ArraySlice<UInt8>, _ name: String, _ schema: ReflectedSchema
    ) -> Bool {
        guard let fields = try? schema.message(named: name).fields else { return false }
        var reader = ProtobufReader(bytes, messageName: name)
        var seen = Set<Int>()
        while let found = try? reader.next() {
            guard let field = fields.first(where: { $0.number == found.number }),
                field.kind == .message, case .bytes(let part) = found.value
            else { continue }
            let isSecond = !seen.insert(found.number).inserted
            if isSecond && !field.isRepeated || isInParts(part, field.typeName, schema) {
                return true
            }
        }
        return false
    }

    /// FNV-1a, folded to 16 bits.
    static func hash(_ name: String) -> UInt16 {
        var hash: UInt32 = 2_166_136_261
        for byte in name.utf8 {
            hash = (hash ^ UInt32(byte)) &* 16_777_619
        }
        return UInt16(truncatingIfNeeded: hash ^ hash >> 16)
    }
}
