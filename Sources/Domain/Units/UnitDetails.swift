/// What a business unit is on a day: all but its code may change from one day to another.
package struct UnitDetails: Hashable, Sendable {
    package var displayName: String
    /// Nil at the top.
    package var parent: BusinessUnitCode?
    /// Empty where nobody is named.
    package var ownerEmail: String
    package var kind: UnitKind
    /// What bookkeeping calls it; may be empty.
    package var costCenterCode: String
    package var status: UnitStatus

    package init(
        displayName: String, parent: BusinessUnitCode? = nil, ownerEmail: String = "",
        kind: UnitKind = .other, costCenterCode: String = "", status: UnitStatus = .active
    ) {
        self.displayName = displayName
        self.parent = parent
        self.ownerEmail = ownerEmail
        self.kind = kind
        self.costCenterCode = costCenterCode
        self.status = status
    }
}

/// What a business unit is called in an organization chart. The numbers stand in the database.
package enum UnitKind: Int32, CaseIterable, Sendable {
    case other = 0
    case company = 1
    case division = 2
    case department = 3
    case team = 4
    case costCenter = 5
}

/// Whether a business unit answers for spend, and who does instead.
package enum UnitStatus: Hashable, Sendable {
    case active
    /// Without a successor the nearest unit above answers.
    case retired(successor: BusinessUnitCode?)
    case merged(into: BusinessUnitCode)

    package var successor: BusinessUnitCode? {
        switch self {
        case .active: nil
        case .retired(let successor): successor
        case .merged(let target): target
        }
    }
}

/// Details that hold from a day on, until the next version's day.
package struct UnitVersion: Hashable, Sendable {
    package let day: CivilDate
    package var details: UnitDetails

    package init(day: CivilDate, details: UnitDetails) {
        self.day = day
        self.details = details
    }
}

/// New values of some details; nil where one stays.
package struct UnitChange: Hashable, Sendable {
    package var displayName: String?
    /// The outer nil leaves the parent; the inner one moves to the top.
    package var parent: BusinessUnitCode??
    package var ownerEmail: String?
    package var kind: UnitKind?
    package var costCenterCode: String?
    package var status: UnitStatus?

    package init(
        displayName: String? = nil, parent: BusinessUnitCode?? = nil, ownerEmail: String? = nil,
        kind: UnitKind? = nil, costCenterCode: String? = nil, status: UnitStatus? = nil
    ) {
        self.displayName = displayName
        self.parent = parent
        self.ownerEmail = ownerEmail
        self.kind = kind
        self.costCenterCode = costCenterCode
        self.status = status
    }
}
