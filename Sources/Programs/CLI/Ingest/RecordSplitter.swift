/// Cuts a stream of bytes into records: lines, or rows of CSV, whose quoted cells may hold line
/// breaks.
///
/// It holds one record and one chunk at most, whatever the input's size.
struct RecordSplitter {
    struct Record {
        /// Without the line break.
        let bytes: ArraySlice<UInt8>
        /// Where it begins.
        let start: InputPosition
        /// Where the next one begins.
        let end: InputPosition
        /// Whether a line break ended it; only an input's last record may lack one.
        let isComplete: Bool
        /// Whether it is longer than `byteCountMax`; its bytes are not kept then.
        let isTooLong: Bool

        /// Without the mark that some programs put before the first line.
        var withoutByteOrderMark: Record {
            guard bytes.starts(with: [0xef, 0xbb, 0xbf]) else { return self }
            return Record(
                bytes: bytes.dropFirst(3),
                start: InputPosition(offset: start.offset + 3, line: start.line), end: end,
                isComplete: isComplete, isTooLong: isTooLong)
        }
    }

    private enum CellState {
        case start, bare, quoted, quoteInQuoted
    }

    /// More than an event can have within its limits, and a bound on what a lost quote can swallow.
    static let byteCountMax = 1 << 20

    private let hasQuotes: Bool
    private var buffer: [UInt8] = []
    /// Where the record begins within the buffer, and how far it was searched for its end.
    private var recordStart = 0
    private var scanned = 0
    private var cell = CellState.start
    private var start: InputPosition
    /// Line breaks within the record so far, and where the last of them is in the buffer.
    private var breakCount = 0
    private var lastBreak = 0
    /// Bytes of a record that is too long, already dropped.
    private var droppedCount = 0

    /// - Parameter position: Of the first byte that will be appended.
    init(hasQuotes: Bool, at position: InputPosition = InputPosition()) {
        self.hasQuotes = hasQuotes
        start = position
    }

    mutating func append(_ chunk: [UInt8]) {
        buffer.removeSubrange(..<recordStart)
        scanned -= recordStart
        lastBreak -= recordStart
        recordStart = 0
        buffer += chunk
    }

    /// The next whole record; nil until more is appended.
    mutating func next() -> Record? {
        while let lineBreak = nextLineBreak() {
            scanned = lineBreak + 1
            let isWithinCell = cell == .quoted && droppedCount == 0
            guard isWithinCell, scanned - recordStart <= Self.byteCountMax else {
                return take(upTo: lineBreak, isComplete: true)
            }
            breakCount += 1
            lastBreak = lineBreak
        }
        guard scanned - recordStart > Self.byteCountMax else { return nil }
        if breakCount > 0 {
            // A quote was lost: what follows the last line break is left for the next record.
            breakCount -= 1
            return take(upTo: lastBreak, isComplete: true)
        }
        droppedCount += scanned - recordStart
        recordStart = scanned
        return nil
    }

    /// What stands behind the last line break; call it at the end, once `next` gives nil.
    mutating func last() -> Record? {
        guard droppedCount > 0 || recordStart < buffer.count else { return nil }
        return take(upTo: buffer.count, isComplete: false)
    }

    /// Goes back to the second line of the record that was just given, so that a quote that is
    /// never closed spoils one line and not the lines behind it.
    /// - Returns: Where the first line ends; nil where the record has one line only.
    mutating func returnToSecondLine(of record: Record) -> InputPosition? {
        guard let lineBreak = record.bytes.firstIndex(of: .lineFeed) else { return nil }
        let lineEnd = lineBreak + 1
        start = InputPosition(
            offset: record.start.offset + lineEnd - record.bytes.startIndex,
            line: record.start.line + 1)
        recordStart = lineEnd
        scanned = lineEnd
        return start
    }

    private mutating func take(upTo recordEnd: Int, isComplete: Bool) -> Record {
        let end = recordEnd + (isComplete ? 1 : 0)
        let isOneLine = breakCount == 0
        let isTooLong =
            droppedCount > 0 || (isOneLine && recordEnd - recordStart > Self.byteCountMax)
        var bytes = isTooLong ? [] : buffer[recordStart..<recordEnd]
        if isComplete, bytes.last == .carriageReturn { bytes.removeLast() }
        let next = InputPosition(
            offset: start.offset + droppedCount + end - recordStart,
            line: start.line + breakCount + (isComplete ? 1 : 0))
        defer {
            start = next
            recordStart = end
            scanned = end
            cell = .start
            breakCount = 0
            droppedCount = 0
        }
        return Record(
            bytes: bytes, start: start, end: next, isComplete: isComplete, isTooLong: isTooLong)
    }

    /// The next line break that was not searched yet, with the state of the cell there.
    private mutating func nextLineBreak() -> Int? {
        let (hasQuotes, scanned) = (hasQuotes, scanned)
        var cell = cell
        let found = buffer.withUnsafeBufferPointer { bytes -> Int? in
            guard hasQuotes else { return bytes[scanned...].firstIndex(of: .lineFeed) }
            for index in scanned..<bytes.count {
                switch (cell, bytes[index]) {
                case (.quoted, .quote): cell = .quoteInQuoted
                case (.quoted, .lineFeed): return index
                case (.quoted, _): break
                case (_, .lineFeed):
                    cell = .bare
                    return index
                case (.start, .quote), (.quoteInQuoted, .quote): cell = .quoted
                case (_, .comma): cell = .start
                case (.start, _), (.quoteInQuoted, _), (.bare, _): cell = .bare
                }
            }
            return nil
        }
        self.cell = cell
        if found == nil { self.scanned = buffer.count }
        return found
    }
}

/// A place in the input, always where a line begins.
struct InputPosition: Hashable, Sendable {
    /// Bytes before it.
    var offset = 0
    /// Number of the line that begins there, from 1.
    var line = 1
}
