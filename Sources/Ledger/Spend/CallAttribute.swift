/// What calls are told apart by that is no dimension: too many values for roll-ups, or one that changes.
package enum CallAttribute: String, CaseIterable, Sendable {
    case session
    case run
    /// ok, error or aborted.
    case status
    /// Number of the attempt, from 1.
    case attempt
    /// What is known of the usage now, corrections included: reported, partial, missing or pending.
    case usageState = "usage_state"
}

/// What some calls have in common: once for all rows of them, since rows are copied often.
package final class CallAttributes: Sendable {
    private let values: [CallAttribute: String]

    /// - Parameter values: of those that were asked for; empty where a call has none.
    init(_ values: [CallAttribute: String]) {
        self.values = values
    }

    /// Nil where it has none, or nobody asked for it.
    package subscript(attribute: CallAttribute) -> String? {
        values[attribute].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension CallAttributes: Hashable {
    package static func == (left: CallAttributes, right: CallAttributes) -> Bool {
        left.values == right.values
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(values)
    }
}
