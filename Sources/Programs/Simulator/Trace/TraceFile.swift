/// The rows of a request trace: when each came, and how long its prompt and completion were.
struct TraceFile: Sendable {
    struct Row: Equatable, Sendable {
        /// Since the first row.
        var microseconds: Int64
        var promptTokens: Int64
        var completionTokens: Int64
    }

    /// What is wrong with a trace, and in which line.
    struct Defect: Error, CustomStringConvertible {
        var line: Int
        var reason: String

        var description: String { "line \(line): \(reason)" }
    }

    static let header = "TIMESTAMP,ContextTokens,GeneratedTokens"

    /// At least two rows, oldest first.
    let rows: [Row]

    init(text: String) throws(Defect) {
        var rows: [Row] = []
        var first: Int64?
        for (index, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            if index == 0 {
                guard line == Self.header else {
                    throw Defect(line: 1, reason: "the header should be \(Self.header)")
                }
                continue
            }
            guard let row = Self.row(line) else {
                throw Defect(
                    line: index + 1,
                    reason:
                        "should be a time, prompt tokens and completion tokens; is the file cut off?"
                )
            }
            let start = first ?? row.microseconds
            first = start
            guard row.microseconds - start >= rows.last?.microseconds ?? 0 else {
                throw Defect(line: index + 1, reason: "is older than the line before it")
            }
            rows.append(
                Row(
                    microseconds: row.microseconds - start, promptTokens: row.promptTokens,
                    completionTokens: row.completionTokens))
        }
        guard rows.count >= 2 else {
            throw Defect(line: rows.count + 1, reason: "a trace needs at least two requests")
        }
        self.rows = rows
    }

    /// Microseconds from row `index` to the next one. After the last comes the first again, at a
    /// mean gap.
    func gap(after index: Int) -> Int64 {
        guard index + 1 < rows.count else {
            return max(1, (rows.last?.microseconds ?? 0) / Int64(rows.count))
        }
        return rows[index + 1].microseconds - rows[index].microseconds
    }

    /// A row with its time since 1970: `2023-11-16 18:15:46.6805900,374,44`.
    private static func row(_ line: Substring) -> Row? {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 3, let prompt = Int64(fields[1]), let completion = Int64(fields[2]),
            (0...10_000_000).contains(prompt), (0...10_000_000).contains(completion)
        else { return nil }
        let time = fields[0].split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(time.count),
            let seconds = CivilTime.seconds(ofRFC3339: "\(time[0])Z")
        else { return nil }
        var microseconds: Int64 = 0
        if time.count == 2 {
            let digits = time[1].prefix(6)
            guard let value = Int64(digits), value >= 0, !time[1].isEmpty else { return nil }
            microseconds = (digits.utf8.count..<6).reduce(value) { scaled, _ in scaled * 10 }
        }
        return Row(
            microseconds: seconds * 1_000_000 + microseconds, promptTokens: prompt,
            completionTokens: completion)
    }
}
