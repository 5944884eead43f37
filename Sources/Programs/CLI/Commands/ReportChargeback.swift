import API
import ArgumentParser
import Core
import Domain

struct ReportChargeback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chargeback",
        abstract: "What each business unit answers for in one month, exact to the pico.",
        discussion: """
            Direct: by rules that name the unit. Shared: its shares of split costs. Own:
            both. Total: own, and that of all units below.

            Examples:
              tally report chargeback
              tally report chargeback --month 2026-10 --format csv > october.csv
              tally report chargeback --month last --basis billed
            """)

    @Option(help: "A month: YYYY-MM, this or last.")
    var month: MonthArgument = .this
    @OptionGroup var basis: BasisOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let report = try await Session.run { session in
            let month = try await self.month.month { try await session.today() }
            return try await session.read(
                AllocationServiceMethods.GetChargebackReport.self,
                GetChargebackReportRequest(month: Month(month), basis: basis.wire))
        }
        try output.print(report, table: { ChargebackText.table(report) }) {
            ChargebackText.rows(report)
        }
    }
}

/// A chargeback report as it is printed.
enum ChargebackText {
    static func table(_ report: ChargebackReport) -> String {
        var table = Table([
            .init("Unit"), .init("Direct", .decimal), .init("Shared", .decimal),
            .init("Own", .decimal), .init("Total", .decimal),
        ])
        for (unit, depth) in tree(report.units) {
            table.add([
                String(repeating: "  ", count: depth) + unit.displayName,
                MoneyText.display(unit.direct), MoneyText.display(unit.shared),
                MoneyText.display(unit.own), MoneyText.display(unit.total),
            ])
        }
        table.rule()
        table.add(["Unallocated", "", "", "", MoneyText.display(report.unallocated)])
        table.add(["Total", "", "", "", MoneyText.display(report.total)])
        let currency = report.total?.currencyCode ?? ""
        return """
            Chargeback \(report.month?.text ?? ""), \(currency), rules version \
            \(report.ruleSetVersion)

            \(table.text)

            \(CompletenessText.text(report.completeness))
            """
    }

    static func rows(_ report: ChargebackReport) -> [[String]] {
        let header = [
            "month", "unit_code", "display_name", "parent_code", "direct", "shared", "own", "total",
            "currency",
        ]
        let month = report.month?.text ?? ""
        let currency = report.total?.currencyCode ?? ""
        let units = report.units.map { unit in
            [
                month, unit.unitCode,
                unit.displayName, unit.parentCode,
                MoneyText.exact(unit.direct), MoneyText.exact(unit.shared),
                MoneyText.exact(unit.own), MoneyText.exact(unit.total), currency,
            ]
        }
        // An empty code is no unit: first what no rule took, then everything.
        let rest = [
            [
                month, "", "(unallocated)", "", "", "", MoneyText.exact(report.unallocated),
                MoneyText.exact(report.unallocated), currency,
            ],
            [month, "", "(total)", "", "", "", "", MoneyText.exact(report.total), currency],
        ]
        let completeness = CompletenessText.csv(report.completeness)
        return [header + CompletenessText.csvHeader] + (units + rest).map { $0 + completeness }
    }

    /// Units with their depth, each above its children. One whose parent is not in the report
    /// stands at the top, so none is lost.
    static func tree(_ units: [UnitCharge]) -> [(unit: UnitCharge, depth: Int)] {
        let codes = Set(units.map(\.unitCode))
        let children = Dictionary(grouping: units) {
            codes.contains($0.parentCode) && $0.parentCode != $0.unitCode ? $0.parentCode : ""
        }
        var ordered: [(UnitCharge, Int)] = []
        var seen: Set<String> = []
        func visit(_ unit: UnitCharge, _ depth: Int) {
            guard seen.insert(unit.unitCode).inserted else { return }
            ordered.append((unit, depth))
            for child in children[unit.unitCode] ?? [] { visit(child, depth + 1) }
        }
        for unit in children[""] ?? [] { visit(unit, 0) }
        for unit in units { visit(unit, 0) }
        return ordered
    }
}
