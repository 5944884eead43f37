import API

/// What applying a definition did, as it is printed.
struct DefinitionOutcome: Sendable {
    /// The rules of the definition.
    struct Rules: Sendable {
        let count: Int
        /// The one in force now.
        let version: Int64
        let isChanged: Bool
    }

    /// The organization's slug.
    let organization: String
    /// Of the definition.
    let unitCount: Int
    var unitsCreated = 0
    /// Codes of units that exist with other details, which stay.
    var unitsLeftAsTheyAre: [String] = []
    /// Nil where the definition has none, so that they were not touched.
    var rules: Rules?
    /// Of the definition.
    let budgetCount: Int
    var budgetsSet = 0

    init(organization: String, unitCount: Int, budgetCount: Int) {
        self.organization = organization
        self.unitCount = unitCount
        self.budgetCount = budgetCount
    }

    /// For people: a line for each notice; the last sums it up.
    var text: String {
        let notices = unitsLeftAsTheyAre.map {
            "unit \($0) exists with other details and stays as it is\n"
        }
        let ruled =
            rules.map {
                "\($0.count) rules (version \($0.version)\($0.isChanged ? "" : ", unchanged"))"
            } ?? "rules untouched"
        return notices.joined()
            + "\(organization): \(unitCount) units (\(unitsCreated) created), \(ruled), "
            + "\(budgetCount) budgets (\(budgetsSet) set)"
    }

    /// For programs; without the rules where they were not touched.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("organization", .string(organization)),
            .init("unit_count", .number("\(unitCount)")),
            .init("units_created", .number("\(unitsCreated)")),
            .init("units_left_as_they_are", .array(unitsLeftAsTheyAre.map { .string($0) })),
            .init("budget_count", .number("\(budgetCount)")),
            .init("budgets_set", .number("\(budgetsSet)")),
        ]
        if let rules {
            members += [
                .init("rule_count", .number("\(rules.count)")),
                // As the contract writes whole numbers of 64 bits.
                .init("rules_version", .string("\(rules.version)")),
                .init("rules_changed", .bool(rules.isChanged)),
            ]
        }
        return .object(members)
    }

    var rows: [[String]] {
        [
            [
                "organization", "unit_count", "units_created", "units_left_as_they_are",
                "budget_count", "budgets_set", "rule_count", "rules_version", "rules_changed",
            ],
            [
                organization, "\(unitCount)", "\(unitsCreated)",
                unitsLeftAsTheyAre.joined(separator: " "), "\(budgetCount)", "\(budgetsSet)",
                rules.map { "\($0.count)" } ?? "", rules.map { "\($0.version)" } ?? "",
                rules.map { "\($0.isChanged)" } ?? "",
            ],
        ]
    }
}
