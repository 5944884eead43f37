/// Columns for people.
struct Table {
    /// Where a column's cells stand.
    enum Alignment {
        case left
        case right
        /// Points under points.
        case decimal
    }

    struct Column {
        let title: String
        let alignment: Alignment

        init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []
    /// Rows above which a line is drawn.
    private var ruled: Set<Int> = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    /// A line between what was added and what follows.
    mutating func rule() {
        ruled.insert(rows.count)
    }

    var text: String {
        let cells = columns.indices.map { aligned(column: $0) }
        let widths = columns.indices.map { column in
            max(Self.width(columns[column].title), cells[column].map(Self.width).max() ?? 0)
        }
        let line = widths.map { String(repeating: "─", count: $0) }.joined(separator: "──")
        var lines = [
            row(columns.indices.map { padded(columns[$0].title, $0, widths[$0]) }), line,
        ]
        for index in rows.indices {
            if ruled.contains(index) { lines.append(line) }
            lines.append(row(columns.indices.map { padded(cells[$0][index], $0, widths[$0]) }))
        }
        return lines.joined(separator: "\n")
    }

    private func row(_ cells: [String]) -> String {
        var line = cells.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }

    /// The cells of a column; decimals get room behind them until their points agree.
    private func aligned(column: Int) -> [String] {
        let cells = rows.map { column < $0.count ? Self.printable($0[column]) : "" }
        guard columns[column].alignment == .decimal else { return cells }
        let tails = cells.map { cell in
            cell.firstIndex(of: ".").map { cell.distance(from: $0, to: cell.endIndex) } ?? 0
        }
        let tailMax = tails.max() ?? 0
        return zip(cells, tails).map { cell, tail in
            cell.isEmpty ? "" : cell + String(repeating: " ", count: tailMax - tail)
        }
    }

    private func padded(_ cell: String, _ column: Int, _ width: Int) -> String {
        let space = String(repeating: " ", count: max(0, width - Self.width(cell)))
        return columns[column].alignment == .left ? cell + space : space + cell
    }

    /// Without control characters, and without marks that end a line or turn what follows around: names come from
    /// others, and a terminal obeys them.
    static func printable(_ text: String) -> String {
        printable(text, keeping: nil)
    }

    /// The same of each line.
    static func printableLines(_ text: String) -> String {
        printable(text, keeping: "\n")
    }

    private static func printable(_ text: String, keeping kept: Unicode.Scalar?) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0 != kept && acts($0) ? "\u{fffd}" : $0 }))
    }

    private static func acts(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        // UAX #9, section 2: embeddings, overrides, isolates and implicit marks.
        case "\u{61c}", "\u{200e}"..."\u{200f}", "\u{202a}"..."\u{202e}",
            "\u{2066}"..."\u{2069}", "\u{2028}"..."\u{2029}":
            true
        default: scalar.properties.generalCategory == .control
        }
    }

    /// Columns that a text takes; East Asian characters and emoji take two.
    private static func width(_ text: String) -> Int {
        text.reduce(0) { width, character in
            let isWide = character.unicodeScalars.contains {
                (0x1100...0x115f).contains($0.value) || (0x2e80...0xa4cf).contains($0.value)
                    || (0xac00...0xd7a3).contains($0.value)
                    || (0xf900...0xfaff).contains($0.value)
                    || (0xfe30...0xfe6f).contains($0.value)
                    || (0xff00...0xff60).contains($0.value)
                    || (0x1f300...0x1faff).contains($0.value)
            }
            return width + (isWide ? 2 : 1)
        }
    }
}
