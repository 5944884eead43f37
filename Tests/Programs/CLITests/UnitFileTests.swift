import API
import ArgumentParser
import TestSupport
import Testing

@testable import CLI

@Suite struct UnitFileTests {
    private func file(_ text: String) throws -> UnitFile {
        try UnitFile(Array(text.utf8), name: "units.csv")
    }

    private func failure(_ text: String) -> String {
        do {
            _ = try file(text)
            return ""
        } catch {
            let failure = Failure(error)
            return [failure?.problem, failure?.field].compactMap { $0 }.joined(separator: " | ")
        }
    }

    @Test func rowsAreReadByTheNamesOfTheirColumns() throws {
        let units = try file(
            "\u{FEFF}kind,code,display_name\r\nteam,a,\"Ann, \"\"Bo\"\"\nand Cy\"\r\n\r\n"
                + ",b,'-b\r\ncost-center,c,'s-Gravenhage")
        #expect(units.updateMask == ["kind", "display_name"])
        #expect(
            units.rows.map(\.row) == [
                BusinessUnitRow(code: "a", displayName: "Ann, \"Bo\"\nand Cy", kind: .team),
                BusinessUnitRow(code: "b", displayName: "-b"),
                BusinessUnitRow(code: "c", displayName: "'s-Gravenhage", kind: .costCenter),
            ])
        #expect(units.rows.map(\.number) == [2, 5, 6])
    }

    @Test(arguments: [
        ("", "units.csv is empty."),
        ("code,name\n", "units.csv line 1: there is no column of this name. | column 2"),
        ("code,kind,code\n", "units.csv line 1: the column stands twice. | code"),
        ("display_name\n", "units.csv line 1: there is no column code, or no other one."),
        ("code,kind\na\n", "units.csv line 2 has 1 cells, the first line 2."),
        ("code,kind\na,team\nb,crew\n", "units.csv line 3: this is no kind of unit. | kind"),
        ("code,kind\na,\"team\n", "units.csv line 2: ROW_QUOTES_MALFORMED."),
    ])
    func whatIsNoUnitIsNamed(_ text: String, _ expected: String) {
        #expect(failure(text) == expected)
    }

    @Test func refusalsNameTheLine() throws {
        let units = try file("code,display_name,parent_code\na,A,\n\nb,B,nowhere\n")
        let placed = units.failure(
            at: "rows[1].parent_code", reason: "PARENT_UNIT_NOT_FOUND", message: "There is none.")
        #expect(placed?.problem == "units.csv line 4: There is none.")
        #expect(placed?.field == "parent_code (PARENT_UNIT_NOT_FOUND)")
        #expect(units.failure(at: "rows", reason: "R", message: "M")?.problem == nil)
        #expect(units.placed(CancellationError()) is CancellationError)
    }

    /// What is exported is read again as it was, whatever the names are, and no cell begins like a
    /// formula.
    @Test(arguments: 0..<100)
    func exportsAreReadAsTheyWere(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let parts = ["'", "=", "-", "+", "@", "\"", ",", "\n", "\r", "a", "ä", " ", "1"]
        let text = { () -> String in
            (0..<Int.random(in: 0...6, using: &random)).map { _ in
                parts[Int.random(in: 0..<parts.count, using: &random)]
            }.joined()
        }
        let units = (0..<8).map { _ in
            BusinessUnit(
                code: text() + "x", displayName: text(), parentCode: text(), ownerEmail: text(),
                kind: .division, costCenterCode: text())
        }
        let rows = UnitText.rows(units)
        for cell in rows.joined() where Double(cell) == nil {
            let written = CSVText.text([[cell]])
            let isQuoted = written.hasPrefix("\"")
            let first = written.utf8.dropFirst(isQuoted ? 1 : 0).first ?? 0
            #expect(!"=+-@\t".utf8.contains(first), "\(written)")
        }
        let read = try file(CSVText.text(rows))
        #expect(
            read.rows.map(\.row)
                == units.map { unit in
                    BusinessUnitRow(
                        code: unit.code, displayName: unit.displayName, parentCode: unit.parentCode,
                        kind: unit.kind, costCenterCode: unit.costCenterCode,
                        ownerEmail: unit.ownerEmail)
                })
    }

    @Test func differencesAreShownFieldByField() {
        let response = ImportBusinessUnitsResponse(
            differences: [
                BusinessUnitDifference(
                    code: "a", action: .moved, effectiveDate: Date(year: 2026, month: 10, day: 1),
                    fields: [
                        FieldDifference(field: "display_name", before: "A", after: "=B"),
                        FieldDifference(field: "parent_code", before: "x", after: "y"),
                    ]),
                BusinessUnitDifference(code: "b", action: .retired),
            ], unchangedCount: 3)
        #expect(
            DifferenceText.rows(response).dropFirst() == [
                ["a", "moved", "2026-10-01", "display_name", "A", "=B"],
                ["a", "moved", "2026-10-01", "parent_code", "x", "y"],
                ["b", "retired", "", "", "", ""],
            ])
        let text = DifferenceText.text(response, isDryRun: true)
        #expect(text.hasSuffix("2 units would change, 3 rows as they were."))
        #expect(text.contains("a     moved    2026-10-01  display_name  A       =B"))
    }

    @Test func onlyWhatIsNamedIsChanged() throws {
        let update = try UnitUpdate.parse(["a", "--parent", "", "--from", "2026-10-01"])
        #expect(
            update.request
                == UpdateBusinessUnitRequest(
                    code: "a", updateMask: ["parent_code"],
                    effectiveDate: Date(year: 2026, month: 10, day: 1)))
        #expect(throws: (any Error).self) { try UnitUpdate.parse(["a"]) }
        #expect(throws: (any Error).self) { try UnitMove.parse(["a"]) }
        #expect(throws: (any Error).self) { try UnitMove.parse(["a", "b", "--top"]) }
    }
}
