import Domain

/// Requests and tokens of a provider's usage of a day, by project and model, that no event is of.
///
/// Unlike money they are counted across classes and tiers.
struct CallsLeft {
    private struct Counts {
        var requests: Int128 = 0
        var tokens: Int128 = 0
    }

    private var left: [ProjectModel: Counts] = [:]

    init(of usage: [RollupRow]) {
        for row in usage {
            left[ProjectModel(row.dimensions), default: Counts()].requests += Int128(row.requests)
            left[ProjectModel(row.dimensions), default: Counts()].tokens += Int128(row.tokens)
        }
    }

    /// Not below 0.
    func requests(of group: ProjectModel) -> Int128 { max(0, left[group]?.requests ?? 0) }
    /// Not below 0.
    func tokens(of group: ProjectModel) -> Int128 { max(0, left[group]?.tokens ?? 0) }

    func contains(_ group: ProjectModel) -> Bool { left[group] != nil }

    /// Takes what events of the group have, also where that is more than there is.
    mutating func take(requests: Int64 = 0, tokens: Int64, of group: ProjectModel) {
        left[group]?.requests -= Int128(requests)
        left[group]?.tokens -= Int128(tokens)
    }

    /// Takes as much as there is, from each of the groups in proportion to what is left of it.
    mutating func take(requests: Int128, tokens: Int128, from groups: [ProjectModel]) {
        Self.take(requests, groups.map { self.requests(of: $0) }) { index, part in
            left[groups[index]]?.requests -= part
        }
        Self.take(tokens, groups.map { self.tokens(of: $0) }) { index, part in
            left[groups[index]]?.tokens -= part
        }
    }

    private static func take(
        _ amount: Int128, _ left: [Int128], _ body: (Int, Int128) -> Void
    ) {
        let whole = left.reduce(0, +)
        guard whole > 0, amount > 0 else { return }
        // No part is more than its weight, since all of them are not.
        let parts = LargestRemainder.split(min(amount, whole), weights: left.map { UInt128($0) })
        for (index, part) in parts.enumerated() { body(index, part) }
    }
}
