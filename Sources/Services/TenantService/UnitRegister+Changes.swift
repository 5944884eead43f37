import Core
import Domain

/// What callers may do to one unit. Each leaves a tree on every day, or throws.
extension UnitRegister {
    /// Adds a unit; answers with its first day.
    mutating func create(
        _ code: BusinessUnitCode, _ details: UnitDetails, from asked: CivilDate?,
        identity: Identity
    ) throws(ServiceError) -> CivilDate {
        if let parent = details.parent { try known(parent: parent) }
        let day = try firstDay(of: details, asked: asked)
        try begin(code, details, from: day, identity: identity)
        try checkTree(from: day)
        return day
    }

    /// Renames, moves, or changes other details.
    mutating func update(
        _ code: BusinessUnitCode, _ change: UnitChange, from asked: CivilDate?
    ) throws(ServiceError) -> CivilDate {
        let day = try self.day(asked)
        try details(of: code, on: day)
        if case .some(.some(let parent)) = change.parent {
            try known(parent: parent)
            try active(parent: parent, on: day)
        }
        try self.change(code, from: day, change)
        try checkTree(from: day)
        return day
    }

    /// Ends a unit that has none below it, in favour of a successor or of the nearest unit above.
    mutating func retire(
        _ code: BusinessUnitCode, successor: BusinessUnitCode?, from asked: CivilDate?
    ) throws(ServiceError) -> CivilDate {
        let day = try self.day(asked)
        try end(code, successor: successor, field: "successor_code", on: day)
        try change(code, from: day, UnitChange(status: .retired(successor: successor)))
        try checkTree(from: day, ended: code)
        return day
    }

    /// Ends a unit in favour of another one, which takes the units directly below it.
    mutating func merge(
        _ code: BusinessUnitCode, into target: BusinessUnitCode, from asked: CivilDate?
    ) throws(ServiceError) -> CivilDate {
        let day = try self.day(asked)
        try end(code, successor: target, field: "into_code", on: day)
        guard !line(above: target, on: day).contains(code) else {
            throw ServiceError(
                .failedPrecondition, "MERGE_INTO_OWN_SUBTREE", field: "into_code",
                "The unit to merge into stands below the one that ends; move it up first.")
        }
        for child in children(of: code, on: day) {
            try change(child, from: day, UnitChange(parent: .some(target)))
        }
        try change(code, from: day, UnitChange(status: .merged(into: target)))
        try checkTree(from: day, ended: code, successorField: "into_code")
        return day
    }

    /// Takes a unit back that was retired or merged.
    mutating func restore(
        _ code: BusinessUnitCode, from asked: CivilDate?
    ) throws(ServiceError) -> CivilDate {
        let day = try self.day(asked)
        guard try details(of: code, on: day).status != .active else {
            throw ServiceError(
                .failedPrecondition, "BUSINESS_UNIT_ACTIVE", field: "code",
                "The business unit is active on \(day); there is nothing to restore.")
        }
        try change(code, from: day, UnitChange(status: .active))
        try checkTree(from: day)
        return day
    }

    // MARK: - Checks

    /// Checks what ends a unit: it is active, and who takes over is another one that is.
    private func end(
        _ code: BusinessUnitCode, successor: BusinessUnitCode?, field: String, on day: CivilDate
    ) throws(ServiceError) {
        guard try details(of: code, on: day).status == .active else {
            throw ServiceError(
                .failedPrecondition, "BUSINESS_UNIT_NOT_ACTIVE", field: "code",
                "The business unit has ended by \(day) already.")
        }
        guard let successor else { return }
        guard successor != code else {
            throw ServiceError(
                .invalidArgument, "UNIT_SUCCEEDS_ITSELF", field: field,
                "A business unit cannot take over from itself; name another one.")
        }
        guard history.firstDay(of: successor) != nil else {
            throw ServiceError(
                .notFound, "SUCCESSOR_UNIT_NOT_FOUND", field: field,
                "The organization has no business unit with the successor's code.")
        }
        guard history.isActive(successor, on: day) else {
            throw ServiceError(
                .failedPrecondition, "SUCCESSOR_UNIT_NOT_ACTIVE", field: field,
                "The successor is not active on \(day); choose one that is.")
        }
    }

