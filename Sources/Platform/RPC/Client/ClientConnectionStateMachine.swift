import Core
package import NIOCore
package import Wire

/// Decides what a client does on one connection; it neither reads, writes nor looks at a clock.
///
/// Calls that find no room (streams, credit) wait in order. Once it has said `becameUnusable`, new
/// calls belong on another connection.
package struct ClientConnectionStateMachine: Sendable {
    /// What the channel does next.
    package enum Action: Sendable {
        case send(Frame)
        /// The server's `Hello` has come.
        case becameReady
        /// The `Open` of a call whose program sends further messages is on its way.
        case callOpened(id: UInt64)
        /// Hands a message of a streaming call to the program.
        case deliverMessage(id: UInt64, [UInt8])
        /// Tells the program that a message of a streaming call has gone out.
        case messageSent(id: UInt64, byteCount: Int)
        case endCall(id: UInt64, Result<ClientAnswer, ClientCallFailure>)
        /// Calls may be under way still, but no new one is accepted.
        case becameUnusable
        /// Flushes, shuts the writing side, tells of it with `outputShut`, and discards input.
        case shutOutput
        case close
    }

    /// A call that the program started.
    package struct Call: Sendable {
        /// Chosen by the program, unique within the connection.
        package let id: UInt64
        package let method: String
        package let kind: CallKind
        package let metadata: [Metadata]
        /// The first message; nil where a stream begins without one.
        package let message: [UInt8]?
        /// Whether no further message follows.
        package let isHalfClosed: Bool
        /// Nil: none.
        package let deadline: NIODeadline?

        package init(
            id: UInt64, method: String, kind: CallKind = .unary, metadata: [Metadata],
            message: [UInt8]?, isHalfClosed: Bool = true, deadline: NIODeadline?
        ) {
            self.id = id
            self.method = method
            self.kind = kind
            self.metadata = metadata
            self.message = message
            self.isHalfClosed = isHalfClosed
            self.deadline = deadline
        }
    }

    enum Phase: Sendable {
        /// Nothing is timed here: the one who connects has a limit.
        case connecting
        /// Our `Hello` is out, the server's has not come; calls are sent all the same (rule 1).
        case awaitingHello(until: NIODeadline)
        case open
        /// The server drains; calls up to the id are being answered.
        case goingAway(lastStreamID: UInt32)
        case flushing(until: NIODeadline)
        case lingering(until: NIODeadline)
        case closed
    }

    let limits: RPCLimits
    private let waitingCountMax: Int
    var phase: Phase
    var peer = PeerSettings()
    var lastStreamID: UInt32 = 0
    /// Every call whose `Close` has not come, by the program's number.
    var calls: [UInt64: ClientStreamStateMachine] = [:]
    /// Those whose `Open` is out, by their stream.
    var callOfStream: [UInt32: UInt64] = [:]
    /// Those whose `Open` waits for room, oldest first.
    var waiting: [UInt64] = []
    /// Those with a message that waits for credit; they take turns.
    var sendingCalls: [UInt64] = []
    /// Whether the socket takes more; while it does not, messages of streams wait.
    var isWritable = true
    /// No call's deadline is earlier. It may be too early, which costs one look at all of them.
    var earliestDeadline: NIODeadline?
    var receiveCredit = FlowCredit(byteCount: RPCDefaults.connectionWindow)
    var sendCredit = FlowCredit(byteCount: RPCDefaults.connectionWindow)
    var freedCredit: Int64 = 0
    var keepalive: Keepalive
    var pace: FramePace
    var pingGuard: RateGuard

    /// - Parameter waitingCountMax: Calls that may wait for room at once.
    package init(limits: RPCLimits, waitingCountMax: Int) {
        self.limits = limits
        self.waitingCountMax = waitingCountMax
        phase = .connecting
        keepalive = Keepalive(limits: limits, now: .distantPast)
        pace = FramePace(limits: limits)
        pingGuard = RateGuard(countMax: limits.pingCountPerSecondMax)
    }

    /// The connection stands.
    package mutating func connected(
        agent: String, metadata: [Metadata], at now: NIODeadline
    ) -> [Action] {
        guard case .connecting = phase else { return [] }
        phase = .awaitingHello(until: now + TimeAmount(limits.helloTimeout))
        // Whoever takes a connection lives.
        keepalive.bytesReceived(at: now)
        let hello = Hello(
            version: RPCDefaults.version, maxFrameBytes: limits.frameByteCountMax,
            maxStreams: limits.streamCountMax, initialWindowBytes: limits.streamWindow,
            agent: agent, metadata: metadata)
        return [.send(Frame(streamID: 0, kind: .hello(hello)))]
    }

    /// The connection is gone.
    package mutating func connectionLost() -> [Action] {
        phase = .closed
        return failAll(
            .unavailable("CONNECTION_LOST", "The connection was lost.", isNeverSent: false))
    }

    /// The program wants no more of this connection.
    package mutating func closeRequested(at now: NIODeadline) -> [Action] {
        guard !isOver else { return [] }
        phase = .flushing(until: now + ServerConnectionStateMachine.flushTimeout)
        return failAll(.unavailable("CLIENT_CLOSED", "The client was closed.", isNeverSent: false))
            + [.shutOutput]
    }

    package mutating func outputShut(at now: NIODeadline) -> [Action] {
        if case .flushing = phase {
            phase = .lingering(until: now + TimeAmount(limits.lingerTimeout))
        }
        return []
    }

    /// Whether nothing that arrives matters any more.
    package var isOver: Bool {
        switch phase {
        case .flushing, .lingering, .closed: true
        case .connecting, .awaitingHello, .open, .goingAway: false
        }
    }

    // MARK: Calls

    /// The program started a call.
    package mutating func callStarted(_ call: Call, at now: NIODeadline) -> [Action] {
        guard canOpen else {
            return [
                .endCall(
                    id: call.id,
                    .failure(
                        .unavailable(
                            "CONNECTION_LOST", "The connection is closing.", isNeverSent: true)))
            ]
        }
        guard waiting.count < waitingCountMax else {
            return [
                .endCall(
                    id: call.id,
                    .failure(
                        ClientCallFailure(
                            ServiceError(
                                .resourceExhausted, "TOO_MANY_CALLS",
                                "\(waitingCountMax) calls wait on this client already."),
                            isNeverSent: true)))
            ]
        }
        calls[call.id] = ClientStreamStateMachine(call, receiveWindow: limits.streamWindow)
        if let deadline = call.deadline {
            noteDeadline(deadline)
        }
        waiting.append(call.id)
        return openWaiting(at: now)
    }

    /// The program no longer waits for a call.
    package mutating func callCancelled(id: UInt64, at now: NIODeadline) -> [Action] {
        abandon(id, ServiceError(.cancelled, "CANCELLED", "The call was cancelled."))
    }

    mutating func abandon(_ id: UInt64, _ error: ServiceError) -> [Action] {
        guard let call = calls[id], call.isAwaited else { return [] }
        guard let streamID = call.streamID else {
            calls[id] = nil
            waiting.removeAll { $0 == id }
            return [.endCall(id: id, .failure(ClientCallFailure(error, isNeverSent: true)))]
        }
        calls[id]?.isAwaited = false
        sendingCalls.removeAll { $0 == id }
        return [
            .endCall(id: id, .failure(ClientCallFailure(error, isNeverSent: false))),
            .send(Frame(streamID: streamID, kind: .cancel(Cancel()))),
        ]
    }

    /// Opens calls as long as there is room for them.
    mutating func openWaiting(at now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        while !waiting.isEmpty, callOfStream.count < Int(peer.streamCountMax),
            sendCredit.allowsSending, canOpen
        {
            actions += open(waiting.removeFirst(), at: now)
        }
        return actions
    }

    private var canOpen: Bool {
        switch phase {
        case .awaitingHello, .open: true
        case .connecting, .goingAway, .flushing, .lingering, .closed: false
        }
    }

    private mutating func open(_ id: UInt64, at now: NIODeadline) -> [Action] {
        guard let call = calls[id]?.call else { return [] }
        let left = call.deadline.map { max(1, ($0 - now).nanoseconds / 1_000_000) } ?? 0
        let open = Open(
            method: call.method, timeoutMs: UInt32(clamping: left), metadata: call.metadata,
            message: call.message ?? [], hasMessage: call.message != nil,
            halfClose: call.isHalfClosed)
        let streamID = lastStreamID + 1
        let frame = Frame(streamID: streamID, kind: .open(open))
        if isTooLong(frame, messageByteCount: open.message.count) {
            calls[id] = nil
            return [.endCall(id: id, .failure(.requestTooLarge(peer.frameByteCountMax)))]
        }
        lastStreamID = streamID
        if open.hasMessage {
            _ = sendCredit.spend(FlowCredit.cost(messageByteCount: open.message.count))
        }
        calls[id]?.opened(streamID: streamID, sendWindow: peer.streamWindow)
        callOfStream[streamID] = id
        enqueue(id)
        // Rule 2: "At 2^32−1 the client reconnects."
        let isLast = streamID == UInt32.max
        let opened: [Action] = call.kind.hasRequestStream ? [.callOpened(id: id)] : []
        return [.send(frame)] + opened + halfCloseIfDue(id) + sendWaiting()
            + (isLast ? goAwayReceived(lastStreamID: streamID, at: now) : [])
    }

    /// Measuring costs as much as sending, so only what may be too long is measured.
    func isTooLong(_ frame: Frame, messageByteCount: Int) -> Bool {
        messageByteCount > Int(peer.frameByteCountMax) / 2
            && FrameEncoder.byteCount(frame) > Int(peer.frameByteCountMax)
    }

    // MARK: The end

    mutating func violation(_ what: String, at now: NIODeadline) -> [Action] {
        end(.protocolError, "The peer sent \(what).", at: now)
    }

    mutating func end(
        _ reason: GoAwayReason, _ message: String, at now: NIODeadline
    ) -> [Action] {
        guard !isOver else { return [] }
        phase = .flushing(until: now + ServerConnectionStateMachine.flushTimeout)
        let goAway = GoAway(lastStreamID: 0, reason: reason.rawValue, message: message)
        return failAll(
            .unavailable(
                ServiceError.Reason(rawValue: reason.rawValue),
                "The connection was given up: \(message)", isNeverSent: false))
            + [.send(Frame(streamID: 0, kind: .goAway(goAway))), .shutOutput]
    }

    mutating func shutIfDone(at now: NIODeadline) -> [Action] {
        guard case .goingAway = phase, callOfStream.isEmpty else { return [] }
        phase = .flushing(until: now + ServerConnectionStateMachine.flushTimeout)
        return [.shutOutput]
    }

    mutating func failAll(_ failure: ClientCallFailure) -> [Action] {
        var actions: [Action] = [.becameUnusable]
        let unsent = ClientCallFailure(failure.error, isNeverSent: true)
        for id in calls.keys.sorted() {
            guard let call = calls[id], call.isAwaited else { continue }
            actions.append(.endCall(id: id, .failure(call.streamID == nil ? unsent : failure)))
        }
        calls = [:]
        callOfStream = [:]
        waiting = []
        sendingCalls = []
        return actions
    }

    /// Gives credit of the connection back to the server, many small ones together.
    mutating func returnCredit(_ cost: Int64) -> [Action] {
        guard cost > 0, !isOver else { return [] }
        freedCredit += cost
        guard freedCredit >= ServerConnectionStateMachine.creditBatchByteCount else { return [] }
        defer { freedCredit = 0 }
        _ = receiveCredit.add(freedCredit)
        return [.send(.window(streamID: 0, UInt32(clamping: freedCredit)))]
    }
}
