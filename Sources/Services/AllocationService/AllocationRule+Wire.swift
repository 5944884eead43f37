import API
import Core
import Domain

extension AllocationRule {
    private static let idByteCountMax = 63

    /// Checks one rule of a request; fields are named from the rule on.
    init(wire: API.AllocationRule) throws(ServiceError) {
        guard Self.isID(wire.id) else {
            throw ServiceError(
                .invalidArgument, "RULE_ID_MALFORMED", field: "id",
                "A rule's id is 1 to \(Self.idByteCountMax) of a-z, 0-9 and hyphen.")
        }
        guard wire.conditions.count <= Self.conditionCountMax else {
            throw ServiceError(
                .invalidArgument, "TOO_MANY_CONDITIONS", field: "conditions",
                "A rule has at most \(Self.conditionCountMax) conditions.")
        }
        var conditions: [AllocationCondition] = []
        for (index, condition) in wire.conditions.enumerated() {
            do throws(ServiceError) {
                conditions.append(try AllocationCondition(wire: condition))
            } catch {
                throw error.within("conditions[\(index)]")
            }
        }
        guard let target = wire.target else {
            throw ServiceError(
                .invalidArgument, "RULE_TARGET_MISSING", field: "unit",
                "A rule names a unit or a split.")
        }
        self.init(id: wire.id, conditions: conditions, target: try Target(wire: target))
    }

    var wire: API.AllocationRule {
        API.AllocationRule(
            id: id,
            conditions: conditions.map {
                API.Condition(dimension: $0.dimension.text, value: $0.value)
            },
            target: target.wire)
    }

    private static func isID(_ text: String) -> Bool {
        (1...idByteCountMax).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }
}

extension AllocationCondition {
    init(wire: API.Condition) throws(ServiceError) {
        let dimension: AllocationDimension
        do throws(ServiceError) {
            dimension = try AllocationDimension(wire.dimension)
        } catch {
            throw error.within("dimension")
        }
        guard wire.value.utf8.count <= Self.valueByteCountMax else {
            throw ServiceError(
                .invalidArgument, "CONDITION_VALUE_TOO_LONG", field: "value",
                "A condition's value has at most \(Self.valueByteCountMax) bytes.")
        }
        guard UnseenCharacter.first(in: wire.value) == nil else {
            throw ServiceError(
                .invalidArgument, "CONDITION_VALUE_HAS_UNSEEN_CHARACTERS", field: "value",
                "The condition's value has a control character or one that is not seen; leave it "
                    + "out.")
        }
        self.init(dimension: dimension, value: wire.value)
    }
}

extension AllocationRule.Target {
    init(wire: API.AllocationRule.Target) throws(ServiceError) {
        switch wire {
        case .unit(let text): self = .unit(try Self.code(text, path: "unit"))
        case .split(let split): self = try Self.split(split)
        }
    }

    var wire: API.AllocationRule.Target {
        switch self {
        case .unit(let code): .unit(code.text)
        case .split(let method, let units):
            .split(
                API.Split(
                    method: method == .even ? .even : .proportional, units: units.map(\.text)))
        }
    }

    private static func split(_ split: API.Split) throws(ServiceError) -> Self {
        let method: AllocationRule.SplitMethod
        switch split.method {
        case .even: method = .even
        case .proportional: method = .proportional
        default:
            throw ServiceError(
                .invalidArgument, "SPLIT_METHOD_UNKNOWN", field: "split.method",
                "A split is METHOD_EVEN or METHOD_PROPORTIONAL.")
        }
        guard !split.units.isEmpty else {
            throw ServiceError(
                .invalidArgument, "SPLIT_UNITS_MISSING", field: "split.units",
                "A split names the units that share.")
        }
        guard split.units.count <= AllocationRule.splitUnitCountMax else {
            throw ServiceError(
                .invalidArgument, "TOO_MANY_SPLIT_UNITS", field: "split.units",
                "A split has at most \(AllocationRule.splitUnitCountMax) units.")
        }
        var units: Set<BusinessUnitCode> = []
        for (index, text) in split.units.enumerated() {
            let path = "split.units[\(index)]"
            guard units.insert(try code(text, path: path)).inserted else {
                throw ServiceError(
                    .invalidArgument, "SPLIT_UNIT_DUPLICATE", field: path,
                    "A split names each unit once.")
            }
        }
        // The order decides who gets the odd picos, so it must not be the caller's.
        return .split(method, units: units.sorted())
    }

    private static func code(
        _ text: String, path: String
    ) throws(ServiceError) -> BusinessUnitCode {
        do throws(ServiceError) {
            return try BusinessUnitCode(text)
        } catch {
            throw error.within(path)
        }
    }
}
