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
        case endCall(id: UInt64, Result<[UInt8], ClientCallFailure>)
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
        package let metadata: [Metadata]
        package let message: [UInt8]
        package let deadline: NIODeadline
    }

    private enum Phase: Sendable {
        /// Our `Hello` is out, the server's has not come; calls are sent all the same (rule 1).
        case awaitingHello(until: NIODeadline)
        case open
        /// The server drains; calls up to the id are being answered.
        case goingAway(lastStreamID: UInt32)
        case flushing(until: NIODeadline)
        case lingering(until: NIODeadline)
        case closed
    }

    private struct Stream: Sendable {
        /// Nil once the program no longer waits; the server's `Close` still comes.
        var call: UInt64?
        let deadline: NIODeadline
    }

    private let limits: RPCLimits
    private let waitingCountMax: Int
    private var phase: Phase
    private var peer = PeerSettings()
    private var lastStreamID: UInt32 = 0
    private var streams: [UInt32: Stream] = [:]
    private var streamOfCall: [UInt64: UInt32] = [:]
    private var waiting: [Call] = []
    private var receiveCredit = FlowCredit(byteCount: RPCDefaults.connectionWindow)
    private var sendCredit = FlowCredit(byteCount: RPCDefaults.connectionWindow)
    private var keepalive: Keepalive
    private var pace: FramePace
    private var pingGuard: RateGuard

    /// - Parameter waitingCountMax: Calls that may wait for room at once.
    package init(limits: RPCLimits, waitingCountMax: Int, now: NIODeadline) {
        self.limits = limits
        self.waitingCountMax = waitingCountMax
        phase = .awaitingHello(until: now + TimeAmount(limits.helloTimeout))
        keepalive = Keepalive(limits: limits, now: now)
        pace = FramePace(limits: limits)
        pingGuard = RateGuard(countMax: limits.pingCountPerSecondMax)
    }

    /// The connection stands.
    package mutating func connected(agent: String, metadata: [Metadata]) -> [Action] {
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
        case .awaitingHello, .open, .goingAway: false
        }
    }

    // MARK: Calls

    /// The program started a call.
    package mutating func callStarted(_ call: Call, at now: NIODeadline) -> [Action] {
        switch phase {
        case .awaitingHello, .open:
            break
        case .goingAway, .flushing, .lingering, .closed:
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
        waiting.append(call)
        return sendWaiting(at: now)
    }

    /// The program no longer waits for a call.
    package mutating func callCancelled(id: UInt64, at now: NIODeadline) -> [Action] {
        abandon(
            id, ServiceError(.cancelled, "CANCELLED", "The call was cancelled."), at: now)
    }

    private mutating func abandon(
        _ id: UInt64, _ error: ServiceError, at now: NIODeadline
    ) -> [Action] {
        if let index = waiting.firstIndex(where: { $0.id == id }) {
            waiting.remove(at: index)
            return [.endCall(id: id, .failure(ClientCallFailure(error, isNeverSent: true)))]
        }
        guard let streamID = streamOfCall.removeValue(forKey: id) else { return [] }
        streams[streamID]?.call = nil
        return [
            .endCall(id: id, .failure(ClientCallFailure(error, isNeverSent: false))),
            .send(Frame(streamID: streamID, kind: .cancel(Cancel()))),
        ]
    }

    /// Sends calls as long as there is room for them.
    private mutating func sendWaiting(at now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        while !waiting.isEmpty, streams.count < Int(peer.streamCountMax),
            sendCredit.allowsSending, canOpen
        {
            let call = waiting.removeFirst()
            actions += open(call, at: now)
        }
        return actions
    }

    private var canOpen: Bool {
        switch phase {
        case .awaitingHello, .open: true
        case .goingAway, .flushing, .lingering, .closed: false
        }
    }

    private mutating func open(_ call: Call, at now: NIODeadline) -> [Action] {
        let left = max(1, (call.deadline - now).nanoseconds / 1_000_000)
        let open = Open(
            method: call.method, timeoutMs: UInt32(clamping: left), metadata: call.metadata,
            message: call.message, hasMessage: true, halfClose: true)
        let streamID = lastStreamID + 1
        let frame = Frame(streamID: streamID, kind: .open(open))
        // Measuring costs as much as sending, so only what may be too long is measured.
        if call.message.count > Int(peer.frameByteCountMax) / 2,
            FrameEncoder.byteCount(frame) > Int(peer.frameByteCountMax)
        {
            let error = ServiceError(
                .resourceExhausted, "REQUEST_TOO_LARGE",
                "The request does not fit the server's limit of \(peer.frameByteCountMax) bytes.")
            return [.endCall(id: call.id, .failure(ClientCallFailure(error, isNeverSent: true)))]
        }
        lastStreamID = streamID
        _ = sendCredit.spend(FlowCredit.cost(messageByteCount: call.message.count))
        streams[streamID] = Stream(call: call.id, deadline: call.deadline)
        streamOfCall[call.id] = streamID
        // Rule 2: "At 2^32−1 the client reconnects."
        let isLast = streamID == UInt32.max
        return [.send(frame)]
            + (isLast ? goAwayReceived(lastStreamID: streamID, at: now) : [])
    }

    // MARK: Frames

    package mutating func bytesReceived(at now: NIODeadline) {
        keepalive.bytesReceived(at: now)
    }

    package mutating func readEnded(
        pending: FrameDecoder.Pending, didComplete: Bool, at now: NIODeadline
    ) {
        pace.readEnded(pending: pending, didComplete: didComplete, at: now)
    }

    /// The decoder found the next thing on the connection.
    package mutating func received(_ output: FrameDecoder.Output, at now: NIODeadline) -> [Action] {
        guard !isOver else { return [] }
        switch output {
        case .malformed:
            return violation("a frame that does not parse", at: now)
        case .tooLong(let byteCount):
            return end(.frameTooLarge, "a frame of \(byteCount) bytes", at: now)
        case .frame(let frame, let byteCount):
            return frame.streamID == 0
                ? connectionFrameReceived(frame, byteCount: byteCount, at: now)
                : streamFrameReceived(frame, at: now)
        }
    }

    private mutating func connectionFrameReceived(
        _ frame: Frame, byteCount: Int, at now: NIODeadline
    ) -> [Action] {
        switch frame.kind {
        case .hello(let hello):
            return helloReceived(hello, at: now)
        case .goAway(let goAway):
            return serverGoAwayReceived(goAway, at: now)
        case .ping, .pong, .window, nil:
            break
        case .open, .message, .halfClose, .close, .cancel:
            return violation("a stream's frame on stream 0", at: now)
        }
        if case .awaitingHello = phase {
            return violation("something else before Hello", at: now)
        }
        switch frame.kind {
        case .ping(let ping):
            guard pingGuard.count(at: now) else { return violation("too many pings", at: now) }
            return [.send(Frame(streamID: 0, kind: .pong(Pong(opaque: ping.opaque))))]
        case .window(let window):
            guard sendCredit.add(Int64(window.bytes)) else {
                return violation("credit above 2^31-1", at: now)
            }
            return sendWaiting(at: now)
        case .pong, .hello, .goAway, .open, .message, .halfClose, .close, .cancel, nil:
            return []
        }
    }

    private mutating func helloReceived(_ hello: Hello, at now: NIODeadline) -> [Action] {
        guard case .awaitingHello = phase else { return violation("a second Hello", at: now) }
        guard hello.version >= RPCDefaults.version else {
            return end(.unsupportedVersion, "version \(hello.version)", at: now)
        }
        phase = .open
        peer = PeerSettings(hello: hello)
        return [.becameReady] + sendWaiting(at: now)
    }

    private mutating func serverGoAwayReceived(_ goAway: GoAway, at now: NIODeadline) -> [Action] {
        let actions = goAwayReceived(lastStreamID: goAway.lastStreamID, at: now)
        guard !isOver, goAway.reason != GoAwayReason.drain.rawValue else { return actions }
        // Rule 9: "calls in flight are UNAVAILABLE to the client."
        phase = .flushing(until: now + ServerConnectionStateMachine.flushTimeout)
        let text = "The server ended the connection: \(goAway.reason) \(goAway.message)"
        return actions
            + failAll(
                .unavailable(
                    ServiceError.Reason(rawValue: goAway.reason), text, isNeverSent: false))
            + [.shutOutput]
    }

    /// No stream above the id will be answered; those up to it will.
    private mutating func goAwayReceived(
        lastStreamID: UInt32, at now: NIODeadline
    ) -> [Action] {
        var actions: [Action] = []
        switch phase {
        case .awaitingHello, .open:
            actions.append(.becameUnusable)
        case .goingAway, .flushing, .lingering, .closed:
            break
        }
        phase = .goingAway(lastStreamID: lastStreamID)
        let failure = ClientCallFailure.unavailable(
            "SERVER_STOPPING", "The server takes no more calls.", isNeverSent: true)
        for call in waiting {
            actions.append(.endCall(id: call.id, .failure(failure)))
        }
        waiting = []
        for id in streams.keys.filter({ $0 > lastStreamID }).sorted() {
            if let call = streams.removeValue(forKey: id)?.call {
                streamOfCall[call] = nil
                actions.append(.endCall(id: call, .failure(failure)))
            }
        }
        return actions + shutIfDone(at: now)
    }

    private mutating func streamFrameReceived(_ frame: Frame, at now: NIODeadline) -> [Action] {
        if case .awaitingHello = phase {
            return violation("something else before Hello", at: now)
        }
        guard frame.streamID <= lastStreamID else {
            return violation("a frame for a stream that was never opened", at: now)
        }
        switch frame.kind {
        case .close(let close):
            return closeReceived(close, streamID: frame.streamID, at: now)
        case .window:
            // Unary calls send nothing on their stream's window.
            return []
        case .message, .hello, .open, .halfClose, .cancel, .ping, .pong, .goAway, nil:
            return violation("a frame that no unary call has", at: now)
        }
    }

    private mutating func closeReceived(
        _ close: Close, streamID: UInt32, at now: NIODeadline
    ) -> [Action] {
        var actions: [Action] = []
        if close.hasMessage {
            let cost = FlowCredit.cost(messageByteCount: close.message.count)
            guard receiveCredit.spend(cost) else {
                return violation("a message without credit of the connection", at: now)
            }
            _ = receiveCredit.add(cost)
            actions.append(.send(.window(streamID: 0, UInt32(clamping: cost))))
        }
        guard let stream = streams.removeValue(forKey: streamID) else { return actions }
        if let call = stream.call {
            streamOfCall[call] = nil
            actions.append(.endCall(id: call, Self.result(of: close)))
        }
        return actions + sendWaiting(at: now) + shutIfDone(at: now)
    }

    private static func result(of close: Close) -> Result<[UInt8], ClientCallFailure> {
        let status = close.status ?? Status()
        guard status.code == 0 else { return .failure(ClientCallFailure(status: status)) }
        guard close.hasMessage else {
            return .failure(
                ClientCallFailure(
                    ServiceError(
                        .internal, "MALFORMED_CALL", "The server answered OK without a message."),
                    isNeverSent: false))
        }
        return .success(close.message)
    }

    // MARK: The end

    private mutating func violation(_ what: String, at now: NIODeadline) -> [Action] {
        end(.protocolError, "The peer sent \(what).", at: now)
    }

    private mutating func end(
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

    private mutating func shutIfDone(at now: NIODeadline) -> [Action] {
        guard case .goingAway = phase, streams.isEmpty else { return [] }
        phase = .flushing(until: now + ServerConnectionStateMachine.flushTimeout)
        return [.shutOutput]
    }

    private mutating func failAll(_ failure: ClientCallFailure) -> [Action] {
        var actions: [Action] = [.becameUnusable]
        for id in streams.keys.sorted() {
            if let call = streams[id]?.call {
                actions.append(.endCall(id: call, .failure(failure)))
            }
        }
        let unsent = ClientCallFailure(failure.error, isNeverSent: true)
        for call in waiting {
            actions.append(.endCall(id: call.id, .failure(unsent)))
        }
        streams = [:]
        streamOfCall = [:]
        waiting = []
        return actions
    }

    // MARK: Time

    /// The earliest time at which `timeElapsed` may have something to do; nil for never.
    package var nextDeadline: NIODeadline? {
        switch phase {
        case .awaitingHello(let until):
            return min(until, earliestOpen)
        case .open, .goingAway:
            return earliestOpen
        case .flushing(let until), .lingering(let until):
            return until
        case .closed:
            return nil
        }
    }

    private var earliestOpen: NIODeadline {
        var earliest = keepalive.nextDeadline
        if let late = pace.nextDeadline {
            earliest = min(earliest, late)
        }
        for stream in streams.values where stream.call != nil {
            earliest = min(earliest, stream.deadline)
        }
        for call in waiting {
            earliest = min(earliest, call.deadline)
        }
        return earliest
    }

    /// It is `now`.
    package mutating func timeElapsed(at now: NIODeadline) -> [Action] {
        switch phase {
        case .awaitingHello(let until):
            if now >= until { return violation("no Hello in time", at: now) }
        case .open, .goingAway:
            break
        case .flushing(let until), .lingering(let until):
            guard now >= until else { return [] }
            phase = .closed
            return [.close]
        case .closed:
            return []
        }
        if let late = pace.nextDeadline, now >= late {
            return violation("a frame too slowly", at: now)
        }
        var actions: [Action] = []
        let started = streams.values.filter { now >= $0.deadline }.compactMap(\.call)
        for id in started.sorted() + waiting.filter({ now >= $0.deadline }).map(\.id) {
            actions += abandon(
                id,
                ServiceError(
                    .deadlineExceeded, "DEADLINE_EXCEEDED",
                    "No answer came before the deadline; the call may have had its effect."),
                at: now)
        }
        switch keepalive.timeElapsed(at: now) {
        case .nothing:
            break
        case .ping(let opaque):
            actions.append(.send(Frame(streamID: 0, kind: .ping(Ping(opaque: opaque)))))
        case .giveUp:
            actions += end(.idle, "no answer to a Ping", at: now)
        }
        return actions
    }
}
