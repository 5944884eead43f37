import API

/// Allocation rules as definition files have them, in and out.
enum RuleDefinition {
    private static let methods: [(name: String, method: Split.Method)] = [
        ("even", .even), ("proportional", .proportional),
    ]

    static func rules(_ elements: [(JSONValue, String)]) throws -> [AllocationRule] {
        try elements.map { json, path in
            let object = try DefinitionObject(json, at: path)
            try object.allow(["id", "conditions", "unit", "split"])
            let conditions = try object.array("conditions").map { json, path in
                let condition = try DefinitionObject(json, at: path)
                try condition.allow(["dimension", "value"])
                return Condition(
                    dimension: try condition.text("dimension"),
                    value: try condition.optionalText("value"))
            }
            let target: AllocationRule.Target
            switch (object["unit"], object["split"]) {
            case (.some, nil): target = .unit(try object.text("unit"))
            case (nil, .some(let split)):
                target = .split(try self.split(split, at: object.place("split")))
            default: throw Failure("A rule has either unit or split.", field: path)
            }
            return AllocationRule(
                id: try object.text("id"), conditions: conditions, target: target)
        }
    }

    private static func split(_ json: JSONValue, at path: String) throws -> Split {
        let object = try DefinitionObject(json, at: path)
        try object.allow(["method", "units"])
        let name = try object.text("method")
        guard let method = methods.first(where: { $0.name == name })?.method else {
            throw Failure(
                "A split is even or proportional, not \(name).", field: object.place("method"))
        }
        let units = try object.array("units").map { json, path in
            guard case .string(let code) = json else {
                throw Failure("This should be a unit's code, not \(json.kind).", field: path)
            }
            return code
        }
        return Split(method: method, units: units)
    }

    /// Whether two lists mean the same: the order of rules decides which one takes a row, the order
    /// of a split's units says nothing, and the server keeps one of its own.
    static func areEqual(_ some: [AllocationRule], _ others: [AllocationRule]) -> Bool {
        some.map(inOrder) == others.map(inOrder)
    }

    private static func inOrder(_ rule: AllocationRule) -> AllocationRule {
        guard case .split(var split) = rule.target else { return rule }
        split.units.sort()
        var rule = rule
        rule.target = .split(split)
        return rule
    }

    /// The rules as `rules` reads them.
    static func json(_ rules: [AllocationRule]) -> JSONValue {
        .array(
            rules.map { rule in
                var members: [JSONValue.Member] = [.init("id", .string(rule.id))]
                let conditions = rule.conditions.map { condition in
                    JSONValue.object([
                        .init("dimension", .string(condition.dimension)),
                        .init("value", .string(condition.value)),
                    ])
                }
                members.append(.init("conditions", .array(conditions)))
                switch rule.target {
                case .unit(let code): members.append(.init("unit", .string(code)))
                case .split(let split):
                    let method = methods.first { $0.method == split.method }?.name ?? ""
                    members.append(
                        .init(
                            "split",
                            .object([
                                .init("method", .string(method)),
                                .init("units", .array(split.units.map { .string($0) })),
                            ])))
                case nil: break
                }
                return .object(members)
            })
    }

    /// What a rule does, in words.
    static func words(_ rule: AllocationRule) -> (conditions: String, target: String) {
        let conditions = rule.conditions.map { "\($0.dimension) = \"\($0.value)\"" }
        let target =
            switch rule.target {
            case .unit(let code): code
            case .split(let split):
                "\(methods.first { $0.method == split.method }?.name ?? "?") split: "
                    + split.units.joined(separator: ", ")
            case nil: ""
            }
        return (conditions.isEmpty ? "everything" : conditions.joined(separator: " and "), target)
    }
}
