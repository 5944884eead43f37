import API
import TallyClient

/// A CSV file of connections, keys among them.
struct ConnectionFile {
    struct Line {
        let number: Int
        let row: ConnectionRow
    }

    static let columns = [
        "display_name", "provider", "api_key", "labels", "record_of", "backfill_days", "paused",
    ]

    let rows: [Line]
    /// The columns that the file has, as far as an import names them.
    let updateMask: [String]
    private let name: String

    /// - Throws: `Failure` that names the line, and the column where one is at fault; no key stands in it.
    init(_ bytes: [UInt8], name: String) throws {
        self.name = name
        var columns: [String] = []
        var rows: [Line] = []
        try CSVFile.read(bytes, name: name) { line, cells in
            if columns.isEmpty {
                columns = try Self.header(cells, name, line)
            } else {
                rows.append(
                    Line(number: line, row: try Self.row(cells, columns, name, line)))
            }
        }
        guard !columns.isEmpty else {
            throw Failure("\(name) is empty.", remedy: "Let its first line name the columns.")
        }
        self.rows = rows
        let mask = columns.filter {
            ["api_key", "labels", "record_of", "paused"].contains($0)
        }
        guard !mask.isEmpty else {
            throw Failure(
                "\(name) has nothing to change.",
                remedy: "Add a column api_key, labels, record_of or paused.")
        }
        updateMask = mask
    }

    private static func header(
        _ cells: [String], _ name: String, _ line: Int
    ) throws -> [String] {
        for (index, cell) in cells.enumerated() {
            // What stands there may be a key, so it is not repeated.
            guard columns.contains(cell) else {
                throw Failure(
                    "\(name) line \(line): there is no column of this name.",
                    field: "column \(index + 1)",
                    remedy: "Columns are \(columns.joined(separator: ", ")).")
            }
            guard !cells[..<index].contains(cell) else {
                throw Failure(
                    "\(name) line \(line): the column stands twice.", field: cell,
                    remedy: "Let each column stand once.")
            }
        }
        guard cells.contains("display_name") else {
            throw Failure(
                "\(name) line \(line): there is no column display_name.",
                remedy: "Columns are \(columns.joined(separator: ", ")).")
        }
        return cells
    }

    private static func row(
        _ cells: [String], _ columns: [String], _ name: String, _ line: Int
    ) throws -> ConnectionRow {
        guard cells.count == columns.count else {
            throw Failure(
                "\(name) line \(line) has \(cells.count) cells, the first line "
                    + "\(columns.count).", remedy: "Quote cells that hold commas.")
        }
        var row = ConnectionRow()
        for (column, cell) in zip(columns, cells) {
            guard set(column, cell, of: &row) else {
                throw Failure(
                    "\(name) line \(line): this cannot stand here.", field: column,
                    remedy: remedies[column] ?? "")
            }
        }
        return row
    }

    private static let remedies = [
        "provider":
            "Providers are \(ProviderArgument.allCases.map(\.rawValue).joined(separator: ", ")).",
        "labels": "Write KEY=VALUE, several with ; between them.",
        "record_of": "Write billing, attribution or both.",
        "backfill_days": "Write a whole number, 1 to 366.", "paused": "Write true or false.",
    ]

    /// False where a column cannot hold that. An empty cell is what the contract's default is, where one may
    /// be left empty.
    private static func set(
        _ column: String, _ cell: String, of row: inout ConnectionRow
    ) -> Bool {
        // Whoever leaves a cell empty by mistake resumes nothing, and changes what nothing counts for.
        if cell.isEmpty { return !["paused", "record_of"].contains(column) }
        switch column {
        case "display_name": row.displayName = cell
        case "api_key": row.apiKey = cell
        case "provider":
            guard let provider = ProviderArgument(rawValue: cell) else { return false }
            row.provider = provider.provider
        case "labels":
            for part in cell.split(separator: ";") {
                guard let label = LabelArgument(argument: part.trimmed) else { return false }
                row.labels.append(label.label)
            }
        case "record_of":
            guard let record = RecordOfArgument(rawValue: cell) else { return false }
            row.recordOf = record.record
        case "backfill_days":
            guard let days = Int32(cell) else { return false }
            row.backfillDays = days
        default:
            guard let isPaused = Bool(cell) else { return false }
            row.paused = isPaused
        }
        return true
    }

    /// A refusal of the server with the line and column that it is about, where it names a row.
    func placed(_ error: any Error) -> any Error {
        guard let refusal = error as? TallyError, let field = refusal.field,
            let match = field.wholeMatch(of: #/rows\[([0-9]+)\]\.([a-z_]+)(?:[\[.].*)?/#),
            let index = Int(match.1), rows.indices.contains(index)
        else { return error }
        return Failure(
            "\(name) line \(rows[index].number): \(refusal.message)",
            field: "\(match.2) (\(refusal.reason))")
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
