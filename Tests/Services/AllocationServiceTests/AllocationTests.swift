import Core
import Domain
import TestSupport
import Testing

@testable import AllocationService

@Suite struct AllocationTests {
    private typealias Row = (dimensions: DimensionSet, picos: Int128)

    private func row(_ project: String, _ picos: Int128) -> Row {
        (DimensionSet(provider: "p", model: "m", project: project), picos)
    }

    private func code(_ text: String) throws -> BusinessUnitCode { try BusinessUnitCode(text) }

    private func direct(_ project: String, _ unit: String) throws -> AllocationRule {
        AllocationRule(
            id: "direct-\(project)", conditions: [.init(dimension: .project, value: project)],
            target: .unit(try code(unit)))
    }

    private func split(
        _ project: String, _ method: AllocationRule.SplitMethod, _ units: [String]
    ) throws -> AllocationRule {
        AllocationRule(
            id: "split-\(project)", conditions: [.init(dimension: .project, value: project)],
            target: .split(method, units: try units.map(code)))
    }

    @Test func directRulesGiveAllAndTheRestIsUnallocated() throws {
        let result = try Allocation(
            rows: [row("x", 5), row("y", 7), row("x", -2), row("z", 11)],
            rules: [direct("x", "one"), direct("y", "two")])
        #expect(try result.direct == [try code("one"): 3, try code("two"): 7])
        #expect(try result.shared.isEmpty)
        #expect(result.unallocated == 11)
        #expect(result.total == 21)
    }

