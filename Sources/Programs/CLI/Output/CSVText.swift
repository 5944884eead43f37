/// Rows as RFC 4180 has them, without a cell that a spreadsheet would take for a formula.
enum CSVText {
    static func text(_ rows: [[String]]) -> String {
        rows.map { $0.map { field(unevaluated($0)) }.joined(separator: ",") + "\r\n" }.joined()
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
    /// one that begins like a formula, with or without apostrophes before it. A number with a sign is
    /// none.
    private static func unevaluated(_ text: String) -> String {
        beginsFormula(text) ? "'" + text : text
    }

    /// What `unevaluated` was given.
    static func evaluated(_ cell: String) -> String {
        cell.utf8.first == UInt8(ascii: "'") && beginsFormula(cell)
            ? String(decoding: cell.utf8.dropFirst(), as: UTF8.self) : cell
    }

    private static func beginsFormula(_ text: String) -> Bool {
        let rest = text.utf8.drop { $0 == UInt8(ascii: "'") }
        guard let first = rest.first, "=+-@\t\r".utf8.contains(first) else { return false }
        return !("+-".utf8.contains(first) && isNumber(rest.dropFirst()))
    }

    /// Digits, with at most one point among them.
    private static func isNumber(_ bytes: some Sequence<UInt8>) -> Bool {
        var digits = 0
        var points = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "."): points += 1
            default: return false
            }
        }
        return digits > 0 && points <= 1
    }
}
