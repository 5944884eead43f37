import NIOCore
import TestSupport
import Testing

@testable import RPC

@Suite struct StreamTableTests {
    private func stream(_ number: UInt32) -> ServerStreamStateMachine {
        ServerStreamStateMachine(
            isHalfClosed: true, deadline: .uptimeNanoseconds(UInt64(number)), owedCredit: 0,
            receiveWindow: 1, sendWindow: 1)
    }

    /// A dictionary and the table, given the same random changes, hold the same.
    @Test func itHoldsWhatADictionaryWould() {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        var table = StreamTable()
        var expected: [UInt32: UInt64] = [:]
        var lastID: UInt32 = 0
        for _ in 0..<5_000 {
            let someID = UInt32.random(in: 1...(lastID + 2), using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                lastID += UInt32.random(in: 1...3, using: &random)
                table.insert(stream(lastID), id: lastID)
                expected[lastID] = UInt64(lastID)
            case 2:
                table[someID] = nil
                expected[someID] = nil
            default:
                table[someID]?.isQueued = true
            }
            #expect(table.count == expected.count, "seed \(random.seed)")
            #expect(table[someID]?.deadline?.uptimeNanoseconds == expected[someID])
            #expect(table[lastID]?.deadline?.uptimeNanoseconds == expected[lastID])
        }
        #expect(table.ids { _ in true } == expected.keys.sorted(), "seed \(random.seed)")
        var found: [UInt32: UInt64] = [:]
        table.forEach { id, stream in found[id] = stream.deadline?.uptimeNanoseconds }
        #expect(found == expected)
        table.removeAll()
        #expect(table.count == 0 && table[lastID] == nil)
    }
}
