package import Logging
package import NIOCore
import NIOPosix
import Synchronization
package import TLS
package import Wire

/// One connection to a server, shared by any number of calls.
package final class ClientConnection: Sendable {
    /// Where the server is and how to reach it.
    package struct Target: Sendable {
        package enum Address: Sendable, Hashable {
            case tcp(host: String, port: Int)
            case unix(path: String)
        }

        package let address: Address
        /// Nil: plaintext.
        package let tls: TLSContext?
        /// Whom the server's certificate must name.
        package let peerName: TLSPeerName?
        /// Name and version that `Hello` announces.
        package let agent: String
        /// What `Hello` sets for every call.
        package let metadata: [Metadata]
        package let connectTimeout: Duration

        package init(
            address: Address, tls: TLSContext?, peerName: TLSPeerName?, agent: String,
            metadata: [Metadata], connectTimeout: Duration
        ) {
            self.address = address
            self.tls = tls
            self.peerName = peerName
            self.agent = agent
            self.metadata = metadata
            self.connectTimeout = connectTimeout
        }
    }

    private let channel: any Channel
    private let handler: NIOLoopBound<ClientConnectionHandler>
    private let usable: UsableFlag
    private let nextCallID = Atomic<UInt64>(1)

    private init(
        channel: any Channel, handler: NIOLoopBound<ClientConnectionHandler>, usable: UsableFlag
    ) {
        self.channel = channel
        self.handler = handler
        self.usable = usable
    }

    /// Connects and waits for the server's `Hello`.
    package static func connect(
        to target: Target, limits: RPCLimits, waitingCallCountMax: Int, logger: Logger
    ) -> EventLoopFuture<ClientConnection> {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let ready = eventLoop.makePromise(of: Void.self)
        let usable = UsableFlag()
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(target.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = target.tls {
                        try channel.pipeline.syncOperations.addHandler(
                            TLSHandler(
                                context: tls, peerName: target.peerName,
                                requiredProtocol: RPCServer.protocolName,
                                handshakeTimeout: limits.helloTimeout))
                    }
                    let handler = ClientConnectionHandler(
                        machine: ClientConnectionStateMachine(
                            limits: limits, waitingCountMax: waitingCallCountMax, now: .now()),
                        frameByteCountMax: limits.frameByteCountMax, agent: target.agent,
                        metadata: target.metadata, ready: ready, logger: logger,
                        becameUnusable: { usable.clear() })
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        let connected: EventLoopFuture<any Channel>
        switch target.address {
        case .tcp(let host, let port):
            connected =
                bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: host, port: port)
        case .unix(let path):
            connected = bootstrap.connect(unixDomainSocketPath: path)
        }
        connected.whenFailure { ready.fail($0) }
        return connected.flatMap { channel in
            ready.futureResult.flatMapThrowing {
                let handler = try channel.pipeline.syncOperations.handler(
                    type: ClientConnectionHandler.self)
                return ClientConnection(
                    channel: channel,
                    handler: NIOLoopBound(handler, eventLoop: channel.eventLoop), usable: usable)
            }
        }
    }

    /// Whether new calls may be started here.
    package var isUsable: Bool { usable.isSet }

    /// Calls a unary method with a serialized request.
    ///
    /// Cancelling the task cancels the call at the server too.
    /// - Returns: The serialized response.
    package func call(
        method: String, metadata: [Metadata], message: [UInt8], deadline: NIODeadline
    ) async throws(ClientCallFailure) -> [UInt8] {
        let id = nextCallID.wrappingAdd(1, ordering: .relaxed).oldValue
        let call = ClientConnectionStateMachine.Call(
            id: id, method: method, metadata: metadata, message: message, deadline: deadline)
        let result = ClientConnectionHandler.CallResult()
        let handler = self.handler
        let eventLoop = channel.eventLoop
        return try await withTaskCancellationHandler {
            eventLoop.execute { handler.value.start(call, result: result) }
            return await result.result()
        } onCancel: {
            // First the result, then the loop: a start that the loop sees only after this finds
            // the result there and sends nothing.
            result.resolve(.failure(.cancelled))
            eventLoop.execute { handler.value.cancel(id) }
        }.get()
    }

    /// Ends the connection; calls under way fail as UNAVAILABLE.
    package func close() -> EventLoopFuture<Void> {
        let handler = self.handler
        channel.eventLoop.execute { handler.value.close() }
        return channel.closeFuture
    }
}

/// Set until the connection takes no more calls.
private final class UsableFlag: Sendable {
    private let flag = Atomic<Bool>(true)

    var isSet: Bool { flag.load(ordering: .acquiring) }

    func clear() {
        flag.store(false, ordering: .releasing)
    }
}
