import TestSupport
import Testing

@testable import RPC

@Suite struct ActionListTests {
    @Test func listsAreJoinedInOrder() {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        for _ in 0..<500 {
            let parts = (0..<3).map { _ in
                (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    Int.random(in: 0...9, using: &random)
                }
            }
            var list = ActionList<Int>()
            for part in parts {
                list += part.reduce(into: ActionList()) { $0.append($1) }
            }
            #expect(Array(list) == parts.flatMap { $0 }, "seed \(random.seed)")
            #expect(list.isEmpty == parts.flatMap { $0 }.isEmpty)
        }
    }
}
