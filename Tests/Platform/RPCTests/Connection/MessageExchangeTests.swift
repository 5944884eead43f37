import Synchronization
import Testing

@testable import RPC

struct MessageExchangeTests {
    /// A handler may read in several tasks; each message is one's.
    @Test func readersShareTheMessages() async throws {
        let exchange = MessageExchange(isInputComplete: false)
        let counts = try await withThrowingTaskGroup(of: [UInt8].self) { readers in
            for _ in 0..<4 {
                readers.addTask {
                    var values: [UInt8] = []
                    while let message = try await exchange.next(report: { _ in }) {
                        values += message
                        await Task.yield()
                    }
                    return values
                }
            }
            for value: UInt8 in 0..<200 {
                exchange.messageArrived([value])
                if value.isMultiple(of: 8) { await Task.yield() }
            }
            exchange.inputCompleted()
            return try await readers.reduce(into: []) { $0 += $1 }
        }
        #expect(counts.sorted() == Array(0..<200))
    }
}
