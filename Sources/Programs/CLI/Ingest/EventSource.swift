import API
import ArgumentParser

/// The formats of events files.
enum EventFormat: String, ExpressibleByArgument, CaseIterable {
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

/// The events of a file, one after the other, with what is wrong with the others.
struct EventSource {
    enum Item {
        case event(Event)
        case problem(EventProblem)
    }

    struct Element {
        let item: Item
        let line: Int
        /// Offset of what follows in the file, and number of the line there.
        let end: Int
        let nextLine: Int
    }

    private var reader: RecordReader
    private let table: EventTable?

    init(reader: RecordReader, table: EventTable?) {
        self.reader = reader
        self.table = table
    }

    /// The next event or problem, nil at the end. Blank lines are passed over.
    mutating func next() throws -> Element? {
        while let record = try reader.next() {
            if !record.isTooLong, record.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            let item: Item
            do throws(EventProblem) {
                item = .event(try event(record))
            } catch {
                item = .problem(error)
            }
            return Element(
                item: item, line: record.line, end: record.end, nextLine: record.nextLine)
        }
        return nil
    }

    private func event(_ record: RecordReader.Record) throws(EventProblem) -> Event {
        if record.isTooLong {
            throw EventProblem(
                field: "", problem: "is longer than \(RecordReader.byteCountMax) bytes")
        }
        guard let table else {
            do throws(EventProblem) {
                return try EventLine.event(record.bytes)
            } catch {
                if record.isComplete { throw error }
                throw EventProblem(
                    field: "", problem: "the file ends in the middle of a line (\(error))")
            }
        }
        // A row that was cut off may still look whole: half a number is a number.
        guard record.isComplete else {
            throw EventProblem(
                field: "",
                problem: "the file ends without a line break, so this row may be cut off; "
                    + "add one if it is whole")
        }
        return try table.event(try CSVRecord.cells(record.bytes))
    }
}
