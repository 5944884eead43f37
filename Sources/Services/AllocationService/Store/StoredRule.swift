import API
import Core
import Domain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One rule as the `rules` column holds it: the same shape as in rule files.
struct StoredRule: Codable, Equatable {
    struct Condition: Codable, Equatable {
        var dimension: String
        var value: String
    }

    struct Split: Codable, Equatable {
        enum Method: String, Codable {
            case even
            case proportional
        }

        var method: Method
        var units: [String]
    }

    var id: String
    var conditions: [Condition]
    var unit: String?
    var split: Split?

    init(_ rule: AllocationRule) {
        id = rule.id
        conditions = rule.conditions.map {
            Condition(dimension: $0.dimension.text, value: $0.value)
        }
        switch rule.target {
        case .unit(let code): unit = code.text
        case .split(let method, let units):
            split = Split(
                method: method == .even ? .even : .proportional, units: units.map(\.text))
        }
    }

    /// The rule as a request would bring it, so that reading checks what writing checked.
    var wire: API.AllocationRule {
        let target: API.AllocationRule.Target? =
            if let unit {
                .unit(unit)
            } else {
                split.map {
                    .split(
                        API.Split(
                            method: $0.method == .even ? .even : .proportional, units: $0.units))
                }
            }
        return API.AllocationRule(
            id: id,
            conditions: conditions.map {
                API.Condition(dimension: $0.dimension, value: $0.value)
            },
            target: target)
    }
}

extension AllocationRules {
    /// The text of the `rules` column.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(list.map(StoredRule.init)), as: UTF8.self)
        }
    }

    /// Reads the `rules` column; what it holds was checked when it was written.
    init(json: String) throws {
        let stored = try JSONDecoder().decode([StoredRule].self, from: Data(json.utf8))
        try self.init(wire: stored.map(\.wire))
    }
}
