import Foundation

/// Cuts a file into records, and counts bytes and lines while it does.
struct RecordReader {
    /// One line of JSON Lines, or one row of CSV, which may span lines.
    struct Record: Equatable {
        /// Without the line break.
        let bytes: [UInt8]
        /// Number of its first line, from 1.
        let line: Int
        /// Offset of what follows it, and number of the line there.
        let end: Int
        let nextLine: Int
        /// Whether a line break ended it; only the last record of a file may lack one.
        let isComplete: Bool
        /// Whether it is longer than `byteCountMax`; its bytes are then not kept.
        let isTooLong: Bool
    }

    static let byteCountMax = 1 << 20
    private static let chunkByteCount = 1 << 18

    private let read: (Int) throws -> Data
    /// Whether quoted cells may hold line breaks.
    private let isCSV: Bool
    private var chunk: [UInt8] = []
    private var position = 0
    private(set) var offset: Int
    private var line: Int

    /// - Parameters:
    ///   - offset: Bytes before the first that `read` will give.
    ///   - line: Number of the line that begins there.
    ///   - read: Gives up to so many bytes, none at the end.
    init(isCSV: Bool, offset: Int = 0, line: Int = 1, read: @escaping (Int) throws -> Data) {
        self.isCSV = isCSV
        self.offset = offset
        self.line = line
        self.read = read
    }

    /// The next record, nil at the end.
    mutating func next() throws -> Record? {
        var bytes: [UInt8] = []
        var isTooLong = false
        var quoting = Quoting.cellStart
        let start = line
        while true {
            if position == chunk.count {
                chunk = Array(try read(Self.chunkByteCount))
                position = 0
                if chunk.isEmpty {
                    guard !bytes.isEmpty || isTooLong else { return nil }
                    return Record(
                        bytes: bytes, line: start, end: offset, nextLine: line + 1,
                        isComplete: false,
                        isTooLong: isTooLong)
                }
            }
            let end = lineBreak(&quoting)
            let part = chunk[position..<(end ?? chunk.count)]
            if bytes.count + part.count > Self.byteCountMax {
                isTooLong = true
                bytes = []
            }
            if !isTooLong { bytes += part }
            offset += part.count
            position += part.count
            guard end != nil else { continue }
            offset += 1
            position += 1
            line += 1
            // A record that is longer than any event may be never ends within quotes.
            if quoting == .quoted, !isTooLong {
                bytes.append(UInt8(ascii: "\n"))
                continue
            }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            return Record(
                bytes: bytes, line: start, end: offset, nextLine: line, isComplete: true,
                isTooLong: isTooLong)
        }
    }

    /// Where a byte of CSV stands. Only a quote that opens a cell quotes: a stray one within a cell
    /// spoils its own row, not those that follow.
    private enum Quoting {
        case cellStart
        case bare
        case quoted
        /// Behind a quote within quotes, which closes the cell or stands for itself.
        case quote
    }

    /// The next line break of the chunk.
    private func lineBreak(_ quoting: inout Quoting) -> Int? {
        for index in position..<chunk.count {
            let byte = chunk[index]
            if byte == UInt8(ascii: "\n") { return index }
            guard isCSV else { continue }
            switch (quoting, byte) {
            case (.cellStart, UInt8(ascii: "\"")), (.quote, UInt8(ascii: "\"")):
                quoting = .quoted
            case (.quoted, UInt8(ascii: "\"")): quoting = .quote
            case (.quoted, _): break
            case (_, UInt8(ascii: ",")): quoting = .cellStart
            default: quoting = .bare
            }
        }
        return nil
    }
}

/// One record of CSV as cells, after RFC 4180.
enum CSVRecord {
    /// - Throws: `EventProblem` where quotes are astray or the text is not UTF-8.
    static func cells(_ bytes: [UInt8]) throws(EventProblem) -> [String] {
        var cells: [String] = []
        var position = 0
        let quote = UInt8(ascii: "\"")
        while true {
            var cell: [UInt8] = []
            if position < bytes.count, bytes[position] == quote {
                position += 1
                while true {
                    guard position < bytes.count else {
                        throw EventProblem(field: "", problem: "a quote is not closed")
                    }
                    if bytes[position] == quote {
                        position += 1
                        guard position < bytes.count, bytes[position] == quote else { break }
                    }
                    cell.append(bytes[position])
                    position += 1
                }
                guard position == bytes.count || bytes[position] == UInt8(ascii: ",") else {
                    throw EventProblem(field: "", problem: "text follows a closing quote")
                }
            } else {
                while position < bytes.count, bytes[position] != UInt8(ascii: ",") {
                    guard bytes[position] != quote else {
                        throw EventProblem(field: "", problem: "a quote within a bare cell")
                    }
                    cell.append(bytes[position])
                    position += 1
                }
            }
            guard let text = String(validating: cell, as: UTF8.self) else {
                throw EventProblem(field: "", problem: "is not UTF-8")
            }
            cells.append(text)
            if position == bytes.count { return cells }
            position += 1
        }
    }
}
