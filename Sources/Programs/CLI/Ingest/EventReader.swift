import API

/// The formats of events files.
enum EventFormat: String, CaseIterable, Sendable {
    case jsonl
    case csv

    /// By the ending of a file's name; nil where it says nothing.
    init?(path: String) {
        switch path.split(separator: ".").last?.lowercased() {
        case "jsonl", "ndjson", "json": self = .jsonl
        case "csv": self = .csv
        default: return nil
        }
    }
}

/// Turns an input's bytes into its events and problems, one after the other.
struct EventReader {
    struct Element {
        let outcome: Result<Event, EventProblem>
        /// Number of the line on which it begins.
        let line: Int
        /// Where the next line begins.
        let end: InputPosition
    }

    private let format: EventFormat
    private var splitter: RecordSplitter
    private var table: EventTable?
    private var isAtTop: Bool

    /// Reads an input from its top.
    init(format: EventFormat) {
        self.format = format
        splitter = RecordSplitter(hasQuotes: format == .csv)
        isAtTop = true
    }

    /// Goes on at a place where a line begins.
    /// - Parameter top: The input's first bytes, for the header of CSV.
    /// - Throws: Where they hold no whole header, or one that is wrong.
    init(
        format: EventFormat, at position: InputPosition, top: [UInt8]
    ) throws(EventProblem) {
        self.init(format: format)
        guard position.offset > 0 else { return }
        if format == .csv {
            splitter.append(top)
            while table == nil, let record = splitter.next() { _ = try element(record) }
            guard table != nil else {
                throw EventProblem("COLUMN_MISSING", "The first line names the columns.")
            }
        }
        splitter = RecordSplitter(hasQuotes: format == .csv, at: position)
        isAtTop = false
    }

    mutating func append(_ chunk: [UInt8]) {
        splitter.append(chunk)
    }

    /// The next event or problem; nil until more is appended. Blank lines are passed over.
    /// - Throws: Where the header of CSV is wrong: no row can be read then.
    mutating func next() throws(EventProblem) -> Element? {
        while let record = splitter.next() {
            if let element = try element(record) { return element }
        }
        return nil
    }

    /// What stands behind the last line break; call it at the end until it gives nil.
    mutating func last() throws(EventProblem) -> Element? {
        while let record = splitter.next() ?? splitter.last() {
            if let element = try element(record) { return element }
        }
        return nil
    }

    private mutating func element(
        _ record: RecordSplitter.Record
    ) throws(EventProblem) -> Element? {
        let record = isAtTop ? record.withoutByteOrderMark : record
        isAtTop = false
        if !record.isTooLong, record.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return nil }
        if format == .csv, table == nil {
            table = try EventTable(header: try CSVRow(record.bytes))
            return nil
        }
        let outcome: Result<Event, EventProblem>
        do throws(EventProblem) {
            outcome = .success(try event(record))
        } catch {
            outcome = .failure(error)
            if error.reason == CSVRow.quotesMalformed,
                let end = splitter.returnToSecondLine(of: record)
            {
                return Element(outcome: outcome, line: record.start.line, end: end)
            }
        }
        return Element(outcome: outcome, line: record.start.line, end: record.end)
    }

    private func event(_ record: RecordSplitter.Record) throws(EventProblem) -> Event {
        guard !record.isTooLong else {
            throw EventProblem(
                "LINE_TOO_LONG", "A line has at most \(RecordSplitter.byteCountMax) bytes.")
        }
        guard let table else {
            do throws(EventProblem) {
                return try EventLine.event(record.bytes)
            } catch {
                let isCut = !record.isComplete && EventLine.unreadable.contains(error.reason)
                throw isCut ? Self.truncated : error
            }
        }
        let row = try CSVRow(record.bytes)
        // Half a number is a number: a row that may have been cut off is not guessed at.
        guard record.isComplete || row.isLastCellQuoted else { throw Self.truncated }
        return try table.event(row)
    }

    private static let truncated = EventProblem(
        "LINE_TRUNCATED",
        "The input ends within this line: send the rest, or end the line with a line break.")
}
