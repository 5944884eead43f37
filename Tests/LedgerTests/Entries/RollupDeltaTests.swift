import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

@Suite struct RollupDeltaTests {
    private static let classes =
        ["images", "seconds", "searches"].map { QuantityClass(rawValue: $0) }
        + [.input, .output]

    /// Whatever cannot be added leaves the roll-ups as they were, whichever of its steps it fails in.
    @Test(arguments: UInt64(0)..<50) func whatCannotBeAddedLeavesNothing(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var deltas = RollupDeltas()
        var refusedCount = 0
        for _ in 0..<200 {
            let changes = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                FiguresChange(
                    before: Self.figures(&random), after: Self.figures(&random),
                    time: Instant(seconds: Int64.random(in: 0...1, using: &random) * 900),
                    dimensionSetID: Int64.random(in: 1...2, using: &random),
                    newDimensionSetID: Bool.random(using: &random) ? 3 : nil, kind: .event)
            }
            let before = deltas
            do {
                try deltas.add(changes)
            } catch {
                refusedCount += 1
                #expect(error.reason == "QUANTITY_OUT_OF_RANGE")
                #expect(Self.content(deltas) == Self.content(before), "seed \(seed)")
            }
        }
        #expect((1..<200).contains(refusedCount))
    }

    private static func figures(_ random: inout SeededRandom) -> Figures {
        var figures = Figures()
        figures.picos = Int128(Int64.random(in: 0...1_000_000, using: &random))
        figures.requests = Int64.random(in: 0...1, using: &random)
        figures.isUnpriced = Bool.random(using: &random)
        for quantityClass in classes where Bool.random(using: &random) {
            // A few of these are more than a roll-up takes.
            figures.quantities[quantityClass] = Int64.random(in: 0...(.max / 8), using: &random)
        }
        return figures
    }

    private static func content(_ deltas: RollupDeltas) -> [String] {
        deltas.sorted.map { key, delta in
            let tokens = delta.tokens.indices.map { delta.tokens[$0] }
            let others = delta.others.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return """
                \(key.bucket) \(key.dimensionSetID) \(delta.entries) \(delta.requests) \(delta.picos) \
                \(delta.unpricedEntries) \(delta.unpricedTokens) \(tokens) \(others) \
                \(delta.isCorrection)
                """
        }
    }
}
