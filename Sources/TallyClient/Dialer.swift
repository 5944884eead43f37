import Core
import Logging
import NIOCore
import RPC
import Synchronization

/// Keeps one connection that calls share, and makes the next when it is lost.
///
/// One that its server drains finishes its calls beside the next. All end with the dialer.
final class Dialer: Sendable {
    private enum Phase {
        case idle
        case connecting(EventLoopFuture<ClientConnection>)
        case connected(ClientConnection)
        case closed
    }

    private struct State {
        var phase = Phase.idle
        /// Every one that has not ended, also those that take no further calls.
        var connections: [ClientConnection] = []
    }

    private let configuration: TallyClientConfiguration
    private let logger: Logger
    private let state = Mutex(State())
    private let target: ConnectionTarget
    private let time: ClientTime

    init(
        configuration: TallyClientConfiguration, target: ConnectionTarget, logger: Logger,
        time: ClientTime
    ) {
        self.configuration = configuration
        self.target = target
        self.logger = logger
        self.time = time
    }

    deinit {
        // While one is being made, `connectEnded` keeps the dialer.
        for connection in state.withLock({ $0.connections }) {
            _ = connection.close()
        }
    }

    /// Whether there is a connection that takes calls.
    var isConnected: Bool {
        state.withLock { state in
            switch state.phase {
            case .connected(let connection): connection.isUsable
            case .idle, .connecting, .closed: false
            }
        }
    }

    /// The connection for a new call.
    /// - Throws: Where there is none by `deadline` or the task is cancelled; no call was sent.
    func connection(
        deadline: ContinuousClock.Instant
    ) async throws(ClientCallFailure) -> ClientConnection {
        let target = try self.target.value()
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
        let timeLeft = TimeAmount(time.now().duration(to: deadline))
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

    /// Ends the connections for good.
    func close() async {
        let (phase, connections) = state.withLock { state in
            defer { state.phase = .closed }
            return (state.phase, state.connections)
        }
        for ended in connections.map({ $0.close() }) {
            await wait(for: ended)
        }
        if case .connecting(let future) = phase {
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
            switch state.phase {
            case .closed:
                return (.failure(.closed), false)
            case .connecting(let future):
                return (.success(.connecting(future)), false)
            case .connected(let connection) where connection.isUsable:
                return (.success(.connected(connection)), false)
            case .connected, .idle:
                var limits = RPCLimits()
                limits.idleTimeout = configuration.idleTimeout
                limits.pongTimeout = configuration.pongTimeout
                let future = ClientConnection.connect(
                    to: target, limits: limits,
                    waitingCallCountMax: configuration.waitingCallCountMax, logger: logger)
                state.phase = .connecting(future)
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
            guard case .connecting = state.phase else { return }
            switch outcome {
            case .success(let connection):
                state.phase = .connected(connection)
                state.connections.append(connection)
            case .failure:
                state.phase = .idle
            }
        }
        guard case .success(let connection) = outcome else { return }
        connection.ended.whenComplete { [weak self] _ in
            self?.state.withLock { $0.connections.removeAll { $0 === connection } }
        }
    }
}

extension ClientCallFailure {
    static let closed = ClientCallFailure(
        ServiceError(.failedPrecondition, "CLIENT_CLOSED", "The client was closed."),
        isNeverSent: true)
}
