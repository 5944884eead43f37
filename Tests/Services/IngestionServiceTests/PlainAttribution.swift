import API
import Domain
import TestSupport

/// Attribution rules as the contract's words have them, over names and values: shares no code with the
/// product.
struct PlainAttribution {
    private(set) var values: [ExactText: ExactText]
    /// Names of the rules that gave a value, by what they gave it to.
    private(set) var rules: [ExactText: String] = [:]

    init(_ sent: DimensionSet, _ list: [API.AttributionRule]) {
        let sent = Self.values(of: sent)
        values = sent
        var decided: Set<ExactText> = []
        for rule in list {
            let target = ExactText(rule.target)
            if decided.contains(target) { continue }
            if sent[target] != nil && !rule.replace { continue }
            if !rule.conditions.allSatisfy({ holds($0) }) { continue }
            guard let value = value(rule.value), !value.isEmpty else { continue }
            if value.count > (rule.target.hasPrefix("tag:") ? 256 : 200) { continue }
            decided.insert(target)
            let text = ExactText(String(decoding: value, as: UTF8.self))
            if sent[target] == text { continue }
            values[target] = text
            rules[target] = rule.name
        }
    }

    static func values(of set: DimensionSet) -> [ExactText: ExactText] {
        let named: [(String, String)] = [
            ("provider", set.provider), ("model", set.model),
            ("requested_model", set.requestedModel), ("operation", set.operation),
            ("region", set.region), ("service_tier", set.serviceTier), ("project", set.project),
            ("api_key_id", set.apiKeyID), ("user", set.user), ("feature", set.feature),
            ("customer", set.customer), ("team", set.team), ("environment", set.environment),
            ("source", set.source), ("connection", set.connectionID?.text ?? ""),
        ]
        var values: [ExactText: ExactText] = [:]
        for (name, value) in named where value != "" { values[ExactText(name)] = ExactText(value) }
        for tag in set.tags { values[ExactText("tag:" + tag.key)] = ExactText(tag.value) }
        return values
    }

    private func bytes(_ dimension: String) -> [UInt8]? {
        values[ExactText(dimension)].map { Array($0.text.utf8) }
    }

    private func holds(_ condition: AttributionCondition) -> Bool {
        guard let value = bytes(condition.dimension) else { return condition.orAbsent }
        return condition.values.contains { Array($0.utf8) == value }
            || condition.prefixes.contains { value.prefix($0.utf8.count) == Array($0.utf8)[...] }
    }

    private func value(_ value: API.AttributionRule.Value?) -> [UInt8]? {
        switch value {
        case .constant(let text): return Array(text.utf8)
        case .copyOf(let dimension): return bytes(dimension)
        case .mapping(let mapping):
            guard let value = bytes(mapping.dimension) else { return nil }
            return mapping.lines.first { Array($0.from.utf8) == value }.map { Array($0.to.utf8) }
        case .part(let part):
            guard let value = bytes(part.dimension) else { return nil }
            guard value.prefix(part.after.utf8.count) == Array(part.after.utf8)[...] else {
                return nil
            }
            var rest = value.dropFirst(part.after.utf8.count)
            if part.before.isEmpty { return Array(rest) }
            var taken: [UInt8] = []
            while !rest.isEmpty {
                if rest.starts(with: part.before.utf8) { return taken }
                taken.append(rest.removeFirst())
            }
            return nil
        case nil: return nil
        }
    }
}

/// Rules and events that meet often, the same for the same seed.
struct RandomAttribution {
    var random: SeededRandom

    static let texts = [
        "alpha", "beta", "gamma", "caf\u{E9}", "cafe\u{301}", "prod-search-7", "prod-chat", "dev-",
        "-", String(repeating: "x", count: 250),
    ]
    private static let dimensions = [
        "provider", "model", "operation", "project", "api_key_id", "user", "feature", "customer",
        "team", "environment", "source", "tag:env", "tag:team", "tag:caf\u{E9}", "tag:cafe\u{301}",
    ]
    private static let targets = [
        "user", "feature", "customer", "team", "environment", "tag:env", "tag:team",
        "tag:caf\u{E9}", "tag:new",
    ]

    private mutating func any<T>(_ list: [T]) -> T {
        list[Int.random(in: list.indices, using: &random)]
    }

    /// Of what an event may have in a dimension.
    private mutating func text() -> String { any(Self.texts.dropLast()) }

    mutating func sent() -> DimensionSet {
        func maybe(_ random: inout SeededRandom) -> String {
            guard Int.random(in: 0..<3, using: &random) == 0 else { return "" }
            return Self.texts[Int.random(in: 0..<(Self.texts.count - 1), using: &random)]
        }
        var tags: [DimensionSet.Tag] = []
        for key in ["env", "team", "caf\u{E9}", "cafe\u{301}"]
        where Bool.random(using: &random) {
            tags.append(.init(key: key, value: any([""] + Self.texts)))
        }
        return DimensionSet(
            provider: any(["openai", "alpha"]), model: text(), operation: "chat",
            serviceTier: "standard", project: maybe(&random), apiKeyID: maybe(&random),
            user: maybe(&random), feature: maybe(&random), customer: maybe(&random),
            team: maybe(&random), environment: maybe(&random), source: "gateway", tags: tags)
    }

    mutating func rules() -> [API.AttributionRule] {
        (0..<Int.random(in: 0...12, using: &random)).map { rule("rule \($0)") }
    }

    private mutating func rule(_ name: String) -> API.AttributionRule {
        let conditions = (0..<any([0, 0, 1, 1, 2])).map { _ in condition() }
        let value: API.AttributionRule.Value
        switch Int.random(in: 0..<4, using: &random) {
        case 0: value = .constant(text())
        case 1: value = .copyOf(any(Self.dimensions))
        case 2:
            let after = any(["", "prod-", "a", "caf"])
            let before = after.isEmpty ? any(["-", "a", "\u{301}"]) : any(["", "-", "a"])
            value = .part(
                AttributionPart(dimension: any(Self.dimensions), after: after, before: before))
        default:
            var from: Set<ExactText> = []
            var lines: [AttributionMappingLine] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let line = AttributionMappingLine(from: any([""] + Self.texts), to: text())
                if from.insert(ExactText(line.from)).inserted { lines.append(line) }
            }
            value = .mapping(AttributionMapping(dimension: any(Self.dimensions), lines: lines))
        }
        return API.AttributionRule(
            name: name, conditions: conditions, target: any(Self.targets), value: value,
            replace: Int.random(in: 0..<3, using: &random) == 0)
    }

    private mutating func condition() -> AttributionCondition {
        var condition = AttributionCondition(dimension: any(Self.dimensions))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: condition.orAbsent = true
        case 1: condition.prefixes = [any(["prod", "a", "cafe", "b"])]
        default: condition.values = (0..<3).map { _ in any([""] + Self.texts) }
        }
        if Bool.random(using: &random) { condition.orAbsent = true }
        return condition
    }
}
