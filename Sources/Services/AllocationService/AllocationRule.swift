import Domain

/// Conditions, and where the spend goes that meets all of them.
struct AllocationRule: Hashable, Sendable {
    static let conditionCountMax = 16
    static let splitUnitCountMax = 1000

    enum Target: Hashable, Sendable {
        /// One unit takes all.
        case unit(BusinessUnitCode)
        /// What the rule takes in a month is summed and shared once. Units are sorted by code.
        case split(SplitMethod, units: [BusinessUnitCode])
    }

    enum SplitMethod: Hashable, Sendable {
        /// Equal parts.
        case even
        /// In proportion to what the month's direct rules give to each of the units.
        case proportional
    }

    let id: String
    let conditions: [AllocationCondition]
    let target: Target

    func takes(_ dimensions: DimensionSet) -> Bool {
        conditions.allSatisfy { $0.holds(for: dimensions) }
    }

    /// Whether it depends on users, who are sealed.
    var asksForUsers: Bool { conditions.contains { $0.dimension == .user } }

    /// The units that may receive something from the rule.
    var units: [BusinessUnitCode] {
        switch target {
        case .unit(let code): [code]
        case .split(_, let units): units
        }
    }
}

/// Finds the rule of a row, the first that takes it, and remembers the answer by dimensions,
/// because a month has few sets of dimensions and very many rows.
struct RuleMatcher {
    private let rules: [AllocationRule]
    private var found: [DimensionSet: Int?] = [:]

    init(_ rules: [AllocationRule]) {
        self.rules = rules
    }

    /// Index of the rule; nil where none takes the row.
    mutating func rule(for dimensions: DimensionSet) -> Int? {
        if let known = found[dimensions] { return known }
        let index = rules.firstIndex { $0.takes(dimensions) }
        found[dimensions] = .some(index)
        return index
    }
}
