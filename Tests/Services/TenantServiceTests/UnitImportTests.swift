import API
import Core
import Domain
import Testing

@testable import TenantService

@Suite struct UnitImportTests {
    private func code(_ text: String) throws -> BusinessUnitCode { try BusinessUnitCode(text) }

    private func day(_ number: Int) -> CivilDate { CivilDate(dayNumber: number) }

    private var identity: UnitRegister.Identity {
        UnitRegister.Identity(
            id: BusinessUnitID(UUIDv7(high: 0, low: 0)), createTime: Instant(seconds: 0),
            revision: 1)
    }

    /// Company, sales and emea; labs begins on day 70.
    private func register(firstOpenDay: Int = 0) throws -> UnitRegister {
        var history = UnitHistory()
        var identities: [BusinessUnitCode: UnitRegister.Identity] = [:]
        for (unit, parent, first) in [
            ("company", nil, 0), ("sales", "company", 0), ("emea", "sales", 0), ("labs", nil, 70),
        ] as [(String, String?, Int)] {
            history.begin(
                try code(unit), UnitDetails(displayName: unit, parent: try parent.map(code)),
                from: day(first))
            identities[try code(unit)] = identity
        }
        return UnitRegister(
            history, identities: identities, today: day(100), firstOpenDay: day(firstOpenDay))
    }

    private func row(_ code: String, _ parent: String = "", name: String? = nil) -> BusinessUnitRow
    {
        BusinessUnitRow(code: code, displayName: name ?? code, parentCode: parent)
    }

    private func run(
        _ request: ImportBusinessUnitsRequest, _ register: inout UnitRegister, from: Int? = nil
    ) throws -> [String] {
        let rows = try UnitImport(wire: request)
        let differences = try register.importUnits(rows, from: from.map(day)) { identity }
        return differences.map { difference in
            let fields = difference.fields.map { "\($0.field):\($0.before)>\($0.after)" }
            let date = difference.effectiveDate.map { "\($0.day).\($0.month)." } ?? "ever"
            return ([difference.code, difference.action.name ?? "", date] + fields)
                .joined(separator: " ").replacing("ACTION_", with: "")
        }
    }

