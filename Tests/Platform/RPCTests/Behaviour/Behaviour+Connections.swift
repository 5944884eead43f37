import Foundation
import RPC
import Synchronization
import TLS
import TestSupport
import Testing
import Wire

extension Behaviour {
    /// What becomes of connections, and of the calls on them.
    static let connections = [
        unixSockets, plaintext, tls, mutualTLS, refusal, tooManyConnections, pings, silence,
        drain, drainLimit, turns,
    ]

    private static var socketPath: String {
        "/tmp/tally-peer-\(UInt32.random(in: 0 ... .max)).sock"
    }

    private static let unixSockets = Behaviour("Unix sockets serve too") { kind in
        let configuration = RPCServerConfiguration(address: .unix(path: socketPath))
        try await TestServer.run(configuration) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                try await peer.expect(PeerCall(Echo.name, "local"), "local")
            }
        }
    }

    private static let plaintext = Behaviour("plaintext stays on the machine") { kind in
        try await kind.use(PeerOptions(address: "192.0.2.1:1")) { peer in
            try await peer.expect(PeerCall(Echo.name), "9 PLAINTEXT_REFUSED")
        }
    }

    private static func tlsConfiguration(
        _ certificates: TestCertificates, mutual: Bool = false
    ) throws -> RPCServerConfiguration {
        RPCServerConfiguration(
            address: .tcp(host: "127.0.0.1", port: 0),
            tls: try TLSContextSource(
                files: TLSServerFiles(
                    certificateFile: certificates.serverFile,
                    privateKeyFile: certificates.serverKeyFile,
                    clientAuthorityFile: mutual ? certificates.authorityFile : nil),
                protocolName: RPCServer.protocolName))
    }

    private static func tlsOptions(
        _ server: RunningServer, _ authorityFile: String
    ) -> PeerOptions {
        var options = PeerOptions(address: server.address)
        options.isPlaintext = false
        options.authorityFile = authorityFile
        return options
    }

    private static let tls = Behaviour("TLS verifies authority and name") { kind in
        try await TestCertificates.use { certificates in
            try await TestServer.run(try tlsConfiguration(certificates)) { server in
                let trusted = tlsOptions(server, certificates.authorityFile)
                try await kind.use(trusted) { peer in
                    let text = String(repeating: "0123456789", count: 150_000)
                    for _ in 0..<3 {
                        try await peer.expect(PeerCall(Echo.name, text), text)
                    }
                }
                let foreign = tlsOptions(server, certificates.strangerFile)
                var misnamed = trusted
                misnamed.serverName = "tally.example.com"
                for options in [foreign, misnamed] {
                    try await kind.use(options) { peer in
                        try await peer.expect(PeerCall(Echo.name), "9 TLS_FAILED")
                    }
                }
            }
        }
    }

    private static let mutualTLS = Behaviour("mutual TLS shows the client's name") { kind in
        var router = RPCRouter()
        router.register(Echo.self) { _, context in
            TextMessage(context.peer.tlsSubject ?? "nobody")
        }
        let handlers = router
        try await TestCertificates.use { certificates in
            let configuration = try tlsConfiguration(certificates, mutual: true)
            try await TestServer.run(configuration, router: handlers) { server in
                var options = tlsOptions(server, certificates.authorityFile)
                try await kind.use(options) { peer in
                    try await peer.expect(PeerCall(Echo.name), "9 TLS_FAILED")
                }
                options.certificateFile = certificates.strangerFile
                options.privateKeyFile = certificates.strangerKeyFile
                try await kind.use(options) { peer in
                    try await peer.expect(PeerCall(Echo.name), "9 TLS_FAILED")
                }
                options.certificateFile = certificates.clientFile
                options.privateKeyFile = certificates.clientKeyFile
                try await kind.use(options) { peer in
                    let subject = try await peer.call(PeerCall(Echo.name)).text
                    #expect(subject == #"CN=gateway-7,O=Acme\, Inc."#)
                }
            }
        }
    }

    private static let refusal = Behaviour("a refused connection is said") { kind in
        for address in ["127.0.0.1:1", "unix:/nonexistent"] {
            try await kind.use(PeerOptions(address: address)) { peer in
                let outcome = try await peer.call(PeerCall(Echo.name))
                #expect(outcome.summary == "14 CONNECT_FAILED")
                #expect(outcome.message.contains("cannot be reached at \(address)"))
            }
        }
    }

    private static let tooManyConnections = Behaviour("one connection too many is said") { kind in
        var limits = RPCLimits()
        // Twice as many may not be told; every attempt of the client counts for a while.
        limits.connectionCountPerAddressMax = 4
        try await TestServer.run(.loopback(limits)) { server in
            var others: [RawPeer] = []
            for _ in 0..<4 {
                let other = try await RawPeer.connect(to: server.address)
                try await other.hello()
                // The server's Hello: this one is counted.
                _ = await other.next()
                others.append(other)
            }
            try await kind.use(PeerOptions(address: server.address)) { peer in
                let outcome = try await peer.call(PeerCall(Echo.name))
                #expect(outcome.code == 14)
                #expect("\(outcome)".contains("TOO_MANY_CONNECTIONS"))
            }
            for other in others {
                await other.close()
            }
        }
    }

    /// Rule 10: a `Ping` that is not answered ends the connection (`IDLE`), and with it the call.
    private static let pings = Behaviour("pings are answered") { kind in
        let signals = TestSignals()
        var limits = RPCLimits()
        limits.idleTimeout = .milliseconds(50)
        limits.pongTimeout = .seconds(4)
        try await TestServer.run(.loopback(limits), router: TestServer.router(signals)) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                var call = PeerCall(Wait.name)
                // Long enough for an unanswered Ping to end the connection before.
                call.timeoutMilliseconds = 8000
                try await peer.expect(call, "4 DEADLINE_EXCEEDED")
            }
        }
    }

    /// What rule 10 has the server do, clients do too: one that is stopped, whose system still takes what
    /// is sent, would hold a stream without a deadline for ever.
    private static let silence = Behaviour("a silent server is given up") { kind in
        try await RawListener.with { listener in
            var options = PeerOptions(address: listener.address)
            // Where the server's Hello comes late, the call is begun again.
            options.attemptCount = 50
            options.idleTimeoutMilliseconds = 50
            options.pongTimeoutMilliseconds = 1000
            try await kind.use(options) { peer in
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        var silent: [RawPeer] = []
                        while !Task.isCancelled {
                            // One that is gone by its Hello cannot be greeted.
                            if let one = try? await listener.accept() { silent.append(one) }
                        }
                        for one in silent { await one.close() }
                    }
                    let outcome = try await peer.open(PeerCall(Rows.name)).next()
                    #expect(outcome.summary == "14 IDLE")
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
        }
    }

    /// Rule 9: "Streams up to it are finished".
    private static let drain = Behaviour("a drain finishes what was begun") { kind in
        let signals = TestSignals()
        try await TestServer.run(.loopback(), router: TestServer.router(signals)) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                let text = String(repeating: "x", count: 900_000)
                let call = try await peer.begin(PeerCall(Wait.name, text))
                await signals.waitStarted.wait()
                await server.drain()
                signals.waitReleased.open()
                #expect(try await call.outcome().text == text)
            }
        }
    }

    /// Rule 9: "Past the drain limit (30 s) what is left ends with UNAVAILABLE".
    private static let drainLimit = Behaviour("past the drain limit is unavailable") { kind in
        let signals = TestSignals()
        var limits = RPCLimits()
        limits.drainTimeout = .milliseconds(100)
        limits.drainPingTimeout = .milliseconds(10)
        try await TestServer.run(.loopback(limits), router: TestServer.router(signals)) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                let call = try await peer.begin(PeerCall(Wait.name))
                await signals.waitStarted.wait()
                await server.drain()
                #expect(try await call.outcome().summary == "14 SERVER_STOPPING")
                await signals.waitCancelled.wait()
            }
        }
    }

    /// Rule 9: what a draining server does not answer is "safe to retry elsewhere". Servers take turns
    /// at one address while calls go on, and not one of them fails.
    private static let turns = Behaviour("servers take turns without one failed call") { kind in
        let path = socketPath
        var options = PeerOptions(address: "unix:\(path)")
        options.attemptCount = 50
        let turn = ServerTurn()
        var router = RPCRouter()
        router.register(Echo.self) { request, _ in
            turn.callServed()
            return request
        }
        let handlers = router
        try await kind.use(options) { peer in
            try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var failures: [String] = []
                        for number in 0..<60 {
                            let call = PeerCall(Echo.name, "\(number)")
                            let summary = try await peer.call(call).summary
                            if summary != "\(number)" { failures.append(summary) }
                        }
                        return failures
                    }
                }
                group.addTask {
                    while let end = turn.next() {
                        // Drains afterwards, as at SIGTERM.
                        let configuration = RPCServerConfiguration(address: .unix(path: path))
                        try await TestServer.run(configuration, router: handlers) { _ in
                            await end.wait()
                        }
                    }
                    return []
                }
                for _ in 0..<8 {
                    let failures = try await group.next() ?? []
                    #expect(failures == [], "\(failures)")
                }
                turn.callsEnded()
                try await group.waitForAll()
            }
        }
        #expect(turn.count > 5)
    }
}

/// Ends a server's turn after some calls, and all turns after the last.
private final class ServerTurn: Sendable {
    private struct State {
        var end = Gate()
        var callCount = 0
        var turnCount = 0
        var isOver = false
    }

    private static let callCountPerTurn = 40
    private let state = Mutex(State())

    var count: Int { state.withLock { $0.turnCount } }

    /// The gate that ends the next server's turn; nil after the last.
    func next() -> Gate? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            state.end = Gate()
            state.callCount = 0
            state.turnCount += 1
            return state.end
        }
    }

    func callServed() {
        let end = state.withLock { state in
            state.callCount += 1
            return state.callCount == Self.callCountPerTurn ? state.end : nil
        }
        end?.open()
    }

    func callsEnded() {
        let end = state.withLock { state in
            state.isOver = true
            return state.end
        }
        end.open()
    }
}