    @Test func evenSplitsGiveTheOddPicosToTheFirstCodes() throws {
        let result = try Allocation(
            rows: [row("s", 3), row("s", 5)], rules: [split("s", .even, ["a", "b", "c"])])
        #expect(
            try result.shared == [try code("a"): 3, try code("b"): 3, try code("c"): 2])
        #expect(result.unallocated == 0)
    }

    @Test func splitsAreMadeOnceAMonthAndNotPerRow() throws {
        let rows = (0..<10).map { _ in row("s", 1) }
        let result = try Allocation(rows: rows, rules: [split("s", .even, ["a", "b"])])
        #expect(try result.shared == [try code("a"): 5, try code("b"): 5])
    }

    @Test func proportionalSplitsFollowDirectAmountsOfAnyRule() throws {
        let rules = try [
            split("s", .proportional, ["a", "b", "c", "d"]),
            direct("x", "a"), direct("y", "b"), direct("w", "b"), direct("z", "c"),
        ]
        let rows = [row("s", 100), row("x", 10), row("y", 20), row("w", 10), row("z", -50)]
        let result = try Allocation(rows: rows, rules: rules)
        // Weights 10, 30, 0 (negative), 0 (none): 25 and 75.
        #expect(
            try result.shared == [
                try code("a"): 25, try code("b"): 75, try code("c"): 0, try code("d"): 0,
            ])
        #expect(try result.own[try code("b")] == 105)
    }

    @Test func proportionalSplitsOfNothingStayUnallocated() throws {
        let rules = try [split("s", .proportional, ["a", "b"]), direct("x", "c")]
        let result = try Allocation(rows: [row("s", 100), row("x", 10)], rules: rules)
        #expect(try result.shared.isEmpty)
        #expect(result.unallocated == 100)
        #expect(try result.direct == [try code("c"): 10])
    }

    @Test func sharesOfOneSplitAreNoWeightsOfAnother() throws {
        let rules = try [
            split("e", .even, ["a", "b"]), split("s", .proportional, ["a", "b"]),
            direct("x", "a"),
        ]
        let result = try Allocation(rows: [row("e", 10), row("s", 10), row("x", 1)], rules: rules)
        #expect(try result.shared == [try code("a"): 15, try code("b"): 5])
    }

    @Test func sumsBeyond128BitsAreRefused() throws {
        let error = #expect(throws: ServiceError.self) {
            try Allocation(rows: [row("x", .max), row("x", 1)], rules: [])
        }
        #expect(error?.reason == "AMOUNT_OUT_OF_RANGE")
    }

    /// Row 18: splits add up. Random rule graphs over random rows: what is allocated and what is
    /// not equal the input to the last pico, nothing negative comes from positive amounts,
    /// negative amounts split as the mirror image, and the order of the rows does not matter.
    @Test(arguments: 0..<200)
    func allocatedAndUnallocatedEqualTheInput(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let codes = try (0..<Int.random(in: 1...12, using: &random)).map { try code("u\($0)") }
            .sorted()
        let rules = (0..<Int.random(in: 0...15, using: &random)).map { index in
            randomRule(index, codes, &random)
        }
        let rows = (0..<Int.random(in: 0...60, using: &random)).map { _ -> Row in
            let size = Int128(10).power(Int.random(in: 0...24, using: &random))
            return row(
                "p\(Int.random(in: 0..<8, using: &random))",
                Int128.random(in: 0...size, using: &random))
        }
        let result = try Allocation(rows: rows, rules: rules)

        let input = rows.reduce(0) { $0 + $1.picos }
        let allocated = try result.own.values.reduce(0, +)
        #expect(result.total == input)
        #expect(allocated + result.unallocated == input)
        #expect(try result.direct.values.allSatisfy { $0 >= 0 })
        #expect(try result.shared.values.allSatisfy { $0 >= 0 })
        #expect(result.unallocated >= 0)

        #expect(try Allocation(rows: rows.shuffled(using: &random), rules: rules) == result)

        // Proportional splits have no weights where all is negative, so only the others mirror.
        let mirrored = rules.filter {
            if case .split(.proportional, _) = $0.target { return false }
            return true
        }
        let positive = try Allocation(rows: rows, rules: mirrored)
        let negative = try Allocation(
            rows: rows.map { ($0.dimensions, -$0.picos) }, rules: mirrored)
        #expect(try negative.direct == positive.direct.mapValues { -$0 })
        #expect(try negative.shared == positive.shared.mapValues { -$0 })
        #expect(negative.unallocated == -positive.unallocated)
    }

    /// Row 18: a credit on shared cost is the mirror image of the cost, in proportion too.
    @Test(arguments: 0..<50)
    func sharedCreditsMirrorSharedCosts(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let rules = try [
            split("s", .proportional, ["a", "b", "c"]), direct("x", "a"), direct("y", "b"),
            direct("z", "c"),
        ]
        let base = ["x", "y", "z"].map { row($0, Int128.random(in: 0...1_000_000, using: &random)) }
        let amount = Int128.random(in: 1...10_000_000, using: &random)
        let cost = try Allocation(rows: base + [row("s", amount)], rules: rules)
        let credit = try Allocation(rows: base + [row("s", -amount)], rules: rules)
        #expect(try credit.shared == cost.shared.mapValues { -$0 })
    }

    private func randomRule(
        _ index: Int, _ codes: [BusinessUnitCode], _ random: inout SeededRandom
    ) -> AllocationRule {
        let conditions: [AllocationCondition] =
            Int.random(in: 0..<10, using: &random) == 0
            ? []
            : [
                .init(
                    dimension: .project, value: "p\(Int.random(in: 0..<8, using: &random))")
            ]
        let units = codes.filter { _ in Bool.random(using: &random) }
        let target: AllocationRule.Target =
            switch Int.random(in: 0..<3, using: &random) {
            case 0 where !units.isEmpty: .split(.even, units: units)
            case 1 where !units.isEmpty: .split(.proportional, units: units)
            default: .unit(codes[Int.random(in: 0..<codes.count, using: &random)])
            }
        return AllocationRule(id: "r\(index)", conditions: conditions, target: target)
    }
}

extension Allocation {
    /// A month in which every unit that a rule names stands at the top.
    fileprivate init(
        rows: [(dimensions: DimensionSet, picos: Int128)], rules: [AllocationRule]
    ) throws(ServiceError) {
        var history = UnitHistory()
        for code in rules.flatMap(\.units) {
            history.begin(code, UnitDetails(displayName: code.text), from: UnitHistory.beginning)
        }
        try self.init(
            rows: rows.map { (stretch: 0, dimensions: $0.dimensions, picos: $0.picos) },
            rules: rules, trees: [UnitTree(history, on: UnitHistory.beginning)])
    }
}

extension Int128 {
    fileprivate func power(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { product, _ in product * self }
    }
}
