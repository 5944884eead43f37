import API
import TallyClient

/// A CSV file of business units.
struct UnitFile {
    struct Line {
        let number: Int
        let row: BusinessUnitRow
    }

    let rows: [Line]
    /// The columns that the file has, as an import names them.
    let updateMask: [String]
    private let name: String

    private static let columns: Set<String> = Set(UnitText.columns)

    /// - Throws: `Failure` that names the line, and the column where one is at fault.
    init(_ bytes: [UInt8], name: String) throws {
        self.name = name
        var columns: [String] = []
        var rows: [Line] = []
        try CSVFile.read(bytes, name: name) { line, cells in
            if columns.isEmpty {
                columns = try Self.header(cells, name, line)
            } else {
                let row = try Self.row(cells, columns, name, line)
                rows.append(Line(number: line, row: row))
            }
        }
        guard !columns.isEmpty else {
            throw Failure(
                "\(name) is empty.", remedy: "Let its first line name the columns.")
        }
        self.rows = rows
        updateMask = columns.filter { $0 != "code" }
    }

    private static func header(
        _ cells: [String], _ name: String, _ line: Int
    ) throws -> [String] {
        for (index, cell) in cells.enumerated() {
            guard columns.contains(cell) else {
                throw Failure(
                    "\(name) line \(line): there is no column of this name.",
                    field: "column \(index + 1)",
                    remedy: "Columns are \(UnitText.columns.joined(separator: ", ")).")
            }
            guard !cells[..<index].contains(cell) else {
                throw Failure(
                    "\(name) line \(line): the column stands twice.", field: cell,
                    remedy: "Let each column stand once.")
            }
        }
        guard cells.contains("code"), cells.count > 1 else {
            throw Failure(
                "\(name) line \(line): there is no column code, or no other one.",
                remedy: "Columns are \(UnitText.columns.joined(separator: ", ")).")
        }
        return cells
    }

    private static func row(
        _ cells: [String], _ columns: [String], _ name: String, _ line: Int
    ) throws -> BusinessUnitRow {
        guard cells.count == columns.count else {
            throw Failure(
                "\(name) line \(line) has \(cells.count) cells, the first line "
                    + "\(columns.count).", remedy: "Quote cells that hold commas.")
        }
        var row = BusinessUnitRow()
        for (column, cell) in zip(columns, cells) {
            switch column {
            case "code": row.code = cell
            case "display_name": row.displayName = cell
            case "parent_code": row.parentCode = cell
            case "cost_center_code": row.costCenterCode = cell
            case "owner_email": row.ownerEmail = cell
            default:
                guard let kind = UnitKindArgument(rawValue: cell.isEmpty ? "other" : cell) else {
                    throw Failure(
                        "\(name) line \(line): this is no kind of unit.", field: column,
                        remedy: "Kinds are \(UnitKindArgument.help)")
                }
                row.kind = kind.kind
            }
        }
        return row
    }

    /// A refusal of the server with the line and column that it is about, where it names a row.
    func placed(_ error: any Error) -> any Error {
        guard let refusal = error as? TallyError, let field = refusal.field else { return error }
        return failure(at: field, reason: refusal.reason, message: refusal.message) ?? error
    }

    /// - Parameter field: such as `rows[3].parent_code`; nil for any other.
    func failure(at field: String, reason: String, message: String) -> Failure? {
        guard let match = field.wholeMatch(of: #/rows\[([0-9]+)\]\.([a-z_]+)/#),
            let index = Int(match.1), rows.indices.contains(index)
        else { return nil }
        return Failure(
            "\(name) line \(rows[index].number): \(message)", field: "\(match.2) (\(reason))")
    }
}
