import API
import ArgumentParser

struct ConnectionImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make connections what a CSV file says, and show what changes.",
        discussion: """
            The first line names the columns: display_name and any of provider, api_key,
            labels (KEY=VALUE;KEY=VALUE), record_of, backfill_days and paused (true or
            false). Connections are found by display_name: new ones are created, others
            get another key, other labels or record, are paused or resumed. What the file
            has no column for stays, so does the key where the cell is empty; an empty cell of
            labels is no labels. At most 200 rows, and all are taken or none. Of keys the last
            four characters are shown; keep the file safe. With --test each key is tried at
            its provider first, some seconds each, and nothing is imported, or said to be,
            where one does not suffice.

            Examples:
              tally connection import accounts.csv --dry-run
              tally connection import accounts.csv --dry-run --test
              pass show accounts | tally connection import -
            """)

    @Argument(help: "File of CSV in UTF-8; - for standard input.")
    var file: String
    @Flag(help: "Change nothing; show what would change.")
    var dryRun = false
    @Flag(help: "Ask the providers first whether each key may read what is pulled with it.")
    var test = false
    @OptionGroup var output: FormatOption

    func run() async throws {
        let table = try ConnectionFile(try InputFile.bytes(of: file), name: file)
        let request = ImportConnectionsRequest(
            rows: table.rows.map(\.row), updateMask: table.updateMask, dryRun: dryRun)
        let response = try await Session.run { session in
            if test { try await Self.test(table, name: file, session) }
            do {
                return dryRun
                    ? try await session.read(
                        ConnectionServiceMethods.ImportConnections.self, request)
                    : try await session.write(
                        ConnectionServiceMethods.ImportConnections.self, request)
            } catch {
                throw table.placed(error)
            }
        }
        try output.print(
            response, table: { Self.text(response, isDryRun: dryRun) },
            csv: { Self.rows(response) })
    }

    private static func test(
        _ table: ConnectionFile, name: String, _ session: Session
    ) async throws {
        let keys = ConnectionFileKeys(
            table, name: name, existing: try await ConnectionList.all(session))
        let problems = try await keys.problems {
            try await session.read(ConnectionServiceMethods.TestConnection.self, $0)
        }
        problems.forEach { StandardError.write($0) }
        guard problems.isEmpty else {
            throw Failure(
                "Nothing was imported: \(problems.count) of \(keys.count) keys do not suffice.",
                remedy: "Mend what is said of each, or leave its cell empty.")
        }
        StandardError.write("Keys that suffice: \(keys.count).")
    }

    static func text(_ response: ImportConnectionsResponse, isDryRun: Bool) -> String {
        var table = Table([
            .init("Connection"), .init("What"), .init("Field"), .init("Before"), .init("After"),
        ])
        for difference in response.differences {
            let head = [difference.displayName, action(difference.action)]
            let fields = difference.fields.map { [$0.field, $0.before, $0.after] }
            table.add(head + (fields.first ?? ["", "", ""]))
            for field in fields.dropFirst() { table.add(["", ""] + field) }
        }
        let summary =
            "\(response.differences.count) connections \(isDryRun ? "would change" : "changed"), "
            + "\(response.unchangedCount) rows as they were."
        let twice = response.differences.filter { !$0.sameKeyAs.isEmpty }.map {
            "\(Table.printable($0.displayName)) has the key of "
                + $0.sameKeyAs.map(Table.printable).joined(separator: ", ")
                + ": what more than one of them is the record of is read by each, and counts once."
        }
        let text = ([summary] + twice).joined(separator: "\n")
        return response.differences.isEmpty ? text : table.text + "\n\n" + text
    }

    /// One row for each field.
    static func rows(_ response: ImportConnectionsResponse) -> [[String]] {
        [["display_name", "action", "field", "before", "after"]]
            + response.differences.flatMap { difference in
                difference.fields.map { field in
                    [
                        difference.displayName, action(difference.action), field.field,
                        field.before, field.after,
                    ]
                }
            }
    }

    private static func action(_ action: ConnectionDifference.Action) -> String {
        switch action {
        case .created: "created"
        case .changed: "changed"
        default: action.name ?? "\(action.rawValue)"
        }
    }
}
