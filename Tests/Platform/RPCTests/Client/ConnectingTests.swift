import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import RPC

/// Hosts of several addresses, as `localhost` often is.
@Suite(.timeLimit(.minutes(2))) struct ConnectingTests {
    /// Says that a host has one IPv6 and one IPv4 address.
    private struct TwoAddresses: Resolver {
        let eventLoop: any EventLoop
        let v6: SocketAddress
        let v4: SocketAddress

        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            eventLoop.makeSucceededFuture([v6])
        }

        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            eventLoop.makeSucceededFuture([v4])
        }

        func cancelQueries() {}
    }

    /// The address that is tried first refuses, which says nothing about the one that is tried next.
    @Test func oneAddressThatRefusesIsNotTheEnd() async throws {
        try await TestServer.run { server in
            let port = try #require(server.address.split(separator: ":").last.flatMap { Int($0) })
            let resolver = TwoAddresses(
                eventLoop: MultiThreadedEventLoopGroup.singleton.any(),
                v6: try SocketAddress(ipAddress: "::1", port: port),
                v4: try SocketAddress(ipAddress: "127.0.0.1", port: port))
            let target = ClientConnection.Target(
                address: .tcp(host: "tally.test", port: port), tls: nil, peerName: nil,
                agent: "test", metadata: [], connectTimeout: .seconds(60))
            let connection = try await ClientConnection.connect(
                to: target, limits: RPCLimits(), waitingCallCountMax: 10,
                logger: Logger(label: "test"), resolver: resolver
            ).get()
            #expect(connection.isUsable)
            try await connection.close().get()
        }
    }
}
