import Core
import Domain

/// The rules of one set, in order, checked.
struct AttributionRules: Sendable {
    let list: [AttributionRule]
    /// Those of the rules, each once.
    let targets: [AttributionTarget]
    /// One a rule: the position of its target.
    private let targetIndexes: [Int]

    init(_ list: [AttributionRule]) {
        self.list = list
        var positions: [AttributionTarget: Int] = [:]
        var targets: [AttributionTarget] = []
        targetIndexes = list.map { rule in
            if let position = positions[rule.target] { return position }
            positions[rule.target] = targets.count
            targets.append(rule.target)
            return targets.count - 1
        }
        self.targets = targets
    }

    /// What an event of these dimensions counts under: what was sent, and what the rules derive of it.
    ///
    /// The first rule that has a value decides its target, once: later rules see it, and cannot change it.
    /// What it replaces by the same is as it was sent, and not derived.
    func attribute(_ sent: DimensionSet, version: Int64) -> DimensionSet {
        var dimensions = sent
        var derived: [Attribution.Derived] = []
        var isDecided = [Bool](repeating: false, count: targets.count)
        for (rule, target) in zip(list, targetIndexes) where !isDecided[target] {
            let before = sent.value(of: rule.target)
            guard rule.replaces || before == nil, let value = rule.value(for: dimensions) else {
                continue
            }
            isDecided[target] = true
            if let before, before.hasSameBytes(as: value) { continue }
            dimensions.setValue(value, of: rule.target)
            derived.append(
                Attribution.Derived(
                    target: rule.target, rule: rule.name, sent: before.map { ExactText($0) }))
        }
        guard !derived.isEmpty else { return sent }
        dimensions.attribution = Attribution(ruleSetVersion: version, derived: derived)
        return dimensions
    }
}
