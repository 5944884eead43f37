import Core
package import NIOCore
package import Wire

extension ServerConnectionStateMachine {
    /// Bytes of any kind have arrived.
    package mutating func bytesReceived(at now: NIODeadline) {
        keepalive.bytesReceived(at: now)
    }

    /// All complete frames of a read have been handled.
    package mutating func readEnded(
        pending: FrameDecoder.Pending, didComplete: Bool, at now: NIODeadline
    ) {
        pace.readEnded(pending: pending, didComplete: didComplete, at: now)
    }

    /// The connection is not read for a while.
    package mutating func readingPaused(_ reason: PauseReason, at now: NIODeadline) {
        paused = paused ?? (reason, now)
    }

    /// The connection is read again: what the peer owes in time is later by the pause.
    package mutating func readingResumed(at now: NIODeadline) {
        if let paused { pace.resumed(at: now, pausedAt: paused.since) }
        paused = nil
        keepalive.bytesReceived(at: now)
    }

    /// Whether nothing that arrives matters any more.
    package var isDiscardingInput: Bool {
        switch phase {
        case .flushing, .lingering, .closed: true
        case .awaitingHello, .serving, .announcingDrain, .draining: false
        }
    }

    /// Whether nothing but a `Hello` may come.
    package var isAwaitingHello: Bool {
        if case .awaitingHello = phase { true } else { false }
    }

    /// The decoder found the next thing on the connection.
    package mutating func received(_ output: FrameDecoder.Output, at now: NIODeadline) -> Actions {
        guard !isDiscardingInput else { return [] }
        switch output {
        case .frame(let frame, _):
            return frameReceived(frame, at: now)
        case .malformed:
            return violation("a frame that does not parse", at: now)
        case .tooLong(let byteCount):
            return end(
                .frameTooLarge,
                "a frame of \(byteCount) bytes; \(limits.frameByteCountMax) are allowed", at: now)
        }
    }

    func violationText(_ what: String) -> String {
        "The peer sent \(what)."
    }

    mutating func violation(_ what: String, at now: NIODeadline) -> Actions {
        end(.protocolError, violationText(what), at: now)
    }

    private mutating func frameReceived(_ frame: Frame, at now: NIODeadline) -> Actions {
        if case .awaitingHello = phase {
            return firstFrameReceived(frame, at: now)
        }
        if isEmpty(frame), !pingGuard.count(at: now) {
            return violation("too many pings or empty frames", at: now)
        }
        return frame.streamID == 0
            ? connectionFrameReceived(frame, at: now) : streamFrameReceived(frame, at: now)
    }

    /// What rule 10 counts: "more than 100 pings or empty frames a second". A `Cancel`, `HalfClose`
    /// or `Window` that crosses the end of its stream is no misuse, so those are not counted.
    private func isEmpty(_ frame: Frame) -> Bool {
        switch frame.kind {
        case .ping, .pong, .goAway, nil: true
        case .window(let window): window.bytes == 0
        case .halfClose: streams[frame.streamID]?.isHalfClosed == true
        case .hello, .open, .message, .close, .cancel: false
        }
    }

    /// Rule 1: "The client's first frame is `Hello` on stream 0 … Anything else first, or a second
    /// `Hello`, is `PROTOCOL_ERROR`."
    private mutating func firstFrameReceived(_ frame: Frame, at now: NIODeadline) -> Actions {
        guard frame.streamID == 0, case .hello(let hello) = frame.kind else {
            return violation("something else before Hello", at: now)
        }
        return helloReceived(hello, at: now)
    }

    private mutating func helloReceived(_ hello: Hello, at now: NIODeadline) -> Actions {
        // "The version in force is the lower of the two; one that a side does not speak is
        // `GoAway(UNSUPPORTED_VERSION)`." Here the only version is 1, so the lower is 1 or 0.
        guard hello.version >= RPCDefaults.version else {
            return end(
                .unsupportedVersion,
                "version \(hello.version); this server speaks \(RPCDefaults.version)", at: now)
        }
        peer = PeerSettings(hello: hello)
        phase = .serving
        let answer = Hello(
            version: RPCDefaults.version, maxFrameBytes: limits.frameByteCountMax,
            maxStreams: limits.streamCountMax, initialWindowBytes: limits.streamWindow,
            agent: agent)
        return [.send(Frame(streamID: 0, kind: .hello(answer)))]
    }

    private mutating func connectionFrameReceived(
        _ frame: Frame, at now: NIODeadline
    ) -> Actions {
        switch frame.kind {
        case .hello:
            return violation("a second Hello", at: now)
        case .ping(let ping):
            return [.send(Frame(streamID: 0, kind: .pong(Pong(opaque: ping.opaque))))]
        case .pong(let pong):
            return pongReceived(pong, at: now)
        case .goAway:
            // The server opens no stream, so the client only says that it will leave.
            return []
        case .window(let window):
            return connectionWindowReceived(byteCount: window.bytes, at: now)
        case nil:
            // Rule 12: "A frame with no kind or an unknown kind is ignored on stream 0".
            return []
        case .open, .message, .halfClose, .close, .cancel:
            return violation("a stream's frame on stream 0", at: now)
        }
    }

