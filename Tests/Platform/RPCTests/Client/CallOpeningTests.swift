import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import Wire

@testable import RPC

/// What a call whose requests follow its `Open` knows of it.
@Suite(.timeLimit(.minutes(1))) struct CallOpeningTests {
    /// Connects to `listener`, whose side of the connection is given too.
    private func withConnection(
        _ body: @Sendable (ClientConnection, RawPeer) async throws -> Void
    ) async throws {
        try await RawListener.with { listener in
            let port = try #require(listener.address.split(separator: ":").last.flatMap { Int($0) })
            let target = ClientConnection.Target(
                address: .tcp(host: "127.0.0.1", port: port), tls: nil, peerName: nil,
                agent: "test", metadata: [], connectTimeout: .seconds(60))
            async let connecting = ClientConnection.connect(
                to: target, limits: RPCLimits(), waitingCallCountMax: 10,
                logger: Logger(label: "test")
            ).get()
            let peer = try #require(try await listener.accept())
            let connection = try await connecting
            do {
                try await body(connection, peer)
            } catch {
                try? await connection.close().get()
                throw error
            }
            try await connection.close().get()
        }
    }

    private final class Returns: Sendable {
        private let count = Mutex(0)

        var isNoted: Bool { count.withLock { $0 > 0 } }

        func note() {
            count.withLock { $0 += 1 }
        }
    }

    private func start(_ connection: ClientConnection, _ message: [UInt8]? = nil) -> ClientCall {
        connection.start(
            method: Gather.name, kind: .clientStreaming, metadata: [], message: message,
            isHalfClosed: false, deadline: nil)
    }

    /// "an `Open` above it is not answered and safe to retry elsewhere": one that waits for credit while
    /// the server begins to drain was not even sent, and its program learns that before it goes on.
    @Test(.rule(6, 9)) func callThatADrainOvertakesIsKnownNotToBeSent() async throws {
        try await withConnection { connection, peer in
            let first = start(connection, [UInt8](repeating: 1, count: 1024 * 1024))
            try await first.waitUntilOpened()
            let second = start(connection)
            let returns = Returns()
            // Runs here until it waits: what does not wait has returned behind it.
            let opening = Task.immediate {
                defer { returns.note() }
                try await second.waitUntilOpened()
            }
            #expect(!returns.isNoted)
            try await peer.send(
                Frame(
                    streamID: 0, kind: .goAway(GoAway(lastStreamID: 1, reason: "DRAIN"))))
            let failure = await #expect(throws: ClientCallFailure.self) {
                try await opening.value
            }
            #expect(failure?.isNeverSent == true)
        }
    }

    /// What a server says of a call that it has seen is for who reads the call.
    @Test func callThatFailsAtOnceWasSent() async throws {
        try await withConnection { connection, peer in
            let call = start(connection)
            #expect(await peer.nextOfInterest()?.streamID == 1)
            try await peer.send(
                Frame(streamID: 1, kind: .close(Close(status: Status(code: 7, message: "no")))))
            let failure = await #expect(throws: ClientCallFailure.self) {
                _ = try await call.answer()
            }
            #expect(failure?.isNeverSent == false)
            try await call.waitUntilOpened()
        }
    }
}
