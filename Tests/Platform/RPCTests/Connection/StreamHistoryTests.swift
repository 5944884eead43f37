import NIOCore
import TestSupport
import Testing

@testable import RPC

/// The small parts of a connection's memory.
@Suite(.rule(6))
struct StreamHistoryTests {
    @Test(arguments: [UInt32(1), 2, 7])
    func evenStepsAreRememberedExactly(step: UInt32) {
        var history = StreamHistory()
        let opened = stride(from: step, through: step * 10_000, by: Int(step))
        for id in opened { #expect(history.open(id) == true) }
        let set = Set(opened)
        for id in 1...(step * 100) {
            #expect(history.contains(id) == set.contains(id))
        }
        #expect(!history.contains(step * 10_000 + 1))
        #expect(!history.contains(0))
    }

    /// Whatever the steps, an opened id is never taken for one that was not.
    @Test func openedIdsAreNeverDenied() {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        var history = StreamHistory()
        var opened: [UInt32] = []
        var id: UInt32 = 0
        for _ in 0..<5_000 {
            id += UInt32.random(in: 1...9, using: &random)
            #expect(history.open(id) == true)
            opened.append(id)
        }
        for id in opened { #expect(history.contains(id), "seed \(random.seed)") }
        #expect(!history.contains(id + 1))
    }

    @Test func recentGapsAreRemembered() {
        var history = StreamHistory()
        for id: UInt32 in [1, 2, 5, 6, 20] { #expect(history.open(id) == true) }
        #expect(
            [1, 2, 3, 4, 5, 6, 7, 19, 20, 21].filter { history.contains($0) } == [1, 2, 5, 6, 20])
    }

    @Test(.rule(10)) func rateIsCountedOverAnySecond() {
        var guardian = RateGuard(countMax: 2)
        let start = NIODeadline.uptimeNanoseconds(0)
        #expect(guardian.count(at: start + .milliseconds(900)) == true)
        #expect(guardian.count(at: start + .milliseconds(950)) == true)
        #expect(guardian.count(at: start + .milliseconds(1_899)) == false)
        #expect(guardian.count(at: start + .milliseconds(1_950)) == true)
    }
}
