import Domain
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct VisibleUnitsTests {
    /// Whatever the tree: a unit is visible if it, or any above it, is one of the scope's.
    @Test func visibleIsWhatStandsBelowTheScope() throws {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        for _ in 0..<500 {
            let codes = try (0..<Int.random(in: 1...30, using: &random)).map {
                try BusinessUnitCode("u\($0)")
            }
            var parents: [BusinessUnitCode: BusinessUnitCode?] = [:]
            for (index, code) in codes.enumerated() {
                // One before it, so that there is no cycle; or none.
                let parent = Int.random(in: -1..<max(index, 1), using: &random)
                parents[code] = .some(parent < 0 || index == 0 ? nil : codes[parent])
            }
            let named = codes.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
            // A unit that the organization does not have on that day shows nothing.
            let scope = UnitScope(named + [try BusinessUnitCode("unknown")])
            let visible = VisibleUnits(of: scope, parents: parents)
            let lineage = { (code: BusinessUnitCode) in
                Array(sequence(first: code) { parents[$0].flatMap { $0 } })
            }
            let expected = Set(codes.filter { scope.contains(lineage: lineage($0)) })
            #expect(visible.codes == expected, "seed \(random.seed)")
        }
    }

    /// Rows that no server of ours writes end the walk as well.
    @Test func cyclesEnd() throws {
        let codes = try ["a", "b", "c"].map { try BusinessUnitCode($0) }
        let visible = VisibleUnits(
            of: UnitScope([codes[0]]),
            parents: [codes[0]: codes[1], codes[1]: codes[0], codes[2]: nil])
        #expect(visible.codes == [codes[0], codes[1]])
    }
}
