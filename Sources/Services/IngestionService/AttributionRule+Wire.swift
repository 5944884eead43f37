import API
import Core
import Domain

extension AttributionRules {
    /// Checks the rules of a request: each in the order of its fields, then all of them together. The
    /// error names the field, such as `rules[3].conditions[0].values[2]`.
    init(wire: [API.AttributionRule]) throws(ServiceError) {
        guard wire.count <= AttributionLimits.rulesMax else {
            throw ServiceError(
                .invalidArgument, "RULES_TOO_MANY", field: "rules",
                "A set has at most \(AttributionLimits.rulesMax) rules; use tables.")
        }
        var names: Set<ExactText> = []
        var tags: Set<AttributionTarget> = []
        var list: [AttributionRule] = []
        for (index, wire) in wire.enumerated() {
            let path = "rules[\(index)]"
            let rule: AttributionRule
            do throws(ServiceError) {
                rule = try AttributionRule(wire: wire)
            } catch {
                throw error.within(path)
            }
            guard names.insert(rule.name).inserted else {
                throw ServiceError(
                    .invalidArgument, "DUPLICATE_RULE_NAME", field: "\(path).name",
                    "Each rule of a set has a name of its own.")
            }
            if case .tag = rule.target { tags.insert(rule.target) }
            guard tags.count <= AttributionLimits.tagTargetsMax else {
                throw ServiceError(
                    .invalidArgument, "TAG_TARGETS_TOO_MANY", field: "\(path).target",
                    "The rules of a set derive at most \(AttributionLimits.tagTargetsMax) tags.")
            }
            list.append(rule)
        }
        self.init(list)
    }
}

extension AttributionRule {
    /// Fields are named from the rule on.
    init(wire: API.AttributionRule) throws(ServiceError) {
        try EventText.check(
            wire.name, "name", bytesMax: AttributionLimits.nameBytesMax, isRequired: true)
        guard wire.conditions.count <= AttributionLimits.conditionsMax else {
            throw ServiceError(
                .invalidArgument, "CONDITIONS_TOO_MANY", field: "conditions",
                "A rule has at most \(AttributionLimits.conditionsMax) conditions.")
        }
        var conditions: [Condition] = []
        for (index, condition) in wire.conditions.enumerated() {
            do throws(ServiceError) {
                conditions.append(try Condition(wire: condition))
            } catch {
                throw error.within("conditions[\(index)]")
            }
        }
        let target = try Self.target(wire.target)
        self.init(
            name: ExactText(wire.name), conditions: conditions, target: target,
            value: try Self.value(wire.value, of: target), replaces: wire.replace)
    }

    /// - Throws: `DIMENSION_UNKNOWN`, `DIMENSION_NOT_DERIVABLE`, and as of the key's text.
    private static func target(_ text: String) throws(ServiceError) -> AttributionTarget {
        let dimension = try Self.dimension(text, "target")
        guard let target = AttributionTarget(dimension.text) else {
            let names = AttributionTarget.Name.allCases.map(\.rawValue)
            throw ServiceError(
                .invalidArgument, "DIMENSION_NOT_DERIVABLE", field: "target",
                "Rules derive \(names.joined(separator: ", ")) or tag:<key>.")
        }
        return target
    }

    fileprivate static func dimension(
        _ text: String, _ field: String
    ) throws(ServiceError) -> UsageDimension {
        let dimension: UsageDimension
        do throws(ServiceError) {
            dimension = try UsageDimension(text)
        } catch {
            throw error.within(field)
        }
        if case .tag(let key) = dimension {
            try EventText.check(key.text, field, bytesMax: EventLimits.tagKeyBytesMax)
        }
        return dimension
    }

