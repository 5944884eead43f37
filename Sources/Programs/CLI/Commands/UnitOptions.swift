import API
import ArgumentParser
import Core
import Domain

/// Kinds of units as the command line and files have them.
enum UnitKindArgument: String, ExpressibleByArgument, CaseIterable {
    case other, company, division, department, team
    case costCenter = "cost-center"

    var kind: BusinessUnit.Kind {
        switch self {
        case .other: .unspecified
        case .company: .company
        case .division: .division
        case .department: .department
        case .team: .team
        case .costCenter: .costCenter
        }
    }

    /// Empty for none of them.
    static func text(_ kind: BusinessUnit.Kind) -> String {
        if kind == .unspecified { return "" }
        return allCases.first { $0.kind == kind }?.rawValue ?? kind.name ?? "\(kind.rawValue)"
    }

    static let help = "other, company, division, department, team or cost-center."
}

/// The day of a change.
struct EffectiveOption: ParsableArguments {
    @Option(
        name: .customLong("from"),
        help:
            "First day of the change, YYYY-MM-DD; days before it keep what they had. Default: today."
    )
    var day: DayArgument?

    var date: API.Date? { day.map { API.Date($0.date) } }
}

/// The state that a change rests on.
struct EtagOption: ParsableArguments {
    @Option(help: "The unit's etag as it was read, against lost updates. Default: any.")
    var etag = ""
}

/// Units as they are printed.
enum UnitText {
    static func state(_ unit: BusinessUnit) -> String {
        let ended =
            switch unit.state {
            case .active: "active"
            case .retired: "retired"
            case .merged: "merged"
            default: unit.state.name ?? "\(unit.state.rawValue)"
            }
        return unit.successorCode.isEmpty ? ended : "\(ended) → \(unit.successorCode)"
    }

    static func from(_ unit: BusinessUnit) -> String { unit.effectiveDate?.text ?? "ever" }

    /// The tree, each unit above those below it; one whose parent is not in the list stands at the
    /// top.
    static func tree(_ units: [BusinessUnit]) -> [(unit: BusinessUnit, depth: Int)] {
        let codes = Set(units.map(\.code))
        let children = Dictionary(grouping: units) {
            codes.contains($0.parentCode) ? $0.parentCode : ""
        }
        var ordered: [(BusinessUnit, Int)] = []
        var seen: Set<String> = []
        func visit(_ unit: BusinessUnit, _ depth: Int) {
            guard seen.insert(unit.code).inserted else { return }
            ordered.append((unit, depth))
            for child in children[unit.code] ?? [] { visit(child, depth + 1) }
        }
        for unit in children[""] ?? [] { visit(unit, 0) }
        for unit in units { visit(unit, 0) }
        return ordered
    }

    static func table(_ units: [BusinessUnit]) -> String {
        var table = Table([
            .init("Unit"), .init("Code"), .init("Kind"), .init("Cost center"), .init("Owner"),
            .init("State"),
        ])
        for (unit, depth) in tree(units) {
            table.add([
                String(repeating: "  ", count: depth) + unit.displayName, unit.code,
                UnitKindArgument.text(unit.kind), unit.costCenterCode, unit.ownerEmail,
                state(unit),
            ])
        }
        return table.text
    }

    static func details(_ unit: BusinessUnit) -> String {
        var table = Table([.init("Field"), .init("Value")])
        for (field, value) in [
            ("Code", unit.code), ("Name", unit.displayName), ("Parent", unit.parentCode),
            ("Kind", UnitKindArgument.text(unit.kind)), ("Cost center", unit.costCenterCode),
            ("Owner", unit.ownerEmail), ("State", state(unit)), ("From", from(unit)),
            ("Until before", unit.endDate?.text ?? ""), ("Etag", unit.etag), ("Id", unit.id),
        ] { table.add([field, value]) }
        return table.text
    }

    static func history(_ versions: [BusinessUnit]) -> String {
        var table = Table([
            .init("From"), .init("Name"), .init("Parent"), .init("Kind"), .init("Cost center"),
            .init("Owner"), .init("State"),
        ])
        for version in versions {
            table.add([
                from(version), version.displayName, version.parentCode,
                UnitKindArgument.text(version.kind), version.costCenterCode, version.ownerEmail,
                state(version),
            ])
        }
        return table.text
    }

    static let columns = [
        "code", "display_name", "parent_code", "kind", "cost_center_code", "owner_email",
    ]

    /// The rows that `tally unit import` reads.
    static func rows(_ units: [BusinessUnit]) -> [[String]] {
        [columns]
            + units.map { unit in
                [
                    unit.code, unit.displayName, unit.parentCode,
                    UnitKindArgument.text(unit.kind), unit.costCenterCode, unit.ownerEmail,
                ]
            }
    }

    static func historyRows(_ versions: [BusinessUnit]) -> [[String]] {
        let header = ["effective_date"] + columns + ["state", "successor_code"]
        return [header]
            + zip(versions, rows(versions).dropFirst()).map { version, row in
                [version.effectiveDate?.text ?? ""] + row + [
                    version.state.name ?? "", version.successorCode,
                ]
            }
    }
}

extension FormatOption {
    /// Prints what a unit is now: a sentence for people, the whole unit for programs.
    func print(_ unit: BusinessUnit, table: () -> String) throws {
        try self.print(unit, table: table, csv: { UnitText.historyRows([unit]) })
    }
}
