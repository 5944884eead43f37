import Wire

/// Which fields the messages of a frame have, and how their values are written: the protocol's page
/// as a table, for a third reading beside ours and protobuf-c's.
///
/// protobuf-c takes some keys whose numbers are none, and flags that are written as anything.
indirect enum FrameShape {
    case varint
    case fixed64
    case bytes
    case text
    case message([Int: FrameShape])

    static let frame = message([
        1: varint, 2: hello, 3: open, 4: bytes, 5: message([:]), 6: close, 7: message([:]),
        8: message([1: varint]), 9: message([1: fixed64]), 10: message([1: fixed64]),
        11: message([1: varint, 2: text, 3: text]),
    ])
    private static let metadata = message([1: text, 2: bytes])
    private static let hello = message([
        1: varint, 2: varint, 3: varint, 4: varint, 5: text, 6: metadata,
    ])
    private static let open = message([
        1: text, 2: varint, 3: metadata, 4: bytes, 5: varint, 6: varint,
    ])
    private static let detail = message([1: text, 2: text, 3: text, 4: varint])
    private static let status = message([1: varint, 2: text, 3: detail])
    private static let close = message([1: status, 2: bytes, 3: varint, 4: metadata])

    /// Whether a value is written as the page has it, all within it too.
    func fits(_ value: ProtobufReader.Value) -> Bool {
        switch (self, value) {
        case (.varint, .varint), (.fixed64, .fixed64), (.bytes, .bytes), (.text, .bytes):
            return true
        case (.message(let fields), .bytes(let bytes)):
            var reader = ProtobufReader(bytes, messageName: "")
            do {
                while let field = try reader.next() {
                    guard fields[field.number]?.fits(field.value) ?? true else { return false }
                }
                return true
            } catch {
                return false
            }
        default: return false
        }
    }

    /// What of a frame's text is none.
    enum BrokenText {
        case nothing
        /// Another text took its place later, as the last of what stands several times counts.
        case replaced
        case standing
    }

    /// Of the frame's kinds, the last one counts.
    static func brokenText(of frame: [UInt8]) -> BrokenText {
        guard case .message(let kinds) = Self.frame else { return .nothing }
        var reader = ProtobufReader(frame[...], messageName: "")
        var last: ProtobufReader.Field?
        while let field = try? reader.next() {
            if field.number > 1, kinds[field.number] != nil { last = field }
        }
        return last.flatMap { kinds[$0.number]?.brokenText(in: $0.value) } ?? .nothing
    }

    private func brokenText(in value: ProtobufReader.Value) -> BrokenText {
        guard case .bytes(let bytes) = value else { return .nothing }
        switch self {
        case .varint, .fixed64, .bytes:
            return .nothing
        case .text:
            let isText = !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
            return isText ? .nothing : .standing
        case .message(let fields):
            var reader = ProtobufReader(bytes, messageName: "")
            var texts: [Int: BrokenText] = [:]
            var others: [BrokenText] = []
            while let field = try? reader.next() {
                guard let shape = fields[field.number] else { continue }
                let found = shape.brokenText(in: field.value)
                guard case .text = shape else {
                    others.append(found)
                    continue
                }
                if texts[field.number] == .standing { others.append(.replaced) }
                texts[field.number] = found
            }
            let all = others + texts.values
            if all.contains(.standing) { return .standing }
            return all.contains(.replaced) ? .replaced : .nothing
        }
    }
}
