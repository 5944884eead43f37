import API

/// A log that is whole, as it is printed; of any other the command fails.
extension AuditVerification {
    /// For people.
    var text: String {
        let whole = "\(end.sequence) rows are whole. The log ends at:\n\(end.text)"
        guard destroyedCount > 0 else { return whole }
        return "What \(destroyedCount) rows say of people was destroyed with the "
            + "organization's data key.\n" + whole
    }

    /// For programs; `end` is what `--end` takes.
    var json: JSONValue {
        .object([
            .init("row_count", .number("\(end.sequence)")),
            .init("destroyed_row_count", .number("\(destroyedCount)")),
            .init("end", .string(end.text)),
        ])
    }

    var rows: [[String]] {
        [
            ["row_count", "destroyed_row_count", "end"],
            ["\(end.sequence)", "\(destroyedCount)", end.text],
        ]
    }
}
