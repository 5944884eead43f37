import Foundation

/// The file that is ingested, and its checkpoint.
struct IngestInput: Sendable {
    let format: EventFormat
    /// Nil for standard input.
    let byteCount: Int?
    /// Nil for standard input.
    let checkpointFile: URL?
    /// Where the first line to send begins.
    let start: (end: Int, line: Int)
    private let file: URL?
    private let head: Data

    /// - Throws: `Failure` where the file cannot be read.
    init(path: String, format: EventFormat, checkpoint: String?) throws {
        self.format = format
        guard path != "-" else {
            (byteCount, checkpointFile, file, head, start) = (nil, nil, nil, Data(), (0, 1))
            return
        }
        let file = URL(filePath: path)
        guard let handle = try? FileHandle(forReadingFrom: file),
            let head = try? handle.read(upToCount: IngestCheckpoint.fingerprintByteCount) ?? Data(),
            let byteCount = try? handle.seekToEnd()
        else {
            throw Failure("\(path) cannot be read.", remedy: "Check its name and permissions.")
        }
        try? handle.close()
        let checkpointFile = URL(filePath: checkpoint ?? path + ".tally-progress")
        self.file = file
        self.head = head
        self.byteCount = Int(byteCount)
        self.checkpointFile = checkpointFile
        let kept = FileManager.default.contents(atPath: checkpointFile.path).flatMap {
            IngestCheckpoint(text: String(decoding: $0, as: UTF8.self))
        }
        if let kept, kept.fits(start: head, fileByteCount: Int(byteCount)) {
            start = (kept.byteCount, kept.line)
        } else {
            start = (0, 1)
        }
    }

    func fingerprint(byteCount: Int) -> String {
        IngestCheckpoint.fingerprint(of: head, byteCount: byteCount)
    }

    /// The events, from `start` on where it is continued.
    func source(isContinued: Bool) throws -> EventSource {
        let start = isContinued ? self.start : (end: 0, line: 1)
        let isCSV = format == .csv
        var reader = try reader(at: start)
        guard isCSV else { return EventSource(reader: reader, table: nil) }
        // The header stands at the top, wherever the rows go on.
        var top = start.end > 0 ? try self.reader(at: (0, 1)) : reader
        guard let header = try top.next() else {
            throw Failure("The file is empty.", remedy: "CSV begins with a header.")
        }
        if start.end == 0 { reader = top }
        let table: EventTable
        do throws(EventProblem) {
            // A byte order mark is what spreadsheets put before the first name.
            let bytes =
                header.bytes.starts(with: [0xef, 0xbb, 0xbf])
                ? Array(header.bytes.dropFirst(3)) : header.bytes
            table = try EventTable(header: try CSVRecord.cells(bytes))
        } catch {
            throw Failure(
                "The header is wrong: \(error).", remedy: "See tally ingest --help for the names.")
        }
        return EventSource(reader: reader, table: table)
    }

    /// Forgets what was acknowledged, once everything is.
    func removeCheckpoint() {
        guard let checkpointFile else { return }
        // There is none where the file had no events.
        try? FileManager.default.removeItem(at: checkpointFile)
    }

    private func reader(at start: (end: Int, line: Int)) throws -> RecordReader {
        guard let file else {
            let input = FileHandle.standardInput
            return RecordReader(isCSV: format == .csv) { try input.read(upToCount: $0) ?? Data() }
        }
        let handle = try FileHandle(forReadingFrom: file)
        try handle.seek(toOffset: UInt64(start.end))
        return RecordReader(isCSV: format == .csv, offset: start.end, line: start.line) {
            try handle.read(upToCount: $0) ?? Data()
        }
    }
}
