extension JSONValue {
    /// The document as text: on one line, or indented by two spaces.
    package func text(isIndented: Bool = false) -> String {
        var text = ""
        write(to: &text, isIndented: isIndented, depth: 0)
        return text
    }

    private func write(to text: inout String, isIndented: Bool, depth: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let digits): text += digits
        case .string(let value): Self.write(value, to: &text)
        case .array(let elements):
            Self.write(elements, "[", "]", to: &text, isIndented: isIndented, depth: depth) {
                $0.write(to: &$1, isIndented: isIndented, depth: depth + 1)
            }
        case .object(let members):
            Self.write(members, "{", "}", to: &text, isIndented: isIndented, depth: depth) {
                Self.write($0.name, to: &$1)
                $1 += isIndented ? ": " : ":"
                $0.value.write(to: &$1, isIndented: isIndented, depth: depth + 1)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], _ open: String, _ close: String, to text: inout String,
        isIndented: Bool, depth: Int, _ writeElement: (Element, inout String) -> Void
    ) {
        text += open
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            if isIndented { text += "\n" + String(repeating: "  ", count: depth + 1) }
            writeElement(element, &text)
        }
        if isIndented, !elements.isEmpty { text += "\n" + String(repeating: "  ", count: depth) }
        text += close
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            // Also what a terminal obeys beside ASCII: controls, and marks that end a line or turn what follows
            // around (UAX #9, section 2). A program reads the same text.
            case "\u{0}"..<"\u{20}", "\u{7f}"..."\u{9f}", "\u{61c}", "\u{200e}"..."\u{200f}",
                "\u{2028}"..."\u{202e}", "\u{2066}"..."\u{2069}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
