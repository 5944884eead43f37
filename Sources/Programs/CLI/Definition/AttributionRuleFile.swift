import API

/// A file of attribution rules: JSON with all of them, or CSV with the table of one.
enum AttributionRuleFile: Equatable {
    case rules([AttributionRule])
    /// What one dimension's values make of another.
    case table(dimension: String, target: String, [AttributionMappingLine])

    /// - Parameter name: `-` for standard input.
    static func load(_ name: String) throws -> AttributionRuleFile {
        try AttributionRuleFile(try InputFile.bytes(of: name), name: name)
    }

    /// - Throws: `Failure` or `ReflectionError` that names the place.
    init(_ bytes: [UInt8], name: String) throws {
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
            self = .rules(try Self.rules(bytes, name))
        } else {
            self = try Self.table(bytes, name)
        }
    }

    private static func rules(_ bytes: [UInt8], _ name: String) throws -> [AttributionRule] {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw Failure("\(name) is not JSON: \(error).")
        }
        guard case .object = json else {
            return try AttributionRuleSet(json: .object([.init("rules", json)])).rules
        }
        return try AttributionRuleSet(json: json).rules
    }

    private static func table(_ bytes: [UInt8], _ name: String) throws -> AttributionRuleFile {
        var header: [String] = []
        var lines: [AttributionMappingLine] = []
        try CSVFile.read(bytes, name: name) { line, cells in
            guard cells.count == 2 else {
                throw Failure(
                    "\(name) line \(line) has \(cells.count) cells, not 2.",
                    remedy: "Let each line have a value, and what it becomes.")
            }
            if header.isEmpty {
                header = cells
            } else {
                lines.append(AttributionMappingLine(from: cells[0], to: cells[1]))
            }
        }
        guard header.count == 2 else {
            throw Failure(
                "\(name) is empty.",
                remedy: "Let its first line name two dimensions, such as project,team.")
        }
        return .table(dimension: header[0], target: header[1], lines)
    }

    /// The rules that the file asks for: its own, or those that there are with its table in the rule of the
    /// name, which is added at the end where there is none.
    /// - Parameter ruleName: of a table; nil: `project to team`, by the table's first line.
    func rules(
        beside current: [AttributionRule], ruleName: String?
    ) throws -> [AttributionRule] {
        switch self {
        case .rules(let rules):
            guard ruleName == nil else {
                throw Failure("--rule is for a table; a file of JSON names its rules itself.")
            }
            return rules
        case .table(let dimension, let target, let lines):
            let value = AttributionRule.Value.mapping(
                AttributionMapping(dimension: dimension, lines: lines))
            let name = ruleName ?? "\(dimension) to \(target)"
            guard let index = current.firstIndex(where: { $0.name == name }) else {
                return current + [AttributionRule(name: name, target: target, value: value)]
            }
            guard current[index].target == target else {
                throw Failure(
                    "The rule \(name) derives \(current[index].target), the table \(target).",
                    remedy: "Give another --rule, or another first line.")
            }
            var rules = current
            rules[index].value = value
            return rules
        }
    }
}