    private mutating func streamFrameReceived(_ frame: Frame, at now: NIODeadline) -> Actions {
        let id = frame.streamID
        switch frame.kind {
        case .open(var open):
            switch opened(&open, streamID: id, at: now) {
            case .call(let deadline):
                return [.startCall(OpenedCall(streamID: id, open: open, deadline: deadline))]
            case .refused(_, let actions), .actions(let actions):
                return actions
            }
        case .message(let message):
            return messageReceived(message, streamID: id, at: now)
        case .halfClose:
            guard history.contains(id) else { return neverOpened(id, at: now) }
            return streams[id]?.halfCloseReceived() == true
                ? [.deliverHalfClose(streamID: id)] : []
        case .cancel:
            guard history.contains(id) else { return neverOpened(id, at: now) }
            return abandon(
                streamID: id, .cancelled,
                with: .failure(.cancelled, "CANCELLED", "The client cancelled the call."))
                + shutIfDrained(at: now)
        case .window(let window):
            return streamWindowReceived(streamID: id, byteCount: window.bytes, at: now)
        case .close:
            return violation("a Close, which only servers send", at: now)
        case .hello, .ping, .pong, .goAway:
            // Rule 2: "Stream 0 carries `Hello`, `Ping`, `Pong`, `GoAway` …, and nothing else
            // does."
            return violation("a frame of stream 0 on another stream", at: now)
        case nil:
            // Rule 12: "… and `PROTOCOL_ERROR` elsewhere."
            return violation("a frame without a known kind", at: now)
        }
    }

    mutating func neverOpened(_ id: UInt32, at now: NIODeadline) -> Actions {
        violation("a frame for stream \(id), which was never opened", at: now)
    }

    /// Whether calls may be opened and go on.
    package var isServing: Bool {
        switch phase {
        case .serving, .announcingDrain, .draining: true
        case .awaitingHello, .flushing, .lingering, .closed: false
        }
    }

    /// The client opened a stream other than 0 on a connection that `isServing`. It is apart from
    /// `received`, which leads here too, since every call begins so.
    package mutating func opened(
        _ open: inout Open, streamID: UInt32, at now: NIODeadline
    ) -> Opening {
        // Rule 2: "an `Open` with an id not above the last is `PROTOCOL_ERROR`."
        guard history.open(streamID) else {
            return .actions(violation("an Open with an id not above the last", at: now))
        }
        var cost: Int64 = 0
        if !open.hasMessage {
            // No message, so nothing that flow control counts: such bytes may not stay in memory.
            open.message = []
        } else {
            cost = FlowCredit.cost(messageByteCount: open.message.count)
            guard receiveCredit.spend(cost) else {
                return .actions(violation("a message without credit of the connection", at: now))
            }
        }
        if case .draining(let finalID, _) = phase, streamID > finalID {
            // Rule 9: "an `Open` above it is not answered and safe to retry elsewhere."
            return .actions(returnCredit(cost))
        }
        guard hasRoomForStream else {
            // Rule 8: "one more than `max_streams` ends at once".
            let error = ServiceError(
                .resourceExhausted, "TOO_MANY_STREAMS",
                "The connection has \(limits.streamCountMax) calls open; wait for one to end.")
            return .refused(
                error,
                returnCredit(cost)
                    + Actions(
                        closeFrame(
                            .failure(error.code, error.reason, error.message), streamID: streamID)))
        }
        let deadline = deadline(of: open, at: now)
        if let deadline {
            noteDeadline(deadline)
        }
        streams.insert(
            ServerStreamStateMachine(
                isHalfClosed: open.halfClose, deadline: deadline, owedCredit: cost,
                receiveWindow: limits.streamWindow, sendWindow: peer.streamWindow),
            id: streamID)
        return .call(deadline: deadline)
    }

    /// Handlers that do not heed their cancellation count too, though less strictly, or a client
    /// could start work without end by opening and cancelling.
    private var hasRoomForStream: Bool {
        streams.count < Int(limits.streamCountMax)
            && streams.count + cancelledHandlers.count < 2 * Int(limits.streamCountMax)
    }

    /// Rule 7: "`timeout_ms` runs on the server's clock from the arrival of `Open`; 0 means 5
    /// minutes for unary calls, none for streams."
    private mutating func deadline(of open: Open, at now: NIODeadline) -> NIODeadline? {
        if open.timeoutMs > 0 {
            return now + .milliseconds(Int64(open.timeoutMs))
        }
        switch kind(of: open.method) {
        case .unary, nil: return now + callTimeout
        case .serverStreaming, .clientStreaming, .bidirectionalStreaming: return nil
        }
    }

    private mutating func kind(of method: String) -> CallKind? {
        if let lastKind, lastKind.method == method { return lastKind.kind }
        let kind = kindOf(method)
        if let kind { lastKind = (method, kind) }
        return kind
    }

    private mutating func messageReceived(
        _ message: [UInt8], streamID: UInt32, at now: NIODeadline
    ) -> Actions {
        guard history.contains(streamID) else { return neverOpened(streamID, at: now) }
        let cost = FlowCredit.cost(messageByteCount: message.count)
        guard receiveCredit.spend(cost) else {
            return violation("a message without credit of the connection", at: now)
        }
        switch streams[streamID]?.messageReceived(cost: cost) ?? .drop {
        case .deliver:
            unreadCost += cost
            let delivery = Actions(.deliverMessage(streamID: streamID, message: message))
            guard unreadCost <= unreadCostMax else {
                streams[streamID]?.owe(cost)
                return delivery
            }
            // What waits in a stream is bounded by the stream's own window, so the connection's is
            // free again: a call whose handler does not read holds up no other (rule 4).
            return delivery + returnCredit(cost)
        case .drop:
            // Rule 6: "Frames for a stream that has ended … are dropped and their bytes credited
            // back".
            return returnCredit(cost)
        case .violation(let what):
            return violation(what, at: now)
        }
    }
}