    @Test func differencesSayWhatBecomesOfEachUnit() throws {
        var register = try register()
        let rows = [
            // Children may come before their parents.
            row("dach", "region"), row("region", "labs"), row("emea", "company", name: "Europe"),
            row("sales", "company", name: "Verkauf"), row("company"),
            BusinessUnitRow(
                code: "hr", displayName: "HR", kind: .team, costCenterCode: "7",
                ownerEmail: "hr@x.yz"),
        ]
        let request = ImportBusinessUnitsRequest(rows: rows)
        #expect(
            try run(request, &register) == [
                "dach CREATED 11.4. display_name:>dach parent_code:>region",
                "emea MOVED 11.4. display_name:emea>Europe parent_code:sales>company",
                "hr CREATED 11.4. display_name:>HR kind:>KIND_TEAM cost_center_code:>7 "
                    + "owner_email:>hr@x.yz",
                "region CREATED 11.4. display_name:>region parent_code:>labs",
                "sales CHANGED 11.4. display_name:sales>Verkauf",
            ])
        #expect(register.history.details(of: try code("emea"), on: day(99))?.displayName == "emea")
        var again = UnitRegister(
            register.history, identities: register.identities, today: day(100))
        #expect(try run(request, &again) == [], "the same rows again change nothing")
    }

    /// Without a day new units begin today; with those above them where those are yet to begin.
    @Test func newUnitsBeginWithThoseAboveThem() throws {
        var register = try register()
        _ = try register.create(
            code("planned"), UnitDetails(displayName: "P"), from: day(120), identity: identity)
        let rows = [row("below", "with"), row("with", "planned"), row("now")]
        #expect(
            try run(ImportBusinessUnitsRequest(rows: rows), &register).filter {
                !$0.hasPrefix("planned")
            } == [
                "below CREATED 1.5. display_name:>below parent_code:>with",
                "now CREATED 11.4. display_name:>now",
                "with CREATED 1.5. display_name:>with parent_code:>planned",
            ])
        var past = try self.register()
        #expect(
            try run(ImportBusinessUnitsRequest(rows: [row("hr")]), &past, from: 0)
                == ["hr CREATED ever display_name:>hr"])
    }

    @Test func missingUnitsAreRetiredWhereAskedFor() throws {
        var register = try register()
        let rows = [row("company")]
        #expect(try run(ImportBusinessUnitsRequest(rows: rows), &register) == [])
        #expect(
            try run(ImportBusinessUnitsRequest(rows: rows, retireMissing: true), &register)
                == ["emea RETIRED 11.4.", "labs RETIRED 11.4.", "sales RETIRED 11.4."])
        var later = UnitRegister(
            register.history, identities: register.identities, today: day(120))
        #expect(
            try run(ImportBusinessUnitsRequest(rows: [row("labs", name: "Lab")]), &later)
                == ["labs RESTORED 1.5. display_name:labs>Lab"])
    }

    @Test func fieldsThatTheRowsDoNotHaveAreKept() throws {
        var register = try register()
        let request = ImportBusinessUnitsRequest(
            rows: [row("emea", name: "Europe")], updateMask: ["display_name"])
        #expect(try run(request, &register) == ["emea CHANGED 11.4. display_name:emea>Europe"])
        var other = try self.register()
        let nameless = ImportBusinessUnitsRequest(
            rows: [BusinessUnitRow(code: "new")], updateMask: ["kind"])
        let error = reason { _ = try run(nameless, &other) }
        #expect(error == "DISPLAY_NAME_REQUIRED rows[0].display_name")
    }

    @Test(
        arguments: [
            ([], nil, "ROWS_MISSING rows"),
            ([("a", ""), ("a", "")], nil, "ROW_CODE_DUPLICATE rows[1].code"),
            ([("a", ""), ("B", "")], nil, "BUSINESS_UNIT_CODE_MALFORMED rows[1].code"),
            ([("a", "a")], nil, "UNIT_IS_ITS_OWN_PARENT rows[0].parent_code"),
            ([("a", "b"), ("b", "c")], nil, "PARENT_UNIT_NOT_FOUND rows[1].parent_code"),
            ([("b", "a"), ("a", "b")], nil, "UNIT_MOVE_MAKES_A_CYCLE rows[1].parent_code"),
            ([("company", "emea")], nil, "UNIT_MOVE_MAKES_A_CYCLE rows[0].parent_code"),
            ([("a", "labs")], 69, "PARENT_UNIT_NOT_ACTIVE rows[0].parent_code"),
            ([("labs", "")], 69, "BUSINESS_UNIT_BEGINS_LATER rows[0].code"),
            ([("a", "")], 9, "PERIOD_CLOSED effective_date"),
        ] as [([(String, String)], Int?, String)])
    func badRowsAreNamed(_ rows: [(String, String)], _ from: Int?, _ expected: String) throws {
        var register = try register(firstOpenDay: 10)
        let request = ImportBusinessUnitsRequest(rows: rows.map { row($0.0, $0.1) })
        #expect(reason { _ = try run(request, &register, from: from) } == expected)
    }

    @Test func anImportHasAnEnd() throws {
        var register = try register()
        let rows = (0...UnitImport.rowCountMax).map { row("u\($0)") }
        let tooMany = reason { _ = try run(ImportBusinessUnitsRequest(rows: rows), &register) }
        #expect(tooMany == "TOO_MANY_ROWS rows")
        let most = ImportBusinessUnitsRequest(rows: Array(rows.dropLast()))
        #expect(try run(most, &register).count == UnitImport.rowCountMax)
    }
}
