/// Rows as RFC 4180 has them.
enum CSVText {
    static func text(_ rows: [[String]]) -> String {
        rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        // A carriage return and a line feed are one Character; bytes tell them apart.
        let isPlain = !text.utf8.contains {
            [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0a, 0x0d].contains($0)
        }
        return isPlain
            ? text
            : "\""
                + text.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
    }

    /// A text of others as a cell that no spreadsheet takes for a formula: an apostrophe comes before
    /// one that begins like a formula, with or without apostrophes before it.
    static func unevaluated(_ text: String) -> String {
        beginsFormula(text) ? "'" + text : text
    }

    /// What `unevaluated` was given.
    static func evaluated(_ cell: String) -> String {
        cell.utf8.first == UInt8(ascii: "'") && beginsFormula(cell)
            ? String(decoding: cell.utf8.dropFirst(), as: UTF8.self) : cell
    }

    private static func beginsFormula(_ text: String) -> Bool {
        let first = text.utf8.drop { $0 == UInt8(ascii: "'") }.first
        return first.map { "=+-@\t\r".utf8.contains($0) } ?? false
    }
}
