package import Logging
package import NIOCore
package import NIOPosix
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
    private let events: LoopMailbox<ClientConnectionHandler>
    private let usable: UsableFlag
    private let nextCallID = Atomic<UInt64>(1)

    private init(
        channel: any Channel, events: LoopMailbox<ClientConnectionHandler>, usable: UsableFlag
    ) {
        self.channel = channel
        self.events = events
        self.usable = usable
    }

    /// Connects and waits for the server's `Hello`.
    /// - Parameter resolver: Finds a host's addresses, which are tried side by side where the first is slow
    ///   or refuses; nil: the system's.
    package static func connect(
        to target: Target, limits: RPCLimits, waitingCallCountMax: Int, logger: Logger,
        resolver: (any Resolver & Sendable)? = nil
    ) -> EventLoopFuture<ClientConnection> {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        // By channel. A pipeline does not tell it any more where the server has left by the time that the
        // connection stands, and what the server said of that is the handler's to tell.
        let handlers = NIOLoopBoundBox.makeEmptyBox(
            valueType: [ObjectIdentifier: ClientConnectionHandler].self, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .resolver(resolver)
            .connectTimeout(TimeAmount(target.connectTimeout))
            .channelInitializer { channel in
                // Once for each address that is tried.
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
                            limits: limits, waitingCountMax: waitingCallCountMax),
                        frameByteCountMax: limits.frameByteCountMax, agent: target.agent,
                        metadata: target.metadata, eventLoop: channel.eventLoop, logger: logger)
                    try channel.pipeline.syncOperations.addHandler(handler)
                    handlers.value = (handlers.value ?? [:]).merging(
                        [ObjectIdentifier(channel): handler]) { _, new in new }
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
        return connected.flatMap { channel in
            guard let handler = handlers.value?[ObjectIdentifier(channel)] else {
                return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }
            handlers.value = nil
            let connection = ClientConnection(
                channel: channel,
                events: LoopMailbox(receiver: handler, eventLoop: channel.eventLoop),
                usable: handler.usable)
            return handler.ready.futureResult.map { connection }
        }
    }

    /// Whether new calls may be started here.
    package var isUsable: Bool { usable.isSet }

    /// Succeeds once the connection has ended, whoever ended it.
    package var ended: EventLoopFuture<Void> { channel.closeFuture }

    /// Starts a call.
    /// - Parameters:
    ///   - message: The first message, serialized; nil where a stream begins without one.
    ///   - isHalfClosed: Whether no further message follows.
    ///   - deadline: Nil: none here; the server has its own for unary calls.
    package func start(
        method: String, kind: CallKind, metadata: [Metadata], message: [UInt8]?,
        isHalfClosed: Bool, deadline: NIODeadline?
    ) -> ClientCall {
        let id = nextCallID.wrappingAdd(1, ordering: .relaxed).oldValue
        let call = ClientCall(
            ClientConnectionStateMachine.Call(
                id: id, method: method, kind: kind, metadata: metadata, message: message,
                isHalfClosed: isHalfClosed, deadline: deadline), events: events)
        events.post(.start(call))
        return call
    }

    /// Ends the connection; calls under way fail as UNAVAILABLE.
    package func close() -> EventLoopFuture<Void> {
        events.post(.close)
        return channel.closeFuture
    }
}

/// Set until the connection takes no more calls.
final class UsableFlag: Sendable {
    private let flag = Atomic<Bool>(true)

    var isSet: Bool { flag.load(ordering: .acquiring) }

    func clear() {
        flag.store(false, ordering: .releasing)
    }
}
