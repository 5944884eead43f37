import Core
import Domain
import Testing

@testable import AllocationService

@Suite struct UnitTreeTests {
    private func tree(_ units: [(String, String?)]) throws -> UnitTree {
        UnitTree(
            try units.map {
                .init(
                    code: try BusinessUnitCode($0), displayName: $0,
                    parent: try $1.map { try BusinessUnitCode($0) })
            })
    }

    @Test func totalsSumUpwards() throws {
        let tree = try tree([
            ("company", nil), ("sales", "company"), ("core", "company"), ("emea", "sales"),
            ("other", nil),
        ])
        let code = { (text: String) in try BusinessUnitCode(text) }
        let totals = try tree.totals(of: [
            code("company"): 1, code("emea"): 10, code("sales"): 100, code("other"): -5,
        ])
        #expect(
            totals == [
                try code("company"): 111, try code("sales"): 110, try code("emea"): 10,
                try code("other"): -5,
            ])
        #expect(tree.units.map(\.code.text) == ["company", "core", "emea", "other", "sales"])
    }

    @Test func aCycleIsAnErrorAndNotAnEndlessLoop() throws {
        let tree = try tree([("a", "b"), ("b", "a")])
        let error = #expect(throws: ServiceError.self) {
            try tree.totals(of: [try BusinessUnitCode("a"): 1])
        }
        #expect(error?.reason == "UNIT_TREE_HAS_A_CYCLE")
    }
}
