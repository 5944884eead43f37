/// One record of a CSV file (RFC 4180) as its cells.
struct CSVRow {
    let cells: [String]
    /// Whether the last cell stands in quotes, so that its end is certain without a line break.
    let isLastCellQuoted: Bool

    /// - Throws: `ROW_QUOTES_MALFORMED` where the record's cells cannot be told apart, and
    ///   `LINE_NOT_UTF8`.
    init(_ record: ArraySlice<UInt8>) throws(EventProblem) {
        var cells: [String] = []
        var position = record.startIndex
        while true {
            let isQuoted = position < record.endIndex && record[position] == .quote
            cells.append(
                isQuoted
                    ? try Self.quotedCell(record, &position)
                    : try Self.bareCell(record, &position))
            guard position < record.endIndex else {
                self.cells = cells
                isLastCellQuoted = isQuoted
                return
            }
            position += 1
        }
    }

    private static func bareCell(
        _ record: ArraySlice<UInt8>, _ position: inout Int
    ) throws(EventProblem) -> String {
        let start = position
        while position < record.endIndex, record[position] != .comma {
            guard record[position] != .quote else {
                throw malformed("A cell that holds a quote is quoted as a whole.")
            }
            position += 1
        }
        return try text(record[start..<position])
    }

    private static func quotedCell(
        _ record: ArraySlice<UInt8>, _ position: inout Int
    ) throws(EventProblem) -> String {
        var cell: [UInt8] = []
        position += 1
        while true {
            guard let end = record[position...].firstIndex(of: .quote) else {
                throw malformed("A quote is not closed.")
            }
            cell += record[position..<end]
            position = end + 1
            guard position < record.endIndex, record[position] == .quote else { break }
            cell.append(.quote)
            position += 1
        }
        guard position == record.endIndex || record[position] == .comma else {
            throw malformed("Text follows a closing quote.")
        }
        return try text(cell[...])
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws(EventProblem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw EventProblem("LINE_NOT_UTF8", "Write the file in UTF-8.")
        }
        return text
    }

    static let quotesMalformed = "ROW_QUOTES_MALFORMED"

    private static func malformed(_ what: String) -> EventProblem {
        EventProblem(quotesMalformed, "\(what) Within quotes, write a quote twice (RFC 4180).")
    }
}

extension UInt8 {
    static let quote = UInt8(ascii: "\"")
    static let comma = UInt8(ascii: ",")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
}
