import RPC
import TestSupport
import Testing

/// What every client of the protocol does, whoever wrote it: each behaviour runs with `TallyClient`
/// and with the Python client, which was written from the protocol's page alone.
struct Behaviour: Sendable, CustomTestStringConvertible {
    let name: String
    let run: @Sendable (PeerKind) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (PeerKind) async throws -> Void) {
        self.name = name
        self.run = run
    }

    var testDescription: String { name }

    /// A behaviour with a server of its own and one client of it.
    static func ofACall(
        _ name: String, signals: @escaping @Sendable () -> TestSignals = { TestSignals() },
        limits: RPCLimits = RPCLimits(),
        _ body: @escaping @Sendable (any BehaviourPeer, TestSignals) async throws -> Void
    ) -> Behaviour {
        Behaviour(name) { kind in
            let signals = signals()
            try await TestServer.run(
                .loopback(limits), router: TestServer.router(signals)
            ) { server in
                try await kind.use(PeerOptions(address: server.address)) { peer in
                    try await body(peer, signals)
                }
            }
        }
    }
}

extension RPCServerConfiguration {
    static func loopback(_ limits: RPCLimits = RPCLimits()) -> RPCServerConfiguration {
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits = limits
        return configuration
    }
}

/// One after another: each with the Python client is a process, and some measure time.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct BehaviourTests {
    @Test(
        .rule(3, 4, 5, 7, 9, 10, 11),
        arguments: Behaviour.calls + Behaviour.connections + Behaviour.streams, PeerKind.allCases)
    func clientsBehaveAlike(behaviour: Behaviour, peer: PeerKind) async throws {
        try await behaviour.run(peer)
    }
}
