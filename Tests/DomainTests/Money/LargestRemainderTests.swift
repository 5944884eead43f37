import Domain
import TestSupport
import Testing

struct LargestRemainderTests {
    @Test(
        arguments: [
            (100, [1, 1, 1], [34, 33, 33]), (-100, [1, 1, 1], [-34, -33, -33]),
            (10, [0, 3, 0, 7], [0, 3, 0, 7]), (1, [5, 5], [1, 0]), (5, [1, 2, 3], [1, 2, 2]),
            (0, [1, 2], [0, 0]), (7, [0, 0, 0], [3, 2, 2]), (2, [1, 1, 8], [0, 0, 2]),
            (11, [7], [11]),
        ] as [(Int128, [UInt128], [Int128])])
    func splitsByTable(amount: Int128, weights: [UInt128], expected: [Int128]) {
        #expect(LargestRemainder.split(amount, weights: weights) == expected)
    }

    /// Row 18: allocated parts sum to the input to the last pico, mirror for negative amounts,
    /// no part has the other sign, equal weights differ by one pico at most.
    @Test(arguments: 0..<200)
    func partsSumToTheWhole(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let bits = Int.random(in: 1...127, using: &random)
        let amount = Int128(UInt128.random(in: 0...(.max >> UInt128(128 - bits)), using: &random))
        let weightBits = Int.random(in: 1...128, using: &random)
        let weights = (0..<Int.random(in: 1...40, using: &random)).map { _ in
            Bool.random(using: &random)
                ? 0 : UInt128.random(in: 0...(.max >> UInt128(128 - weightBits)), using: &random)
        }
        let parts = LargestRemainder.split(amount, weights: weights)
        #expect(parts.reduce(0, +) == amount, "seed \(seed)")
        #expect(parts.allSatisfy { $0 >= 0 }, "seed \(seed)")
        let mirror = LargestRemainder.split(-amount, weights: weights)
        #expect(mirror == parts.map { -$0 }, "seed \(seed)")
        if weights.contains(where: { $0 > 0 }) {
            for (part, weight) in zip(parts, weights) where weight == 0 {
                #expect(part == 0, "seed \(seed)")
            }
        }
    }

    @Test func theWholeRangeSplits() {
        let parts = LargestRemainder.split(.min, weights: [.max, .max, 1])
        #expect(parts.reduce(0, &+) == .min)
        #expect(LargestRemainder.split(.max, weights: [.max]) == [.max])
        #expect(LargestRemainder.split(.min, weights: [3]) == [.min])
    }

    @Test func evenSplitsDifferByOne() {
        #expect(LargestRemainder.splitEvenly(26, into: 24).filter { $0 == 2 }.count == 2)
        #expect(LargestRemainder.splitEvenly(26, into: 24).first == 2)
    }
}
