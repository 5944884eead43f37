import API

/// The header of an events file in CSV, and how its rows become events.
struct EventTable {
    private enum Column {
        case field(EventField)
        case quantity(String)
        case tag(String)
    }

    private let columns: [Column]

    /// - Throws: For a column that means nothing or stands twice, and for one that is missing.
    init(header: CSVRow) throws(EventProblem) {
        var columns: [Column] = []
        var names: Set<String> = []
        for name in header.cells {
            guard names.insert(name).inserted else {
                throw EventProblem("COLUMN_TWICE", field: name, "Let each column stand once.")
            }
            columns.append(try Self.column(name))
        }
        for field in EventField.required where !names.contains(field.rawValue) {
            throw EventProblem(
                "COLUMN_MISSING", field: field.rawValue,
                "The first line names the columns; id, source, time, provider and model are "
                    + "needed.")
        }
        self.columns = columns
    }

    private static func column(_ name: String) throws(EventProblem) -> Column {
        if let field = EventField(name: name) { return .field(field) }
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("quantity", 2): return .quantity(parts[1])
        case ("tag", 2): return .tag(parts[1])
        default:
            throw EventProblem(
                "COLUMN_UNKNOWN", field: name,
                "Columns are the fields of an event, quantity:<class> and tag:<key>.")
        }
    }

    /// One row; an empty cell is absent.
    func event(_ row: CSVRow) throws(EventProblem) -> Event {
        guard row.cells.count == columns.count else {
            throw EventProblem(
                "ROW_CELLS_MISCOUNTED",
                "The row has \(row.cells.count) cells, the header \(columns.count): quote cells "
                    + "that hold commas.")
        }
        var builder = EventBuilder()
        for (column, cell) in zip(columns, row.cells) where !cell.isEmpty {
            switch column {
            case .field(let field) where field.isNumber: try builder.setNumber(field, cell)
            case .field(let field): try builder.setText(field, cell)
            case .quantity(let quantityClass): try builder.addQuantity(quantityClass, cell)
            case .tag(let key): try builder.addTag(key, cell)
            }
        }
        return try builder.finished()
    }
}