    private static func value(
        _ wire: API.AttributionRule.Value?, of target: AttributionTarget
    ) throws(ServiceError) -> Value {
        let bytesMax = valueBytesMax(of: target)
        switch wire {
        case .constant(let text):
            try EventText.check(text, "constant", bytesMax: bytesMax, isRequired: true)
            return .constant(text)
        case .copyOf(let text):
            return .copy(try dimension(text, "copy_of"))
        case .part(let part):
            let dimension = try dimension(part.dimension, "part.dimension")
            for (text, field) in [(part.after, "part.after"), (part.before, "part.before")] {
                try EventText.check(text, field, bytesMax: EventLimits.tagValueBytesMax)
            }
            guard !part.after.isEmpty || !part.before.isEmpty else {
                throw ServiceError(
                    .invalidArgument, "PART_IS_WHOLE", field: "part.after",
                    "Say what the part follows, or what it ends before; copy_of takes all.")
            }
            return .part(dimension, after: part.after, before: part.before)
        case .mapping(let mapping):
            return .mapping(
                try dimension(mapping.dimension, "mapping.dimension"),
                try lines(mapping.lines, bytesMax: bytesMax))
        case nil:
            throw ServiceError(
                .invalidArgument, "RULE_VALUE_MISSING", field: "value",
                "Say what the target becomes: constant, copy_of, part or mapping.")
        }
    }

    private static func lines(
        _ wire: [AttributionMappingLine], bytesMax: Int
    ) throws(ServiceError) -> [ExactText: String] {
        guard (1...AttributionLimits.mappingLinesMax).contains(wire.count) else {
            throw ServiceError(
                .invalidArgument, "MAPPING_LINES_OUT_OF_RANGE", field: "mapping.lines",
                "A table has 1 to \(AttributionLimits.mappingLinesMax) lines.")
        }
        var lines: [ExactText: String] = [:]
        lines.reserveCapacity(wire.count)
        for (index, line) in wire.enumerated() {
            let path = "mapping.lines[\(index)]"
            try EventText.check(
                line.from, "\(path).from", bytesMax: EventLimits.tagValueBytesMax)
            try EventText.check(line.to, "\(path).to", bytesMax: bytesMax, isRequired: true)
            guard lines.updateValue(line.to, forKey: ExactText(line.from)) == nil else {
                throw ServiceError(
                    .invalidArgument, "DUPLICATE_MAPPING_VALUE", field: "\(path).from",
                    "Give each value once.")
            }
        }
        return lines
    }
}

extension AttributionRule.Condition {
    init(wire: API.AttributionCondition) throws(ServiceError) {
        let dimension = try AttributionRule.dimension(wire.dimension, "dimension")
        guard wire.values.count <= AttributionLimits.valuesMax else {
            throw ServiceError(
                .invalidArgument, "CONDITION_VALUES_TOO_MANY", field: "values",
                "A condition has at most \(AttributionLimits.valuesMax) values.")
        }
        for (index, value) in wire.values.enumerated() {
            try EventText.check(
                value, "values[\(index)]", bytesMax: EventLimits.tagValueBytesMax)
        }
        guard wire.prefixes.count <= AttributionLimits.prefixesMax else {
            throw ServiceError(
                .invalidArgument, "CONDITION_PREFIXES_TOO_MANY", field: "prefixes",
                "A condition has at most \(AttributionLimits.prefixesMax) prefixes.")
        }
        for (index, prefix) in wire.prefixes.enumerated() {
            try EventText.check(
                prefix, "prefixes[\(index)]", bytesMax: EventLimits.tagValueBytesMax,
                isRequired: true)
        }
        guard wire.orAbsent || !wire.values.isEmpty || !wire.prefixes.isEmpty else {
            throw ServiceError(
                .invalidArgument, "CONDITION_DEMANDS_NOTHING", field: "values",
                "Give a value or a prefix, or or_absent.")
        }
        self.init(
            dimension: dimension, values: Set(wire.values.map { ExactText($0) }),
            prefixes: wire.prefixes, orAbsent: wire.orAbsent)
    }
}
