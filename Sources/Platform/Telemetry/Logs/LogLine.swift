package import Core

/// One JSON object on one line, built byte by byte: making it costs one allocation.
///
/// Keys are the caller's own words and written as they are; values and `quoted` keys are escaped, so
/// that a line stays a line whatever a peer sent.
package struct LogLine: Sendable {
    /// The line so far; whole, with its line feed, after `end()`.
    package private(set) var bytes: [UInt8] = []

    /// Room for an access line, so that building it allocates once.
    private static let capacity = 640

    /// Begins a line with what every line has.
    package init(time: Instant, level: StaticString, program: String, message: String) {
        bytes.reserveCapacity(Self.capacity)
        append("{\"time\":\"")
        UTCTimestamp.append(time, to: &bytes)
        append("\",\"level\":\"")
        append(level)
        append("\"")
        add("program", program)
        add("message", message)
    }

    /// Adds a field with a text.
    package mutating func add(_ key: StaticString, _ value: String) {
        appendKey(key)
        appendQuoted(value)
    }

    /// Adds a field with a text whose key is not known to be plain.
    package mutating func add(quoted key: String, _ value: String) {
        bytes.append(UInt8(ascii: ","))
        appendQuoted(key)
        bytes.append(UInt8(ascii: ":"))
        appendQuoted(value)
    }

    /// Adds a field with a whole number.
    package mutating func add(_ key: StaticString, number: Int64) {
        appendKey(key)
        DecimalDigits.append(number, to: &bytes)
    }

    /// Ends the line; nothing may be added to it any more.
    package mutating func end() {
        append("}\n")
    }

    private mutating func appendKey(_ key: StaticString) {
        append(",\"")
        append(key)
        append("\":")
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// RFC 8259, 7: quotation mark, reverse solidus and control characters must be escaped. DEL, the
    /// C1 controls and the two separators of Unicode are too, because some readers end a line there.
    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let isWritten = text.utf8.withContiguousStorageIfAvailable { text in
            guard Self.isPlain(text) else { return false }
            bytes.append(contentsOf: text)
            return true
        }
        if isWritten != true {
            for scalar in text.unicodeScalars { appendEscaped(scalar) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a JSON string holds all of `text` as it is: ASCII without what must be escaped. All
    /// bytes are looked at, many at once, which is faster than to stop at the first.
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var odd: UInt8 = 0
        for byte in text {
            odd |= byte &- 0x20 >= 0x5F ? 1 : 0
            odd |= byte == UInt8(ascii: "\"") ? 1 : 0
            odd |= byte == UInt8(ascii: "\\") ? 1 : 0
        }
        return odd == 0
    }

    private mutating func appendEscaped(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append("\\\"")
        case "\\": append("\\\\")
        case "\n": append("\\n")
        case "\r": append("\\r")
        case "\t": append("\\t")
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
            append("\\u")
            for shift in [12, 8, 4, 0] as [UInt32] {
                let digit = UInt8(truncatingIfNeeded: scalar.value >> shift & 15)
                bytes.append(
                    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        default: bytes.append(contentsOf: Unicode.UTF8.encode(scalar) ?? Self.replacement)
        }
    }

    /// U+FFFD, which stands for what has no UTF-8; no scalar is without.
    private static let replacement = Unicode.UTF8.encodedReplacementCharacter
}
