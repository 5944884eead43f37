/// Reads one JSON text (RFC 8259) exactly, without rounding a number.
///
/// It refuses what other readers guess at: a duplicate name, text after the value, nesting beyond
/// `depthMax`, bytes that are not UTF-8.
package struct ExactJSONReader {
    /// Levels of arrays and objects; reports of providers have six.
    package static let depthMax = 32

    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The value that `bytes` hold.
    package static func parse(_ bytes: [UInt8]) throws(ExactJSONError) -> ExactJSON {
        var reader = ExactJSONReader(bytes)
        reader.skipSpace()
        let value = try reader.readValue()
        reader.skipSpace()
        guard reader.offset == bytes.count else {
            throw .syntax(offset: reader.offset)
        }
        return value
    }

    private mutating func readValue() throws(ExactJSONError) -> ExactJSON {
        switch try peek() {
        case UInt8(ascii: "{"):
            return try nested { reader throws(ExactJSONError) in try reader.readObject() }
        case UInt8(ascii: "["):
            return try nested { reader throws(ExactJSONError) in try reader.readArray() }
        case UInt8(ascii: "\""):
            return .string(try readString())
        case UInt8(ascii: "t"):
            return try readWord("true", .bool(true))
        case UInt8(ascii: "f"):
            return try readWord("false", .bool(false))
        case UInt8(ascii: "n"):
            return try readWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try readNumber())
        default:
            throw .syntax(offset: offset)
        }
    }

    private mutating func nested(
        _ read: (inout ExactJSONReader) throws(ExactJSONError) -> ExactJSON
    ) throws(ExactJSONError) -> ExactJSON {
        guard depth < Self.depthMax else { throw .tooDeep }
        depth += 1
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func readObject() throws(ExactJSONError) -> ExactJSON {
        offset += 1
        var fields: [String: ExactJSON] = [:]
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            offset += 1
            return .object(fields)
        }
        while true {
            guard try peek() == UInt8(ascii: "\"") else { throw .syntax(offset: offset) }
            let name = try readString()
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw .syntax(offset: offset) }
            offset += 1
            skipSpace()
            let value = try readValue()
            guard fields.updateValue(value, forKey: name) == nil else {
                throw .duplicateName(name)
            }
            if try readSeparator(end: UInt8(ascii: "}")) { return .object(fields) }
        }
    }

    private mutating func readArray() throws(ExactJSONError) -> ExactJSON {
        offset += 1
        var values: [ExactJSON] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            offset += 1
            return .array(values)
        }
        while true {
            values.append(try readValue())
            if try readSeparator(end: UInt8(ascii: "]")) { return .array(values) }
        }
    }

    /// Reads the comma or the end after a member; true at the end.
    private mutating func readSeparator(end: UInt8) throws(ExactJSONError) -> Bool {
        skipSpace()
        let byte = try peek()
        guard byte == end || byte == UInt8(ascii: ",") else { throw .syntax(offset: offset) }
        offset += 1
        if byte == end { return true }
        skipSpace()
        return false
    }

    private mutating func readWord(
        _ word: StaticString, _ value: ExactJSON
    ) throws(ExactJSONError) -> ExactJSON {
        for index in 0..<word.utf8CodeUnitCount {
            guard try peek() == word.utf8Start[index] else { throw .syntax(offset: offset) }
            offset += 1
        }
        return value
    }

    /// number = [ minus ] int [ frac ] [ exp ] (RFC 8259, section 6).
    private mutating func readNumber() throws(ExactJSONError) -> String {
        let start = offset
        if try peek() == UInt8(ascii: "-") { offset += 1 }
        if try peek() == UInt8(ascii: "0") {
            offset += 1
        } else {
            try readDigits()
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try readDigits()
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            let sign = try peek()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset += 1 }
            try readDigits()
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// One digit or more.
    private mutating func readDigits() throws(ExactJSONError) {
        guard Self.isDigit(try peek()) else { throw .syntax(offset: offset) }
        while offset < bytes.count, Self.isDigit(bytes[offset]) { offset += 1 }
    }

    private mutating func readString() throws(ExactJSONError) -> String {
        offset += 1
        let start = offset
        // Nearly every string has no escape; those are taken in one piece.
        while try peek() != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\") {
            guard bytes[offset] >= 0x20 else { throw .syntax(offset: offset) }
            offset += 1
        }
        if bytes[offset] == UInt8(ascii: "\"") {
            offset += 1
            return try text(bytes[start..<(offset - 1)], at: start)
        }
        var unescaped = Array(bytes[start..<offset])
        while try peek() != UInt8(ascii: "\"") {
            let byte = bytes[offset]
            guard byte >= 0x20 else { throw .syntax(offset: offset) }
            offset += 1
            if byte == UInt8(ascii: "\\") {
                try readEscape(into: &unescaped)
            } else {
                unescaped.append(byte)
            }
        }
        offset += 1
        return try text(unescaped[...], at: start)
    }

    private func text(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(ExactJSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .syntax(offset: offset)
        }
        return text
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(ExactJSONError) {
        let byte = try peek()
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try readScalar()).utf8)
        default: throw .syntax(offset: offset - 1)
        }
    }

    /// The scalar of a `\u` escape, or of the surrogate pair that two of them form.
    private mutating func readScalar() throws(ExactJSONError) -> Character {
        let start = offset
        var code = try readHex()
        if (0xD800..<0xDC00).contains(code) {
            guard try peek() == UInt8(ascii: "\\") else { throw .syntax(offset: start) }
            offset += 1
            guard try peek() == UInt8(ascii: "u") else { throw .syntax(offset: start) }
            offset += 1
            let low = try readHex()
            guard (0xDC00..<0xE000).contains(low) else { throw .syntax(offset: start) }
            code = 0x1_0000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw .syntax(offset: start) }
        return Character(scalar)
    }

    private mutating func readHex() throws(ExactJSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else {
                throw .syntax(offset: offset)
            }
            code = code << 4 | UInt32(digit)
            offset += 1
        }
        return code
    }

    private func peek() throws(ExactJSONError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated }
        return bytes[offset]
    }

    private mutating func skipSpace() {
        while offset < bytes.count,
            bytes[offset] == 0x20 || (0x09...0x0A).contains(bytes[offset])
                || bytes[offset] == 0x0D
        {
            offset += 1
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
