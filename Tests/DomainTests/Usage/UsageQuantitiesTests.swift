import Domain
import Testing

struct UsageQuantitiesTests {
    /// Row 13: an explicit zero is not an absent class.
    @Test func zeroIsNotAbsent() {
        let zero = UsageQuantities([Quantity(.input, 0)])
        #expect(zero != UsageQuantities())
        #expect(zero[.input] == 0)
        #expect(zero[.output] == nil)
        #expect(!zero.isEmpty)
    }

    @Test func orderDoesNotMatter() {
        let search = QuantityClass.webSearchRequest
        let left = UsageQuantities([.init(.input, 5), .init(search, 2), .init(.output, 3)])
        let right = UsageQuantities([.init(search, 2), .init(.output, 3), .init(.input, 5)])
        #expect(left == right)
        #expect(left.totalTokens == 8)
        #expect(left.all.map(\.quantityClass) == [.input, .output, search])
        #expect(left.otherQuantities == [Quantity(search, 2)])
    }

    @Test func tokenClassesAreFoundByTheBytesOfTheirNames() {
        func index(_ name: String) -> Int? {
            Array(name.utf8).withUnsafeBytes { QuantityClass.tokenIndex(ofName: $0) }
        }
        for (place, quantityClass) in QuantityClass.tokenClasses.enumerated() {
            #expect(index(quantityClass.rawValue) == place)
            #expect(index(quantityClass.rawValue + "\0") == nil)
            #expect(index(quantityClass.rawValue + "x") == nil)
            #expect(index(String(quantityClass.rawValue.dropLast())) == nil)
        }
        for other in ["", "\0", "web_search_request", "code_interpreter_session"] {
            #expect(index(other) == nil)
        }
    }

    @Test func inputSideHoldsEveryPromptClass() {
        let quantities = UsageQuantities(
            QuantityClass.tokenClasses.enumerated().map { Quantity($1, 1 << Int64($0)) })
        #expect(quantities.totalTokens == 0x7fff)
        #expect(quantities.inputSideTokens == 0b011_0110_0011_1111)
    }

    @Test func differencesAddUpAgain() {
        let before = UsageQuantities([.init(.input, 5), .init(.webSearchRequest, 1)])
        let after = UsageQuantities([.init(.input, 3), .init(.output, 9)])
        let delta = after.subtracting(before)
        #expect(delta?[.input] == -2)
        #expect(delta?[.webSearchRequest] == -1)
        let sum = delta.flatMap { before.adding($0) }
        #expect(sum?[.output] == 9 && sum?[.input] == 3 && sum?[.webSearchRequest] == 0)
    }

    @Test func sumsBeyond64BitsAreAbsent() {
        let quantities = UsageQuantities([.init(.input, .max), .init(.output, 1)])
        #expect(quantities.totalTokens == nil)
    }

    @Test func dimensionKeyHasEightParts() {
        let dimensions = DimensionSet(
            provider: "openai", model: "gpt-6-sol", region: "us", serviceTier: "batch",
            project: "p", apiKeyID: "k", user: "u",
            tags: [.init(key: "b", value: "2"), .init(key: "a", value: "1")])
        #expect(
            dimensions.dimensionKey
                == "openai\u{1f}gpt-6-sol\u{1f}p\u{1f}k\u{1f}u\u{1f}batch\u{1f}\u{1f}us")
        #expect(dimensions.tags.map(\.key) == ["a", "b"])
        #expect(dimensions.tag("b") == "2" && dimensions.tag("c").isEmpty)
    }
}
