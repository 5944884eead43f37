/// A CSV file that a command reads as a whole.
enum CSVFile {
    /// Gives each line that is not empty to `row`, with its number in the file.
    /// - Throws: `Failure` that names the line; what `row` throws.
    static func read(
        _ bytes: [UInt8], name: String, _ row: (_ line: Int, _ cells: [String]) throws -> Void
    ) throws {
        var splitter = RecordSplitter(hasQuotes: true)
        splitter.append(bytes)
        while let record = splitter.next() ?? splitter.last() {
            let record = record.start.offset == 0 ? record.withoutByteOrderMark : record
            if record.bytes.isEmpty, !record.isTooLong {
                if record.isComplete { continue }
                break
            }
            try row(record.start.line, cells(record, name))
            if !record.isComplete { break }
        }
    }

    private static func cells(
        _ record: RecordSplitter.Record, _ name: String
    ) throws -> [String] {
        let line = record.start.line
        guard !record.isTooLong else {
            throw Failure(
                "\(name) line \(line) has more than \(RecordSplitter.byteCountMax) bytes.",
                remedy: "Look for a quote that is not closed.")
        }
        do {
            return try CSVRow(record.bytes).cells.map(CSVText.evaluated)
        } catch {
            throw Failure(
                "\(name) line \(line): \(error.reason).",
                field: error.field.isEmpty ? nil : error.field, remedy: error.remedy)
        }
    }
}
