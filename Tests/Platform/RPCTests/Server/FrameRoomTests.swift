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
        let budget = PartialFrameBudget(byteCountMax: 400)
        let network = PeerNetwork("10.0.0.1")
        let (other, mine) = (Owner(), Owner())
        var others = FrameRoom(budget: budget)
        var room = FrameRoom(budget: budget)
        let waits = Mutex<[FrameRoom.Wait]>([])
        func enter() -> Bool {
            room.enter(byteCount: 100, owner: mine, network: network) { wait in
                waits.withLock { $0.append(wait) }
            }
        }
        func enterOther() -> Bool {
            others.enter(byteCount: 100, owner: other, network: network) { _ in }
        }
        func isGiven(_ wait: FrameRoom.Wait) -> Bool { room.given(wait) }
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
        #expect(isGiven(next))
        #expect(!isGiven(next))
        #expect(enter())
        room.leave(owner: mine)
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
            // All that its network has.
            let large = TextMessage(String(repeating: "x", count: 4_194_000))
            let slow = try await RawPeer.connect(to: server.address)
            try await slow.hello()
            var bytes = ByteBuffer()
            FrameEncoder.write(.unary(Echo.self, large, stream: 1), to: &bytes)
            let begun = bytes.readBytes(length: 100_000) ?? []
            try await slow.send(begun)
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
            try await slow.send(bytes.readBytes(length: bytes.readableBytes) ?? [])
            #expect(await slow.nextOfInterest()?.close?.hasMessage == true)
            for peer in peers {
                try await peer.send(.unary(Echo.self, TextMessage("after"), stream: 10))
                var answered: Set<UInt32> = []
                while answered.count < 2, let frame = await peer.nextOfInterest() {
                    if frame.close?.hasMessage == true { answered.insert(frame.streamID) }
                }
                #expect(answered == [9, 10])
                await peer.close()
            }
            await slow.close()
        }
    }
}
