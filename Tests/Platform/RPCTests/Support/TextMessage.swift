import Wire

/// A message of one string, field 1: small enough to be encoded by hand.
struct TextMessage: WireMessage {
    static let messageName = "tally.test.Text"

    var text = ""

    init() {}

    init(_ text: String) {
        self.text = text
    }

    init(serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena) throws {
        guard !bytes.isEmpty else { return }
        // The length as a varint of up to four bytes, which is what tests send.
        var count = 0
        var index = 1
        while index < bytes.count {
            count |= Int(bytes[index] & 0x7F) << (7 * (index - 1))
            index += 1
            if bytes[index - 1] < 0x80 { break }
        }
        guard bytes[0] == 0x0A, count == bytes.count - index else {
            throw WireError.malformed(message: Self.messageName)
        }
        guard let text = String(validating: bytes[index...], as: UTF8.self) else {
            throw WireError.notUTF8(message: Self.messageName, field: "text")
        }
        self.text = text
    }

    func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(bytes: bytes)
    }

    private var bytes: [UInt8] {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = [0x0A]
        var count = text.utf8.count
        while count >= 0x80 {
            bytes.append(UInt8(count & 0x7F) | 0x80)
            count >>= 7
        }
        bytes.append(UInt8(count))
        return bytes + Array(text.utf8)
    }
}

/// Gives back what it gets.
enum Echo: RPCMethod {
    typealias Request = TextMessage
    typealias Response = TextMessage
    static let name = "tally.test.TestService/Echo"
    static let kind = CallKind.unary
}

/// Waits until a test lets it go or it is cancelled.
enum Wait: RPCMethod {
    typealias Request = TextMessage
    typealias Response = TextMessage
    static let name = "tally.test.TestService/Wait"
    static let kind = CallKind.unary
}

/// Fails as the request says.
enum Fail: RPCMethod {
    typealias Request = TextMessage
    typealias Response = TextMessage
    static let name = "tally.test.TestService/Fail"
    static let kind = CallKind.unary
}
