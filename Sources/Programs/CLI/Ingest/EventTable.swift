import API

/// The header of an events file in CSV, and the events below it.
struct EventTable {
    private enum Column {
        case text(String)
        case number(String)
        case quantity(String)
        case tag(String)
    }

    private let columns: [Column]

    /// - Throws: `EventProblem` for a column that means nothing, or that stands twice.
    init(header: [String]) throws(EventProblem) {
        var columns: [Column] = []
        var seen: Set<String> = []
        for name in header {
            guard seen.insert(name).inserted else {
                throw EventProblem(field: name, problem: "heads two columns")
            }
            if name.hasPrefix("quantity:") {
                columns.append(.quantity(String(name.dropFirst("quantity:".count))))
            } else if name.hasPrefix("tag:") {
                columns.append(.tag(String(name.dropFirst("tag:".count))))
            } else if EventFields.textNames.contains(name) {
                columns.append(.text(name))
            } else if EventFields.numberNames.contains(name) {
                columns.append(.number(name))
            } else {
                throw EventProblem(
                    field: name,
                    problem: "is no column of events; quantities are quantity:<class>, tags "
                        + "tag:<key>")
            }
        }
        self.columns = columns
    }

    /// One row; empty cells are absent.
    func event(_ row: [String]) throws(EventProblem) -> Event {
        guard row.count == columns.count else {
            throw EventProblem(
                field: "", problem: "has \(row.count) cells where the header has \(columns.count)")
        }
        var fields = EventFields()
        for (column, cell) in zip(columns, row) where !cell.isEmpty {
            switch column {
            case .text(let name): try fields.setText(name, cell)
            case .number(let name): try fields.setNumber(name, cell)
            case .quantity(let name): try fields.addQuantity(name, cell)
            case .tag(let key): try fields.addTag(key, cell)
            }
        }
        return try fields.finished()
    }
}
