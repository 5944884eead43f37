import API
import Core
import Domain

/// The rules of one set, in order, checked.
struct AllocationRules: Equatable, Sendable {
    static let countMax = 500

    let list: [AllocationRule]

    init(_ list: [AllocationRule]) {
        self.list = list
    }

    /// Checks the rules of a request. Checks run per rule in the order of its fields; the error
    /// names the field, such as `rules[3].conditions[0].dimension`.
    init(wire: [API.AllocationRule]) throws(ServiceError) {
        guard wire.count <= Self.countMax else {
            throw ServiceError(
                .invalidArgument, "TOO_MANY_RULES", field: "rules",
                "A set has at most \(Self.countMax) rules.")
        }
        var ids: Set<String> = []
        var list: [AllocationRule] = []
        for (index, rule) in wire.enumerated() {
            let path = "rules[\(index)]"
            do throws(ServiceError) {
                list.append(try AllocationRule(wire: rule))
            } catch {
                throw error.within(path)
            }
            guard ids.insert(rule.id).inserted else {
                throw ServiceError(
                    .invalidArgument, "RULE_ID_DUPLICATE", field: "\(path).id",
                    "Each rule of a set has an id of its own.")
            }
        }
        self.list = list
    }

    /// Refuses rules that name a unit which does not exist.
    func check(units known: Set<BusinessUnitCode>) throws(ServiceError) {
        for (index, rule) in list.enumerated() {
            for (position, code) in rule.units.enumerated() where !known.contains(code) {
                let path =
                    if case .unit = rule.target { "unit" } else { "split.units[\(position)]" }
                throw ServiceError(
                    .failedPrecondition, "BUSINESS_UNIT_UNKNOWN", field: "rules[\(index)].\(path)",
                    "There is no business unit \(code); create it first.")
            }
        }
    }
}
