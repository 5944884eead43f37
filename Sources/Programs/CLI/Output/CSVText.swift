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
}
