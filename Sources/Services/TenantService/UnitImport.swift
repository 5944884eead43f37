import API
import Core
import Domain
import ServiceRuntime

/// The rows of an import, checked one by one.
struct UnitImport: Sendable {
    static let rowCountMax = 10_000

    let inputs: [UnitInput]
    let mask: Set<UnitField>
    let retiresMissing: Bool
    private let numbers: [BusinessUnitCode: Int]

    /// Checks in order: `ROWS_MISSING`, `TOO_MANY_ROWS`, the mask, then row by row its fields and
    /// `ROW_CODE_DUPLICATE`.
    init(wire request: ImportBusinessUnitsRequest) throws(ServiceError) {
        guard !request.rows.isEmpty else {
            throw ServiceError(
                .invalidArgument, "ROWS_MISSING", field: "rows",
                "An import has one row at least.")
        }
        guard request.rows.count <= Self.rowCountMax else {
            throw ServiceError(
                .invalidArgument, "TOO_MANY_ROWS", field: "rows",
                "An import has at most \(Self.rowCountMax) rows.")
        }
        mask =
            try request.updateMask.isEmpty
            ? Set(UnitField.allCases) : UpdateMask.fields(request.updateMask)
        retiresMissing = request.retireMissing
        var inputs: [UnitInput] = []
        var numbers: [BusinessUnitCode: Int] = [:]
        for (index, row) in request.rows.enumerated() {
            do throws(ServiceError) {
                inputs.append(try UnitInput(row, mask: mask))
            } catch {
                throw error.within("rows[\(index)]")
            }
            guard numbers.updateValue(index, forKey: inputs[index].code) == nil else {
                throw ServiceError(
                    .invalidArgument, "ROW_CODE_DUPLICATE", field: "rows[\(index)].code",
                    "Each unit has one row.")
            }
        }
        self.inputs = inputs
        self.numbers = numbers
    }

    /// The error with the field of the unit's row; of the rows as a whole where it has none, as a
    /// unit that stands below one that a row moves.
    func naming(
        _ field: String, of code: BusinessUnitCode, _ error: ServiceError
    ) -> ServiceError {
        var error = error
        error.field = numbers[code].map { "rows[\($0)].\(field)" } ?? "rows"
        return error
    }

    func hasRow(_ code: BusinessUnitCode) -> Bool { numbers[code] != nil }
}

extension UnitRegister {
    /// Makes the tree what the rows say, from a day on, and answers with what that changes.
    ///
    /// - Parameter identity: makes one for a new unit.
    mutating func importUnits(
        _ rows: UnitImport, from asked: CivilDate?, identity: () -> Identity
    ) throws(ServiceError) -> [BusinessUnitDifference] {
        let day = try self.day(asked)
        let isNew = Set(rows.inputs.map(\.code).filter { history.firstDay(of: $0) == nil })
        for input in rows.inputs {
            do throws(ServiceError) {
                if isNew.contains(input.code) {
                    try begin(
                        input.code, try input.details, from: day, identity: identity())
                } else {
                    try apply(input, from: day)
                }
            } catch {
                let field = error.field == "display_name" ? "display_name" : "code"
                throw rows.naming(field, of: input.code, error)
            }
        }
        try checkParents(rows)
        if asked == nil { beginWithParents(isNew, from: day) }
        if rows.retiresMissing { try retireMissing(rows, from: day) }
        if let fault = history.fault(from: day) { throw Self.error(of: fault, rows) }
        return differences(on: day)
    }

    private mutating func apply(
        _ input: UnitInput, from day: CivilDate
    ) throws(ServiceError) {
        var change = input.change
        if try details(of: input.code, on: day).status != .active { change.status = .active }
        try self.change(input.code, from: day, change)
    }

    private func checkParents(_ rows: UnitImport) throws(ServiceError) {
        for input in rows.inputs {
            guard case .some(.some(let parent)) = input.change.parent else { continue }
            do throws(ServiceError) {
                try known(parent: parent)
            } catch {
                throw rows.naming("parent_code", of: input.code, error)
            }
        }
    }

    /// Lets new units begin no earlier than those above them do.
    private mutating func beginWithParents(_ isNew: Set<BusinessUnitCode>, from day: CivilDate) {
        for code in isNew.sorted() {
            var first = day
            var next: BusinessUnitCode? = code
            // A line that goes round is found by the check of the tree.
            for _ in 0...UnitHistory.levelCountMax {
                guard let unit = next, let version = history.versions[unit]?.first else { break }
                if !isNew.contains(unit) {
                    first = max(first, version.day)
                    break
                }
                next = version.details.parent
            }
            guard let details = history.versions[code]?.first?.details else { continue }
            history.begin(code, details, from: first)
        }
    }

    private mutating func retireMissing(
        _ rows: UnitImport, from day: CivilDate
    ) throws(ServiceError) {
        for code in stored.versions.keys.sorted()
        where !rows.hasRow(code) && history.isActive(code, on: day) {
            try change(code, from: day, UnitChange(status: .retired(successor: nil)))
        }
    }

    private static func error(of fault: UnitTreeFault, _ rows: UnitImport) -> ServiceError {
        switch fault {
        case .cycle(let unit, _), .tooDeep(let unit, _), .parentNotActive(let unit, _, _):
            rows.naming("parent_code", of: unit, error(of: fault))
        case .successionCycle(let unit, _):
            rows.naming("code", of: unit, error(of: fault))
        case .tooManyDays, .interrupted: error(of: fault)
        }
    }

    // MARK: - Difference

    /// What has changed against what was read, by code.
    func differences(on day: CivilDate) -> [BusinessUnitDifference] {
        Set(history.versions(notIn: stored).map(\.code)).sorted().compactMap { code in
            let before = stored.details(of: code, on: day)
            let start = stored.versions[code] == nil ? history.firstDay(of: code) ?? day : day
            guard let after = history.details(of: code, on: max(day, start)) else { return nil }
            let fields = UnitField.allCases.compactMap { field -> FieldDifference? in
                let (old, new) = (before.map(field.text) ?? "", field.text(of: after))
                return old.utf8.elementsEqual(new.utf8)
                    ? nil : FieldDifference(field: field.rawValue, before: old, after: new)
            }
            return BusinessUnitDifference(
                code: code.text, action: Self.action(before, after),
                effectiveDate: start == UnitHistory.beginning ? nil : Date(start), fields: fields)
        }
    }

    private static func action(
        _ before: UnitDetails?, _ after: UnitDetails
    ) -> BusinessUnitDifference.Action {
        guard let before else { return .created }
        if before.status == .active, after.status != .active { return .retired }
        if before.status != .active, after.status == .active { return .restored }
        return before.parent == after.parent ? .changed : .moved
    }
}
