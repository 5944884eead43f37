import TestSupport
import Testing

/// What the protocol's page promises is what tests name.
@Suite struct ProtocolTidyTests {
    /// The tests' code that may name promises, line by line.
    private static func lines() throws -> [String] {
        try SourceTree.files(below: "Tests", endings: [".swift"])
            .filter { !$0.path.hasPrefix("Tests/TidyTests/") && $0.name != "ProtocolPromise.swift" }
            .flatMap(\.lines)
            .filter { !$0.drop { $0 == " " }.hasPrefix("//") }
    }

    @Test func everyPromiseOfTheProtocolHasATest() throws {
        var rules: [Int: Int] = [:]
        var sections: [String: Int] = [:]
        for line in try Self.lines() {
            // A regular expression for each line of the tests would take a minute.
            if line.contains(".rule(") {
                for match in line.matches(of: /\.rule\(([0-9, ]+)\)/) {
                    for number in match.1.split(separator: ",") {
                        rules[Int(number.drop { $0 == " " }) ?? 0, default: 0] += 1
                    }
                }
            }
            if line.contains(".section(.") {
                for match in line.matches(of: /\.section\(\.([A-Za-z]+)\)/) {
                    sections[String(match.1), default: 0] += 1
                }
            }
        }
        let numbers = Set(1...ProtocolPromise.rules.count)
        #expect(numbers.count == 13)
        for number in numbers.sorted() {
            #expect(rules[number] != nil, "no test names rule \(number)")
        }
        #expect(numbers.isSuperset(of: rules.keys), "\(rules.keys.sorted())")
        for section in ProtocolPromise.Section.allCases {
            #expect(sections[section.rawValue] != nil, "no test names \(section)")
        }
    }

    @Test func everySentenceOfTheRulesHasItsTests() throws {
        let tests = try Self.testsByRule()
        for clause in ProtocolClause.all {
            for test in clause.tests {
                #expect(
                    tests[clause.rule]?.contains(test) == true,
                    "no test \(test) names rule \(clause.rule): \(clause.words)")
            }
        }
        #expect(Set(ProtocolClause.all.map(\.rule)) == Set(1...ProtocolPromise.rules.count))
    }

    /// The names of the tests that name a rule, themselves or by their suite.
    private static func testsByRule() throws -> [Int: Set<String>] {
        var tests: [Int: Set<String>] = [:]
        for file in try SourceTree.files(below: "Tests", endings: [".swift"]) {
            var ofSuite: [Int] = []
            // What was read of an attribute whose function or type has not come.
            var attribute: String?
            for line in file.lines.map({ $0.drop { $0 == " " } }) {
                if line.hasPrefix("@Test") || line.hasPrefix("@Suite") { attribute = "" }
                guard let before = attribute else { continue }
                let read = before + line
                attribute = read
                if let name = line.firstMatch(of: /func ([A-Za-z0-9]+)/)?.1 {
                    for rule in rules(in: read) + ofSuite {
                        tests[rule, default: []].insert(String(name))
                    }
                    attribute = nil
                } else if line.contains("struct ") || line.contains("class ") {
                    ofSuite = rules(in: read)
                    attribute = nil
                }
            }
        }
        return tests
    }

    private static func rules(in attribute: String) -> [Int] {
        attribute.matches(of: /\.rule\(([0-9, ]+)\)/)
            .flatMap { $0.1.split(separator: ",") }
            .compactMap { Int($0.drop { $0 == " " }) }
    }
}
