import NIOCore
import Synchronization
import TestSupport
import Testing
import Wire

@testable import RPC

@Suite(.rule(10), .timeLimit(.minutes(2))) struct FrameRoomTests {
    private final class Owner: Sendable {}

    /// A frame may become whole while it waits; the room it had asked for is not the next one's.
    @Test func roomThatCameTooLateIsNotTheNextFrames() {
        let budget = PartialFrameBudget(byteCountMax: 1_000_000)
        let network = PeerNetwork("10.0.0.1")
        let (other, mine) = (Owner(), Owner())
        var others = FrameRoom(budget: budget)
        var room = FrameRoom(budget: budget)
        let waits = Mutex<[(FrameRoom.Wait, Int)]>([])
        func enter() -> Bool {
            room.enter(
                arrivedByteCount: 100_000, frameByteCount: 200_000, owner: mine, network: network
            ) { wait, byteCount in
                waits.withLock { $0.append((wait, byteCount)) }
            }
        }
        /// More than the share, as only one of a network may have.
        func enterOther() -> Bool {
            others.enter(
                arrivedByteCount: 300_000, frameByteCount: 600_000, owner: other, network: network
            ) { _, _ in
            }
        }
        func isGiven(_ wait: (FrameRoom.Wait, Int)) -> Bool { room.given(wait.0, wait.1) }
        #expect(enterOther())
        #expect(!enter())
        #expect(!enter())
        others.leave(owner: other)
        let late = waits.withLock { $0.removeFirst() }
        // Before that is heard of, the frame is whole, the other has the room again, and the next waits.
        room.leave(owner: mine)
        #expect(enterOther())
        #expect(!enter())
        #expect(!isGiven(late))
        others.leave(owner: other)
        let next = waits.withLock { $0.removeFirst() }
        #expect(next.1 == 200_000)
        #expect(isGiven(next))
        #expect(!isGiven(next))
        #expect(enter())
        room.leave(owner: mine)
        #expect(budget.usage == (0, 0))
    }

    /// A frame that is only announced takes no room from others, and one that comes takes what has come.
    @Test func roomIsAskedForAsBytesCome() {
        let budget = PartialFrameBudget(byteCountMax: 64 << 20)
        let owner = Owner()
        var room = FrameRoom(budget: budget)
        func held(after arrived: Int) -> Int {
            if FrameRoom.isNeeded(arrived) {
                let isRead = room.enter(
                    arrivedByteCount: arrived, frameByteCount: 4_000_000, owner: owner,
                    network: PeerNetwork("10.0.0.1")
                ) { _, _ in
                }
                #expect(isRead)
            }
            return budget.usage.heldByteCount
        }
        #expect(held(after: 5) == 0)
        #expect(held(after: 65_536) == 0)
        #expect(held(after: 65_537) == 262_144)
        #expect(held(after: 196_608) == 262_144)
        #expect(held(after: 196_609) == 524_288)
        #expect(held(after: 3_900_000) == 4_000_000)
        room.leave(owner: owner)
        #expect(budget.usage == (0, 0))
    }

    /// The rest of a frame that waits for room may come with reads of the same turn: its connection is read
    /// on afterwards.
    @Test func aFrameThatBecomesWholeWhileItWaitsIsNotTheConnectionsLast() async throws {
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.partialFrameByteCountMax =
            4 * Int(configuration.limits.frameByteCountMax)
        // However slow the machine is, no frame comes too late.
        configuration.limits.frameTimeout = .seconds(300)
        configuration.limits.idleTimeout = .seconds(300)
        try await TestServer.run(configuration) { server in
            // All that its network has, and the one frame that may become whole all the same.
            let large = TextMessage(String(repeating: "x", count: 4_194_000))
            var bytes = ByteBuffer()
            FrameEncoder.write(.unary(Echo.self, large, stream: 1), to: &bytes)
            var slow: [RawPeer] = []
            for _ in 0..<17 {
                let peer = try await RawPeer.connect(to: server.address)
                try await peer.hello()
                try await peer.send(bytes.getBytes(at: 0, length: 100_000) ?? [])
                slow.append(peer)
            }
            var peers: [RawPeer] = []
            for _ in 0..<8 {
                let peer = try await RawPeer.connect(to: server.address)
                try await peer.hello()
                peers.append(peer)
                // Makes the server read much at a time from this peer.
                for stream: UInt32 in 1...8 {
                    let text = TextMessage(String(repeating: "y", count: 60_000))
                    try await peer.send(.unary(Echo.self, text, stream: stream))
                    _ = await peer.nextOfInterest()
                }
                let text = TextMessage(String(repeating: "z", count: 150_000))
                try await peer.send(.unary(Echo.self, text, stream: 9))
            }
            // The others leave, and one goes on and becomes whole.
            for peer in slow.dropFirst() { await peer.close() }
            let rest = bytes.getBytes(at: 100_000, length: bytes.readableBytes - 100_000)
            try await slow[0].send(rest ?? [])
            #expect(await slow[0].nextOfInterest()?.close?.hasMessage == true)
            await slow[0].close()
            for peer in peers {
                try await peer.send(.unary(Echo.self, TextMessage("after"), stream: 10))
                var answered: Set<UInt32> = []
                while answered.count < 2, let frame = await peer.nextOfInterest() {
                    if frame.close?.hasMessage == true { answered.insert(frame.streamID) }
                }
                #expect(answered == [9, 10])
                await peer.close()
            }
        }
    }
}
