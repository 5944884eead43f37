/// A dimension that attribution rules may derive from others.
package enum AttributionTarget: Hashable, Sendable {
    case named(Name)
    case tag(key: ExactText)

    /// None by which a call is priced, or its provider's usage and bill are matched with it, as by project.
    package enum Name: String, CaseIterable, Sendable {
        case user
        case feature
        case customer
        case team
        case environment

        fileprivate var path: WritableKeyPath<DimensionSet, String> {
            switch self {
            case .user: \.user
            case .feature: \.feature
            case .customer: \.customer
            case .team: \.team
            case .environment: \.environment
            }
        }
    }

    private static let tagPrefix = "tag:"

    /// Reads a name of the contract; nil where rules do not derive it.
    package init?(_ text: String) {
        if let name = Name(rawValue: text), name.rawValue.hasSameBytes(as: text) {
            self = .named(name)
            return
        }
        // By bytes: a mark after the colon is part of the key.
        guard text.utf8.starts(with: Self.tagPrefix.utf8) else { return nil }
        let key = String(decoding: text.utf8.dropFirst(Self.tagPrefix.utf8.count), as: UTF8.self)
        guard !key.isEmpty else { return nil }
        self = .tag(key: ExactText(key))
    }

    /// The name in the contract.
    package var text: String {
        switch self {
        case .named(let name): name.rawValue
        case .tag(let key): Self.tagPrefix + key.text
        }
    }
}

/// What attribution rules gave a dimension set beside what was sent.
package struct Attribution: Hashable, Sendable {
    /// One dimension's part.
    package struct Derived: Hashable, Sendable {
        package let target: AttributionTarget
        /// Name of the rule.
        package let rule: ExactText
        /// What was sent, and is replaced; nil where there was nothing.
        package let sent: ExactText?

        package init(target: AttributionTarget, rule: ExactText, sent: ExactText?) {
            self.target = target
            self.rule = rule
            self.sent = sent
        }
    }

    package let ruleSetVersion: Int64
    /// At least one, sorted by the targets' names, bytewise.
    package let derived: [Derived]

    package init(ruleSetVersion: Int64, derived: [Derived]) {
        self.ruleSetVersion = ruleSetVersion
        self.derived = derived.sorted {
            $0.target.text.utf8.lexicographicallyPrecedes($1.target.text.utf8)
        }
    }
}

extension DimensionSet {
    /// Nil where it is absent; empty for a tag without a value alone.
    package func value(of target: AttributionTarget) -> String? {
        switch target {
        case .named(let name):
            let value = self[keyPath: name.path]
            return value.isEmpty ? nil : value
        case .tag(let key): return tags.first { $0.key.hasSameBytes(as: key.text) }?.value
        }
    }

    /// - Parameter value: nil to take it away.
    package mutating func setValue(_ value: String?, of target: AttributionTarget) {
        switch target {
        case .named(let name): self[keyPath: name.path] = value ?? ""
        case .tag(let key):
            let others = tags.filter { !$0.key.hasSameBytes(as: key.text) }
            setTags(others + (value.map { [Tag(key: key.text, value: $0)] } ?? []))
        }
    }

    /// The set as its sender gave it, before rules derived anything.
    package var asSent: DimensionSet {
        guard let attribution else { return self }
        var set = self
        set.attribution = nil
        for derived in attribution.derived { set.setValue(derived.sent?.text, of: derived.target) }
        return set
    }
}