    func known(parent: BusinessUnitCode) throws(ServiceError) {
        guard history.firstDay(of: parent) != nil else {
            throw ServiceError(
                .notFound, "PARENT_UNIT_NOT_FOUND", field: "parent_code",
                "There is no business unit with the parent's code; create it first.")
        }
    }

    private func active(parent: BusinessUnitCode, on day: CivilDate) throws(ServiceError) {
        guard history.isActive(parent, on: day) else {
            throw Self.parentNotActive(parent, day)
        }
    }

    /// Units above one, upwards; ends where it would go round.
    private func line(above code: BusinessUnitCode, on day: CivilDate) -> [BusinessUnitCode] {
        var line: [BusinessUnitCode] = []
        var next = history.details(of: code, on: day)?.parent
        while let above = next, line.count < UnitHistory.levelCountMax {
            line.append(above)
            next = history.details(of: above, on: day)?.parent
        }
        return line
    }

    private func children(of code: BusinessUnitCode, on day: CivilDate) -> [BusinessUnitCode] {
        history.versions.keys.filter { child in
            let details = history.details(of: child, on: day)
            return details?.parent == code && details?.status == .active
        }.sorted()
    }

    /// - Parameter ended: the unit that the change ends: what stands below it is the caller's to
    ///   move, and no parent that was chosen wrongly. `successorField`: who names the successor.
    /// - Throws: `UNIT_MOVE_MAKES_A_CYCLE`, `UNIT_TREE_TOO_DEEP`, `PARENT_UNIT_NOT_ACTIVE`,
    ///   `UNIT_HAS_UNITS_BELOW`, `UNIT_SUCCESSION_MAKES_A_CYCLE`, `TOO_MANY_TREE_DAYS`.
    private func checkTree(
        from day: CivilDate, ended: BusinessUnitCode? = nil,
        successorField: String = "successor_code"
    ) throws(ServiceError) {
        guard let fault = history.fault(from: day) else { return }
        if case .parentNotActive(let unit, let parent, let day) = fault, parent == ended {
            throw ServiceError(
                .failedPrecondition, "UNIT_HAS_UNITS_BELOW", field: "code",
                "On \(day) the unit \(unit) stands below it; move or retire that one first, or "
                    + "merge instead.")
        }
        var error = Self.error(of: fault)
        if case .successionCycle = fault { error.field = successorField }
        throw error
    }

    private static func parentNotActive(
        _ parent: BusinessUnitCode, _ day: CivilDate
    ) -> ServiceError {
        ServiceError(
            .failedPrecondition, "PARENT_UNIT_NOT_ACTIVE", field: "parent_code",
            "The unit \(parent) is not active on \(day); choose another parent or day.")
    }

    static func error(of fault: UnitTreeFault) -> ServiceError {
        switch fault {
        case .cycle(let unit, let day):
            ServiceError(
                .failedPrecondition, "UNIT_MOVE_MAKES_A_CYCLE", field: "parent_code",
                "From \(day) on the unit \(unit) would stand above itself; move the unit that it "
                    + "is to stand below first.")
        case .tooDeep(let unit, let day):
            ServiceError(
                .failedPrecondition, "UNIT_TREE_TOO_DEEP", field: "parent_code",
                "From \(day) on the unit \(unit) would stand too deep: the tree has at most "
                    + "\(UnitHistory.levelCountMax) levels. Choose a unit further up.")
        case .parentNotActive(_, let parent, let day):
            parentNotActive(parent, day)
        case .successionCycle(let unit, let day):
            ServiceError(
                .failedPrecondition, "UNIT_SUCCESSION_MAKES_A_CYCLE", field: "successor_code",
                "From \(day) on what is given to the unit \(unit) would reach no active unit; "
                    + "choose another successor.")
        case .tooManyDays(let days):
            ServiceError(
                .resourceExhausted, "TOO_MANY_TREE_DAYS", field: "effective_date",
                "From that day on units change their places on \(days) days, too many to check for "
                    + "as many units; choose a later day.")
        case .interrupted:
            ServiceError(
                .cancelled, "CALL_CANCELLED", "The call ended before the change was checked.")
        }
    }
}
