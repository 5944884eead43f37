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
}
