import Synchronization
import TestSupport
import Testing

@testable import RPC

@Suite(.rule(10)) struct PartialFrameBudgetTests {
    private final class Connection: Sendable {
        private let given = Atomic<Bool>(false)

        var isGiven: Bool { given.load(ordering: .relaxed) }

        func reserve(
            _ byteCount: Int, of network: PeerNetwork, in budget: PartialFrameBudget
        ) -> Bool {
            budget.reserve(byteCount, for: ObjectIdentifier(self), of: network) {
                self.given.store(true, ordering: .relaxed)
            }
        }

        func leave(_ budget: PartialFrameBudget) { budget.release(ObjectIdentifier(self)) }
    }

    @Test func oneNetworkHasAQuarter() {
        let budget = PartialFrameBudget(byteCountMax: 400)
        let connections = (0..<6).map { _ in Connection() }
        let mine = PeerNetwork("10.0.0.1")
        #expect(connections[0].reserve(60, of: mine, in: budget))
        #expect(connections[1].reserve(40, of: mine, in: budget))
        #expect(!connections[2].reserve(1, of: mine, in: budget))
        // Whoever asks later and has its share left is not held up.
        #expect(connections[3].reserve(100, of: PeerNetwork("10.0.0.2"), in: budget))
        // Those behind the socket's file are not told apart.
        #expect(connections[4].reserve(200, of: .unix, in: budget))
        #expect(!connections[5].reserve(1, of: PeerNetwork("10.0.0.3"), in: budget))
        #expect(budget.usage == (400, 2))
        connections[1].leave(budget)
        #expect(connections[2].isGiven)
        #expect(connections[5].isGiven)
        for connection in connections { connection.leave(budget) }
        #expect(budget.usage == (0, 0))
    }

    /// Small frames do not keep a large one waiting that came before.
    @Test func whoComesLaterDoesNotOvertake() {
        let budget = PartialFrameBudget(byteCountMax: 400)
        let connections = (0..<7).map { _ in Connection() }
        func reserve(_ index: Int, _ byteCount: Int) -> Bool {
            connections[index].reserve(
                byteCount, of: PeerNetwork("10.0.0.\(index)"), in: budget)
        }
        for index in 0..<3 { #expect(reserve(index, 100)) }
        #expect(reserve(3, 60))
        #expect(!reserve(4, 100))
        #expect(!reserve(5, 10))
        #expect(!reserve(6, 10))
        connections[3].leave(budget)
        #expect(connections[4].isGiven)
        #expect(!connections[5].isGiven)
        connections[0].leave(budget)
        #expect(connections[5].isGiven && connections[6].isGiven)
        // One that gives up lets those behind it pass.
        #expect(!reserve(0, 100))
        #expect(!reserve(3, 20))
        connections[0].leave(budget)
        #expect(connections[3].isGiven)
        for connection in connections { connection.leave(budget) }
        #expect(budget.usage == (0, 0))
    }

    /// However connections come, ask and leave: never more is given than there is, who was told has it,
    /// and who waits is told once there is room.
    @Test func whatIsGivenIsNeverMoreThanThereIs() {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        let most = 1_000
        let budget = PartialFrameBudget(byteCountMax: most)
        let networks = (1...6).map { PeerNetwork("10.0.0.\($0)") }
        struct Held {
            let connection: Connection
            let byteCount: Int
            let hadRoom: Bool
        }
        var held: [Held] = []
        for _ in 0..<3_000 {
            if held.count < 40, Bool.random(using: &random) {
                let connection = Connection()
                let byteCount = Int.random(in: 1...(most / 4), using: &random)
                let network = networks[Int.random(in: 0..<networks.count, using: &random)]
                let hadRoom = connection.reserve(byteCount, of: network, in: budget)
                held.append(Held(connection: connection, byteCount: byteCount, hadRoom: hadRoom))
            } else if !held.isEmpty {
                let index = Int.random(in: 0..<held.count, using: &random)
                held.remove(at: index).connection.leave(budget)
            }
            let given = held.filter { $0.hadRoom || $0.connection.isGiven }
            let sum = given.reduce(0) { $0 + $1.byteCount }
            #expect(sum <= most, "seed \(random.seed)")
            #expect(budget.usage == (sum, held.count - given.count), "seed \(random.seed)")
        }
        for one in held { one.connection.leave(budget) }
        #expect(budget.usage == (0, 0))
        #expect(Connection().reserve(most / 4, of: networks[0], in: budget))
    }
}
