/// A W3C trace context, `00-<trace id>-<parent id>-<flags>`.
package struct TraceParent: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero.
    package let parentID: String
    package let isSampled: Bool

    /// The trace that metadata names; nil where it names none.
    init?(_ metadata: CallMetadata) {
        guard let text = metadata.string("traceparent") else { return nil }
        self.init(text: text)
    }

    /// Reads the `traceparent` header; nil where it is not one, which is no error: a call without
    /// a trace is served like any other.
    package init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        // A later version may append parts; version ff is forbidden.
        guard parts.count >= 4, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            Self.isHexadecimal(parts[0], count: 2), Self.isIdentifier(parts[1], count: 32),
            Self.isIdentifier(parts[2], count: 16), Self.isHexadecimal(parts[3], count: 2),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        traceID = String(parts[1])
        parentID = String(parts[2])
        isSampled = flags & 1 == 1
    }

    private static func isIdentifier(_ text: Substring, count: Int) -> Bool {
        isHexadecimal(text, count: count) && text.contains { $0 != "0" }
    }

    private static func isHexadecimal(_ text: Substring, count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
