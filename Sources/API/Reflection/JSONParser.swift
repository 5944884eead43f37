/// Why a text is not JSON, and where.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package let problem: String
    /// Offset in bytes.
    package let offset: Int

    package var description: String { "\(problem) (at byte \(offset))" }
}

extension JSONValue {
    /// Parses a whole document: RFC 8259, strictly, in UTF-8.
    ///
    /// An object that names a member twice is refused, since nobody could tell which one counts;
    /// so is a document that nests deeper than `depthMax`.
    package init(
        parsing bytes: some Collection<UInt8>, depthMax: Int = 64
    ) throws(JSONError) {
        var parser = JSONParser(bytes: Array(bytes), depthMax: depthMax)
        self = try parser.document()
    }

    package init(parsing text: String, depthMax: Int = 64) throws(JSONError) {
        try self.init(parsing: text.utf8, depthMax: depthMax)
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    let depthMax: Int
    private var position = 0
    private var depth = 0

    init(bytes: [UInt8], depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
    }

    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw error("something follows the value") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        guard let byte = peek() else { throw error("the text ends where a value should be") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try members())
        case UInt8(ascii: "["): return .array(try elements())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: break
        }
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        if take("null") { return .null }
        throw error("not a value")
    }

    private mutating func members() throws(JSONError) -> [JSONValue.Member] {
        try enter()
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipSpace()
        while !take("}") {
            if !members.isEmpty, !take(",") { throw error("a comma or } should be here") }
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw error("a name should be here") }
            let name = try string()
            // Most objects are small, and comparing is cheaper than hashing there.
            if members.count == 16 { names = Set(members.map(\.name)) }
            let isNew =
                members.count < 16
                ? !members.contains { $0.name == name } : names.insert(name).inserted
            guard isNew else { throw error("\"\(name)\" stands twice") }
            skipSpace()
            guard take(":") else { throw error("a colon should be here") }
            members.append(JSONValue.Member(name, try value()))
            skipSpace()
        }
        depth -= 1
        return members
    }

    private mutating func elements() throws(JSONError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        skipSpace()
        while !take("]") {
            if !elements.isEmpty, !take(",") { throw error("a comma or ] should be here") }
            elements.append(try value())
            skipSpace()
        }
        depth -= 1
        return elements
    }

    private mutating func enter() throws(JSONError) {
        guard depth < depthMax else { throw error("nested deeper than \(depthMax)") }
        depth += 1
        position += 1
    }

    private mutating func number() throws(JSONError) -> String {
        let start = position
        _ = take("-")
        if !take("0") {
            guard takeDigits() else { throw error("a digit should be here") }
        }
        if take("."), !takeDigits() { throw error("a digit should be here") }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard takeDigits() else { throw error("a digit should be here") }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        // What stands before the last escape; most strings have none and are copied once.
        var text: [UInt8] = []
        var start = position
        while true {
            guard let byte = peek() else { throw error("the text ends within a string") }
            switch byte {
            case UInt8(ascii: "\""):
                let rest = bytes[start..<position]
                let string =
                    text.isEmpty
                    ? String(validating: rest, as: UTF8.self)
                    : String(validating: text + rest, as: UTF8.self)
                guard let string else { throw error("the string is not UTF-8") }
                position += 1
                return string
            case UInt8(ascii: "\\"):
                text += bytes[start..<position]
                text += Array(String(try escape()).utf8)
                start = position
            case 0..<0x20: throw error("a control character stands unescaped in a string")
            default: position += 1
            }
        }
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        position += 1
        guard let byte = peek() else { throw error("the text ends within a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            guard unit < 0xdc00, take("\\u") else { throw error("half of a surrogate pair") }
            let low = try hexadecimal()
            guard (0xdc00...0xdfff).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
            else { throw error("half of a surrogate pair") }
            return scalar
        default: throw error("an unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        guard bytes.count - position >= 4 else { throw error("the text ends within a string") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("not four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for index in 0..<count where bytes[position + index] != text.utf8Start[index] {
            return false
        }
        position += count
        return true
    }

    private mutating func takeDigits() -> Bool {
        let start = position
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        return position > start
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            position += 1
        }
    }

    private func error(_ problem: String) -> JSONError {
        JSONError(problem: problem, offset: position)
    }
}
