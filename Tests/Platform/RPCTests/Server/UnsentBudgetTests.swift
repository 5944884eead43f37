import Core
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Testing
import Wire

@testable import RPC

/// Answers at once with much.
private enum Large: RPCMethod {
    typealias Request = TextMessage
    typealias Response = TextMessage
    static let name = "tally.test.TestService/Large"
    static let kind = CallKind.unary
}

/// Rule 5 against many peers that do not take their answers, which each stream's own bound does not keep
/// from adding up.
@Suite(.rule(5), .timeLimit(.minutes(2))) struct UnsentBudgetTests {
    private let here = PeerNetwork("10.0.0.1")
    private let there = PeerNetwork("10.0.0.2")

    @Test func oneNetworkHasAQuarter() {
        let budget = UnsentBudget(byteCountMax: 400)
        #expect(budget.left(to: here) == 100)
        let first = budget.hold(60, of: here)
        #expect(budget.left(to: here) == 40)
        #expect(budget.left(to: there) == 100)
        do {
            let second = budget.hold(50, of: here)
            #expect(budget.left(to: here) == -10)
            #expect(budget.partOfStream(of: here) == 0)
            #expect(!UnsentRoom(budget: budget, network: here).isLeft)
            #expect(UnsentRoom(budget: budget, network: there).isLeft)
            withExtendedLifetime(second) {}
        }
        #expect(budget.left(to: here) == 40)
        #expect(UnsentRoom(budget: budget, network: here).isLeft)
        withExtendedLifetime(first) {}
    }

    @Test func allNetworksHaveNoMoreThanThereIs() {
        let budget = UnsentBudget(byteCountMax: 400)
        let holds = (1...4).map { budget.hold(90, of: PeerNetwork("10.0.1.\($0)")) }
        #expect(budget.left(to: here) == 40)
        // Whoever has the socket's file is not kept to a quarter, but to what there is.
        let local = budget.hold(40, of: .unix)
        #expect(budget.left(to: .unix) <= 0)
        // A sixty-fourth is everybody's.
        #expect(budget.left(to: here) == 6)
        let own = budget.hold(6, of: here)
        #expect(!UnsentRoom(budget: budget, network: here).isLeft)
        #expect(UnsentRoom(budget: budget, network: there).isLeft)
        withExtendedLifetime((holds, local, own)) {}
    }

    /// Whatever comes and goes, in whatever order: nothing is forgotten, and nothing stays.
    @Test(arguments: 1...20) func whatIsLeftIsWhatNobodyHolds(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let budget = UnsentBudget(byteCountMax: 100_000)
        let networks = [here, there, .unix]
        var holds: [(byteCount: Int, network: PeerNetwork, hold: UnsentBudget.Hold)] = []
        for _ in 0..<200 {
            if holds.isEmpty || Bool.random(using: &random) {
                let byteCount = Int.random(in: 0...5_000, using: &random)
                let network = networks[Int.random(in: 0..<3, using: &random)]
                holds.append((byteCount, network, budget.hold(byteCount, of: network)))
            } else {
                holds.remove(at: Int.random(in: 0..<holds.count, using: &random))
            }
            let inAll = holds.reduce(0) { $0 + $1.byteCount }
            let mine = holds.reduce(0) { $0 + ($1.network == here ? $1.byteCount : 0) }
            let left = max(min(100_000 - inAll, 25_000 - mine), 100_000 / 64 - mine)
            #expect(budget.left(to: here) == Int64(left))
            let part = Int64(max(0, left) / 16)
            #expect(budget.partOfStream(of: here) == (inAll < 12_500 ? .max : part))
        }
        holds = []
        #expect(budget.left(to: .unix) == 100_000)
    }

    /// Of what is left a stream may have a part; what it has sent may always be followed by another message
    /// once that is on its way, though nothing be left.
    @Test func streamsHaveLessWhereLittleIsLeft() async throws {
        let budget = UnsentBudget(byteCountMax: 64 * 1024)
        let exchange = MessageExchange(
            isInputComplete: true, room: UnsentRoom(budget: budget, network: here))
        // What is left of a quarter of it is 8 KiB, of which a stream may have 512.
        let some = budget.hold(8 * 1024, of: here)
        try exchange.willSend(cost: 511)
        let first = Returns(of: exchange)
        #expect(first.count == 1)
        try exchange.willSend(cost: 1)
        let second = Returns(of: exchange)
        #expect(second.count == 0)
        let rest = budget.hold(64 * 1024, of: there)
        exchange.messageSent(cost: 511)
        #expect(Returns(of: exchange).count == 0)
        exchange.messageSent(cost: 1)
        try await second.task.value
        let third = Returns(of: exchange)
        #expect(third.count == 1)
        withExtendedLifetime((some, rest)) {}
    }

    /// A sender that waits for room from now on.
    private struct Returns {
        private let counter = Counter()
        let task: Task<Void, any Error>

        init(of exchange: MessageExchange) {
            task = Task.immediate { [counter] in
                try await exchange.waitForRoom()
                counter.count.add(1, ordering: .relaxed)
            }
        }

        /// How often it has gone on.
        var count: Int { counter.count.load(ordering: .relaxed) }

        private final class Counter: Sendable {
            let count = Atomic<Int>(0)
        }
    }

    /// What is written to a socket that takes no more counts as well, until it takes more or is lost.
    @Test(arguments: [false, true]) func whatASocketDoesNotTakeCounts(isLost: Bool) throws {
        let text = TextMessage(String(repeating: "x", count: 100_000))
        var router = TestServer.router()
        router.registerImmediate(Large.self) { _, _ in text }
        var limits = RPCLimits()
        limits.unsentByteCountMax = 8 << 20
        let table = ConnectionTable(limits: limits)
        let room = table.room(for: here)
        let logger = Logger(label: "test")
        let channel = EmbeddedChannel(
            handler: ServerConnectionHandler(
                machine: ServerConnectionStateMachine(
                    limits: limits, agent: "test", kindOf: { [router] in router.kind(of: $0) },
                    unsent: room, now: .now()),
                peer: RPCPeer(address: "10.0.0.1"),
                executor: CallExecutor(router: router, logger: logger), table: table,
                budget: PartialFrameBudget(byteCountMax: 1 << 20), logger: logger))
        try channel.connect(to: SocketAddress(ipAddress: "10.0.0.1", port: 1)).wait()
        let send = { (frame: Frame) in
            var buffer = ByteBuffer()
            FrameEncoder.write(frame, to: &buffer)
            try channel.writeInbound(buffer)
        }
        try send(Frame(streamID: 0, kind: .hello(Hello(version: 1, agent: "raw"))))
        try send(.unary(Large.self, TextMessage(""), stream: 1))
        let all = Int64(2 << 20)
        #expect(room.budget.left(to: here) == all)
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        for (stream, sent) in [(2, 100_000), (3, 200_000)] as [(UInt32, Int64)] {
            try send(.unary(Large.self, TextMessage(""), stream: stream))
            let held = all - room.budget.left(to: here)
            #expect((sent + 262_144...sent + 263_000).contains(held))
        }
        if isLost {
            _ = try channel.finish(acceptAlreadyClosed: true)
        } else {
            channel.isWritable = true
            channel.pipeline.fireChannelWritabilityChanged()
        }
        #expect(room.budget.left(to: here) == all)
        if !isLost { _ = try channel.finish(acceptAlreadyClosed: true) }
    }

    /// Once a network's answers that nobody takes come to what it may have, those that would wait behind them
    /// are told so; whoever gives credit gets what waited, and further ones.
    @Test func answersThatWouldWaitBehindTooManyAreErrors() async throws {
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.unsentByteCountMax = 8 << 20
        let large = TextMessage(String(repeating: "x", count: 300_000))
        var router = TestServer.router()
        router.registerImmediate(Large.self) { _, _ in large }
        try await TestServer.run(configuration, router: router) { server in
            let peer = try await RawPeer.connect(to: server.address)
            let other = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            try await other.hello()
            // The connection's window lets four pass, and seven are what the network may have. What the socket does
            // not take yet counts as well, so the four are read first.
            var ends: [UInt32: String] = [:]
            for (streams, count) in [(1...4, 4), (5...60, 60 - 7)] as [(ClosedRange<UInt32>, Int)] {
                for stream in streams {
                    try await peer.send(.unary(Large.self, TextMessage(""), stream: stream))
                }
                while ends.count < count, let frame = await peer.nextOfInterest() {
                    ends[frame.streamID] = frame.close?.status?.details.first?.reason ?? ""
                }
            }
            #expect(ends.filter { $0.value == "" }.keys.sorted() == [1, 2, 3, 4])
            #expect(
                ends.filter { $0.value == "RESPONSE_NOT_TAKEN" }.keys.sorted() == Array(12...60))
            // Who takes what it gets is not concerned.
            try await other.send(.unary(Large.self, TextMessage(""), stream: 1))
            #expect(await other.nextOfInterest()?.close?.hasMessage == true)

            try await peer.send(
                Frame(streamID: 0, kind: .window(Window(bytes: 100_000_000))))
            var answered: [UInt32] = []
            while answered.count < 8, let frame = await peer.nextOfInterest() {
                #expect(frame.close?.hasMessage == true)
                answered.append(frame.streamID)
                // What its socket does not take yet counts as well.
                if answered.count == 7 {
                    try await peer.send(.unary(Large.self, TextMessage(""), stream: 61))
                }
            }
            #expect(answered == Array(5...11) + [61])
            await peer.close()
            await other.close()
        }
    }

    /// The same where the peer gives all the credit there is and never reads its socket: what that holds is
    /// bounded, so the rest waits here, and comes once it is read.
    @Test func answersWaitForASocketThatIsNotRead() async throws {
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.unsentByteCountMax = 8 << 20
        configuration.limits.streamCountMax = 200
        let large = TextMessage(String(repeating: "x", count: 300_000))
        var router = TestServer.router()
        router.registerImmediate(Large.self) { _, _ in large }
        try await TestServer.run(configuration, router: router) { server in
            let peer = try await RawPeer.connect(to: server.address, isReading: false)
            try await peer.hello()
            try await peer.send(
                Frame(streamID: 0, kind: .window(Window(bytes: UInt32(Int32.max) - 1_048_576))))
            // 60 MB: more than the sockets' buffers and the network's share.
            for stream: UInt32 in 1...200 {
                try await peer.send(.unary(Large.self, TextMessage(""), stream: stream))
            }
            try await peer.startReading()
            var reasons: [UInt32: String] = [:]
            while reasons.count < 200, let frame = await peer.nextOfInterest() {
                reasons[frame.streamID] = frame.close?.status?.details.first?.reason ?? ""
            }
            #expect(reasons.count == 200)
            #expect(Set(reasons.values) == ["", "RESPONSE_NOT_TAKEN"])
            #expect(reasons[1] == "")
            await peer.close()
        }
    }
}
