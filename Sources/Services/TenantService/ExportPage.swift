/// How many rows of a table are read at once: as many as come to about a megabyte, whatever their size.
struct ExportPage: Sendable {
    /// Key of the last row read; empty before the first.
    private(set) var lastKey = ""
    /// Rows to read next.
    private(set) var limit: Int

    /// Bytes of rows that one read is to come to, and that one message has at most, unless a row alone
    /// has more.
    static let byteCount = 1 << 20
    private let limitMax: Int

    /// - Parameter limitMax: of rows, where those of a table can be as large as blocks of events.
    init(limitMax: Int = 4096) {
        self.limitMax = limitMax
        limit = min(64, limitMax)
    }

    /// What was read; false where it was the end.
    mutating func follow(_ rows: [ExportedRow]) -> Bool {
        guard rows.count == limit, let last = rows.last else { return false }
        lastKey = last.key
        let bytes = rows.reduce(0) { $0 + $1.content.utf8.count }
        if bytes > Self.byteCount {
            limit = max(1, limit / 2)
        } else if bytes < Self.byteCount / 2 {
            limit = min(limitMax, limit * 2)
        }
        return true
    }

    /// Rows in order, cut into messages.
    static func parts(_ rows: [String]) -> [[String]] {
        var parts: [[String]] = []
        var part: [String] = []
        var bytes = 0
        for row in rows {
            if !part.isEmpty, bytes + row.utf8.count > byteCount {
                parts.append(part)
                part = []
                bytes = 0
            }
            part.append(row)
            bytes += row.utf8.count
        }
        if !part.isEmpty { parts.append(part) }
        return parts
    }
}
