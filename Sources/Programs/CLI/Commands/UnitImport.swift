import API
import ArgumentParser
import Core
import Domain

struct UnitImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make the tree what a CSV file says, and show what changes.",
        discussion: """
            The first line names the columns: code and any of display_name, parent_code, kind,
            cost_center_code and owner_email. What the file has no column for stays as it is.
            All rows are taken or none; they may stand in any order.

            Examples:
              tally unit import units.csv --dry-run
              tally unit import units.csv --from 2027-01-01 --retire-missing
            """)

    @Argument(help: "File of CSV in UTF-8; - for standard input.")
    var file: String
    @Flag(help: "Change nothing; show what would change.")
    var dryRun = false
    @Flag(help: "Retire the units that have no row.")
    var retireMissing = false
    @Option(
        help:
            "First day of the changes, and of new units, YYYY-MM-DD. Default: today."
    )
    var from: DayArgument?
    @OptionGroup var output: FormatOption

    func run() async throws {
        let table = try UnitFile(try InputFile.bytes(of: file), name: file)
        let request = ImportBusinessUnitsRequest(
            rows: table.rows.map(\.row), effectiveDate: from.map { API.Date($0.date) },
            updateMask: table.updateMask, retireMissing: retireMissing, dryRun: dryRun)
        let response = try await Session.run { session in
            do {
                return dryRun
                    ? try await session.read(
                        TenantServiceMethods.ImportBusinessUnits.self, request)
                    : try await session.write(
                        TenantServiceMethods.ImportBusinessUnits.self, request)
            } catch {
                throw table.placed(error)
            }
        }
        try output.print(
            response, table: { DifferenceText.text(response, isDryRun: dryRun) },
            csv: { DifferenceText.rows(response) })
    }
}

/// What an import changes, as it is printed.
enum DifferenceText {
    static func text(_ response: ImportBusinessUnitsResponse, isDryRun: Bool) -> String {
        var table = Table([
            .init("Unit"), .init("What"), .init("From"), .init("Field"), .init("Before"),
            .init("After"),
        ])
        for difference in response.differences {
            let head = [
                difference.code, action(difference.action),
                difference.effectiveDate?.text ?? "ever",
            ]
            let fields = difference.fields.map { [$0.field, $0.before, $0.after] }
            table.add(head + (fields.first ?? ["", "", ""]))
            for field in fields.dropFirst() { table.add(["", "", ""] + field) }
        }
        let count = response.differences.count
        let summary =
            "\(count) units \(isDryRun ? "would change" : "changed"), "
            + "\(response.unchangedCount) rows as they were."
        return response.differences.isEmpty ? summary : table.text + "\n\n" + summary
    }

    /// One row for each field; one without a field for a unit that has none.
    static func rows(_ response: ImportBusinessUnitsResponse) -> [[String]] {
        var rows = [["code", "action", "effective_date", "field", "before", "after"]]
        for difference in response.differences {
            let head = [
                difference.code, action(difference.action),
                difference.effectiveDate?.text ?? "",
            ]
            if difference.fields.isEmpty { rows.append(head + ["", "", ""]) }
            for field in difference.fields {
                rows.append(
                    head + [field.field] + [field.before, field.after])
            }
        }
        return rows
    }

    static func action(_ action: BusinessUnitDifference.Action) -> String {
        switch action {
        case .created: "created"
        case .changed: "changed"
        case .moved: "moved"
        case .retired: "retired"
        case .restored: "restored"
        default: action.name ?? "\(action.rawValue)"
        }
    }
}
