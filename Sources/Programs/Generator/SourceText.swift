/// Source code as it grows, line by line, indented.
struct SourceText {
    static let columnMax = 100

    private(set) var lines: [String] = []
    private var depth = 0

    var text: String { lines.joined(separator: "\n") + "\n" }

    mutating func line(_ text: String = "") {
        lines.append(text.isEmpty ? "" : String(repeating: " ", count: 4 * depth) + text)
    }

    /// `head {`, what `body` writes, and `}`.
    mutating func block(_ head: String, _ body: (inout SourceText) -> Void) {
        line(head + " {")
        depth += 1
        body(&self)
        depth -= 1
        line("}")
    }

    /// A documentation comment: lines that would be too long are broken between words, all others
    /// stay as they are.
    mutating func documentation(_ comment: String) {
        guard !comment.isEmpty else { return }
        let width = Self.columnMax - 4 * depth - "/// ".count
        for line in comment.split(separator: "\n", omittingEmptySubsequences: false) {
            for part in Self.wrapped(String(line), width: width) {
                self.line(part.isEmpty ? "///" : "/// " + part)
            }
        }
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        guard text.count > width else { return [text] }
        var result: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                result.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return result + [line]
    }
}
