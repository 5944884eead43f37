import Domain

/// Derives one dimension of an event from others: pure.
struct AttributionRule: Sendable {
    /// Holds where the dimension has one of the values, begins with one of the prefixes, or is absent
    /// where that may be.
    struct Condition: Sendable {
        let dimension: UsageDimension
        let values: Set<ExactText>
        let prefixes: [String]
        let orAbsent: Bool

        func holds(for dimensions: DimensionSet) -> Bool {
            guard case .value(let value) = dimension.value(of: dimensions) else { return orAbsent }
            return values.contains(value)
                || prefixes.contains { value.text.utf8.starts(with: $0.utf8) }
        }
    }

    /// What the target becomes.
    enum Value: Sendable {
        case constant(String)
        case copy(UsageDimension)
        /// What follows `after` up to the first `before` behind it, or to the end.
        case part(UsageDimension, after: String, before: String)
        case mapping(UsageDimension, [ExactText: String])
    }

    let name: ExactText
    let conditions: [Condition]
    let target: AttributionTarget
    let value: Value
    /// Whether a value that was sent is replaced.
    let replaces: Bool

    /// What the rule gives its target; nil where a condition does not hold, there is nothing to give, or
    /// it is longer than the target may be.
    func value(for dimensions: DimensionSet) -> String? {
        guard conditions.allSatisfy({ $0.holds(for: dimensions) }),
            let given = given(for: dimensions), !given.isEmpty,
            given.utf8.count <= Self.valueBytesMax(of: target)
        else { return nil }
        return given
    }

    static func valueBytesMax(of target: AttributionTarget) -> Int {
        if case .tag = target { return EventLimits.tagValueBytesMax }
        return EventLimits.textBytesMax
    }

    private func given(for dimensions: DimensionSet) -> String? {
        switch value {
        case .constant(let text): return text
        case .copy(let dimension): return Self.text(of: dimension, in: dimensions)
        case .part(let dimension, let after, let before):
            return Self.text(of: dimension, in: dimensions).flatMap {
                Self.part(of: $0, after: after, before: before)
            }
        case .mapping(let dimension, let lines):
            return Self.text(of: dimension, in: dimensions).flatMap { lines[ExactText($0)] }
        }
    }

    private static func text(of dimension: UsageDimension, in dimensions: DimensionSet) -> String? {
        guard case .value(let value) = dimension.value(of: dimensions) else { return nil }
        return value.text
    }

    /// By bytes, as values are told apart. Both texts are whole characters in UTF-8, so is what lies
    /// between them.
    private static func part(of text: String, after: String, before: String) -> String? {
        guard text.utf8.starts(with: after.utf8) else { return nil }
        let rest = Array(text.utf8.dropFirst(after.utf8.count))
        guard !before.isEmpty else { return String(decoding: rest, as: UTF8.self) }
        let end = Array(before.utf8)
        guard rest.count >= end.count else { return nil }
        let position = (0...(rest.count - end.count)).first { rest[$0...].starts(with: end) }
        return position.map { String(decoding: rest[..<$0], as: UTF8.self) }
    }
}
