import Core
import Logging
import NIOCore
import RPC
import Synchronization
import TLS
import Wire

/// Keeps the one connection that calls share, and makes the next when it is lost.
final class Dialer: Sendable {
    private enum State {
        case idle
        case connecting(EventLoopFuture<ClientConnection>)
        case connected(ClientConnection)
        case closed
    }

    private let configuration: TallyClientConfiguration
    private let logger: Logger
    private let state = Mutex(State.idle)
    /// Made at the first connection, since it reads files; kept for the others.
    private let target = Mutex<ClientConnection.Target?>(nil)

    init(configuration: TallyClientConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The connection for a new call.
    /// - Throws: Where there is none by `deadline` or the task is cancelled; no call was sent.
    func connection(
        deadline: ContinuousClock.Instant
    ) async throws(ClientCallFailure) -> ClientConnection {
        let target = try makeTarget()
        let future: EventLoopFuture<ClientConnection>
        switch connectionOrFuture(target: target) {
        case .success(.connected(let connection)): return connection
        case .success(.connecting(let started)): future = started
        case .failure(let failure): throw failure
        }
        let result = OneShot<ClientConnection, ClientCallFailure>()
        let address = configuration.address
        future.whenComplete { outcome in
            result.resolve(outcome.mapError { .connecting(to: address, $0) })
        }
        let timeLeft = TimeAmount(ContinuousClock.now.duration(to: deadline))
        let timer = future.eventLoop.scheduleTask(in: timeLeft) {
            result.resolve(
                .failure(
                    ClientCallFailure(
                        ServiceError(
                            .deadlineExceeded, "DEADLINE_EXCEEDED",
                            "No connection came before the deadline."), isNeverSent: true)))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            await result.result()
        } onCancel: {
            result.resolve(
                .failure(
                    ClientCallFailure(
                        ServiceError(.cancelled, "CANCELLED", "The call was cancelled."),
                        isNeverSent: true)))
        }.get()
    }

    /// Ends the connection for good.
    func close() async {
        let state = state.withLock { state in
            defer { state = .closed }
            return state
        }
        switch state {
        case .idle, .closed:
            return
        case .connected(let connection):
            await wait(for: connection.close())
        case .connecting(let future):
            await wait(for: future.flatMap { $0.close() })
        }
    }

    private func wait(for future: EventLoopFuture<Void>) async {
        let done = OneShot<Void, Never>()
        future.whenComplete { _ in done.resolve(.success(())) }
        _ = await done.result()
    }

    private enum Way {
        case connected(ClientConnection)
        case connecting(EventLoopFuture<ClientConnection>)
    }

    private func connectionOrFuture(
        target: ClientConnection.Target
    ) -> Result<Way, ClientCallFailure> {
        let way = state.withLock { state -> (Result<Way, ClientCallFailure>, isNew: Bool) in
            switch state {
            case .closed:
                return (.failure(.closed), false)
            case .connecting(let future):
                return (.success(.connecting(future)), false)
            case .connected(let connection) where connection.isUsable:
                return (.success(.connected(connection)), false)
            case .connected, .idle:
                let future = ClientConnection.connect(
                    to: target, limits: RPCLimits(),
                    waitingCallCountMax: configuration.waitingCallCountMax, logger: logger)
                state = .connecting(future)
                return (.success(.connecting(future)), true)
            }
        }
        guard way.isNew, case .success(.connecting(let future)) = way.0 else { return way.0 }
        // Outside the lock, which a future that is ready already would take again.
        future.whenComplete { self.connectEnded($0) }
        return way.0
    }

    private func connectEnded(_ outcome: Result<ClientConnection, any Error>) {
        state.withLock { state in
            switch state {
            case .connecting:
                switch outcome {
                case .success(let connection): state = .connected(connection)
                case .failure: state = .idle
                }
            case .idle, .connected, .closed:
                break
            }
        }
    }

    // MARK: The target

    private func makeTarget() throws(ClientCallFailure) -> ClientConnection.Target {
        if let target = target.withLock({ $0 }) { return target }
        do {
            let made = try buildTarget()
            target.withLock { $0 = made }
            return made
        } catch let error as ServiceError {
            throw ClientCallFailure(error, isNeverSent: true)
        } catch {
            throw ClientCallFailure.connecting(to: configuration.address, error)
        }
    }

    private func buildTarget() throws -> ClientConnection.Target {
        let address = try ServerAddress(text: configuration.address)
        var tls: TLSContext?
        var peerName = address.peerName
        switch configuration.security {
        case .tls(let authorityFile, let serverName, let certificateFile, let privateKeyFile):
            tls = try TLSContext.client(
                authorityFile: authorityFile, certificateFile: certificateFile,
                privateKeyFile: privateKeyFile, protocolName: "tally/1")
            peerName = serverName.map { ServerAddress.peerName($0) } ?? peerName
        case .plaintext:
            guard address.isLocal else {
                throw ServiceError(
                    .failedPrecondition, "PLAINTEXT_REFUSED", field: "address",
                    "Plaintext is for loopback and Unix sockets; use TLS.")
            }
        case .insecurePlaintext:
            break
        }
        var metadata = configuration.metadata.map {
            Metadata(key: $0.key, value: Array($0.value.utf8))
        }
        if let token = configuration.token {
            metadata.append(Metadata(key: "authorization", value: Array("Bearer \(token)".utf8)))
        }
        return ClientConnection.Target(
            address: address.connectionAddress, tls: tls, peerName: peerName,
            agent: configuration.agent, metadata: metadata,
            connectTimeout: configuration.connectTimeout)
    }
}

extension ClientCallFailure {
    static let closed = ClientCallFailure(
        ServiceError(.failedPrecondition, "CLIENT_CLOSED", "The client was closed."),
        isNeverSent: true)
}
