import Synchronization
import TestSupport
import Testing

@testable import RPC

@Suite(.rule(10)) struct PartialFrameBudgetTests {
    private final class Connection: Sendable {
        private let given = Atomic<Int>(0)

        var room: Int { given.load(ordering: .relaxed) }

        /// - Returns: whether there is room now.
        func grow(
            to byteCount: Int, of frameByteCount: Int, in network: PeerNetwork,
            _ budget: PartialFrameBudget
        ) -> Bool {
            let room = budget.grow(
                to: byteCount, of: frameByteCount, for: ObjectIdentifier(self), in: network
            ) {
                self.given.store($0, ordering: .relaxed)
            }
            if let room { given.store(room, ordering: .relaxed) }
            return room != nil
        }

        func leave(_ budget: PartialFrameBudget) {
            given.store(0, ordering: .relaxed)
            budget.release(ObjectIdentifier(self))
        }
    }

    /// Beside its share, a network has the rest of one frame.
    @Test func oneNetworkHasAQuarter() {
        let budget = PartialFrameBudget(byteCountMax: 400)
        let connections = (0..<6).map { _ in Connection() }
        let mine = PeerNetwork("10.0.0.1")
        #expect(connections[0].grow(to: 60, of: 80, in: mine, budget))
        #expect(connections[1].grow(to: 40, of: 80, in: mine, budget))
        #expect(connections[0].grow(to: 70, of: 80, in: mine, budget))
        #expect(connections[0].room == 80)
        #expect(!connections[1].grow(to: 50, of: 80, in: mine, budget))
        #expect(!connections[2].grow(to: 1, of: 80, in: mine, budget))
        // Whoever asks later and has its share left is not held up.
        #expect(connections[3].grow(to: 100, of: 100, in: PeerNetwork("10.0.0.2"), budget))
        // Those behind the socket's file are not told apart.
        #expect(connections[4].grow(to: 180, of: 180, in: .unix, budget))
        #expect(budget.usage == (400, 2))
        connections[0].leave(budget)
        #expect(connections[1].room == 50)
        #expect(connections[2].room == 1)
        for connection in connections { connection.leave(budget) }
        #expect(budget.usage == (0, 0))
    }

    /// Small frames do not keep a large one waiting that came before.
    @Test func whoComesLaterDoesNotOvertake() {
        let budget = PartialFrameBudget(byteCountMax: 400)
        let connections = (0..<8).map { _ in Connection() }
        func grow(_ index: Int, _ byteCount: Int) -> Bool {
            connections[index].grow(
                to: byteCount, of: byteCount, in: PeerNetwork("10.0.0.\(index)"), budget)
        }
        for index in 0..<3 { #expect(grow(index, 100)) }
        #expect(grow(3, 60))
        // The eldest has room whatever there is, and the next waits.
        #expect(grow(7, 90))
        #expect(!grow(4, 100))
        #expect(!grow(5, 10))
        #expect(!grow(6, 10))
        connections[3].leave(budget)
        #expect(connections[4].room == 0)
        #expect(connections[5].room == 0)
        connections[7].leave(budget)
        #expect(connections[4].room == 100)
        // All is given, and this is the eldest now.
        #expect(connections[5].room == 10)
        #expect(connections[6].room == 0)
        // One that gives up lets those behind it pass.
        connections[0].leave(budget)
        #expect(connections[6].room == 10)
        for connection in connections { connection.leave(budget) }
        #expect(budget.usage == (0, 0))
    }

    /// However frames come, end, and stay behind: there is never more than a frame above what there may be,
    /// and of a network than its share and two frames; and each becomes whole whose peer goes on sending,
    /// once those that stay behind are given up.
    @Test(arguments: 0..<20) func everyFrameThatGoesOnBecomesWhole(_ round: Int) {
        var random = SeededRandom(seed: 20_261_122 + UInt64(round))
        let (most, longest) = (1_000, 200)
        let budget = PartialFrameBudget(byteCountMax: most)
        let networks = (1...6).map { PeerNetwork("10.0.0.\($0)") }
        struct Frame {
            let connection = Connection()
            let network: PeerNetwork
            let byteCount: Int
            let staysBehindAt: Int?
            var arrived = 0
        }
        var frames: [Frame] = []
        var (begun, whole, left) = (0, 0, 0)
        while begun < 400 || !frames.isEmpty {
            if begun < 400, frames.count < 40, Bool.random(using: &random) {
                begun += 1
                let byteCount = Int.random(in: 1...longest, using: &random)
                let isGood = Int.random(in: 0..<8, using: &random) > 0
                frames.append(
                    Frame(
                        network: networks[Int.random(in: 0..<networks.count, using: &random)],
                        byteCount: byteCount,
                        staysBehindAt: isGood ? nil : Int.random(in: 0..<byteCount, using: &random))
                )
            }
            let mayGoOn = frames.indices.filter { index in
                let frame = frames[index]
                // One that waits asked for more than it has.
                return frame.arrived != frame.staysBehindAt
                    && (frame.arrived == 0 || frame.connection.room > frame.arrived)
            }
            if let index = mayGoOn.randomElement(using: &random) {
                let frame = frames[index]
                let end = min(frame.byteCount, frame.staysBehindAt ?? frame.byteCount)
                let room = frame.arrived == 0 ? 10 : frame.connection.room
                frames[index].arrived = min(end, room, frame.arrived + 10)
                let arrived = frames[index].arrived
                if arrived == frame.byteCount {
                    whole += 1
                    frames.remove(at: index).connection.leave(budget)
                } else if arrived >= frame.connection.room {
                    _ = frame.connection.grow(
                        to: min(frame.byteCount, arrived * 2), of: frame.byteCount,
                        in: frame.network, budget)
                }
            } else if let index = frames.firstIndex(where: { $0.arrived == $0.staysBehindAt }) {
                left += 1
                frames.remove(at: index).connection.leave(budget)
            } else if begun == 400 || frames.count == 40 {
                Issue.record("Frames wait for each other; seed \(random.seed).")
                return
            }
            #expect(budget.usage.heldByteCount <= most + longest, "seed \(random.seed)")
            for network in networks {
                let held = frames.filter { $0.network == network }
                    .reduce(0) { $0 + $1.connection.room }
                #expect(held <= most / 4 + 2 * longest, "seed \(random.seed)")
            }
        }
        #expect(whole + left == 400)
        #expect(left < 100, "seed \(random.seed)")
        #expect(budget.usage == (0, 0))
    }
}
