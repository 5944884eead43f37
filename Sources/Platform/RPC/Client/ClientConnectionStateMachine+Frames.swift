import Core
package import NIOCore
package import Wire

extension ClientConnectionStateMachine {
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
        case .frame(let frame, _):
            return frame.streamID == 0
                ? connectionFrameReceived(frame, at: now) : streamFrameReceived(frame, at: now)
        }
    }

    private mutating func connectionFrameReceived(
        _ frame: Frame, at now: NIODeadline
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
            return sendWaiting() + openWaiting(at: now)
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
        return [.becameReady] + openWaiting(at: now)
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
    mutating func goAwayReceived(lastStreamID: UInt32, at now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        switch phase {
        case .connecting, .awaitingHello, .open:
            actions.append(.becameUnusable)
        case .goingAway, .flushing, .lingering, .closed:
            break
        }
        phase = .goingAway(lastStreamID: lastStreamID)
        let failure = ClientCallFailure.unavailable(
            "SERVER_STOPPING", "The server takes no more calls.", isNeverSent: true)
        for id in waiting {
            calls[id] = nil
            actions.append(.endCall(id: id, .failure(failure)))
        }
        waiting = []
        for streamID in callOfStream.keys.filter({ $0 > lastStreamID }).sorted() {
            guard let id = callOfStream.removeValue(forKey: streamID),
                let call = calls.removeValue(forKey: id)
            else { continue }
            sendingCalls.removeAll { $0 == id }
            if call.isAwaited {
                actions.append(.endCall(id: id, .failure(failure)))
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
        case .message(let message):
            return messageReceived(message, streamID: frame.streamID, at: now)
        case .window(let window):
            guard let id = callOfStream[frame.streamID] else { return [] }
            guard calls[id]?.windowReceived(byteCount: window.bytes) != false else {
                return violation("credit above 2^31-1", at: now)
            }
            enqueue(id)
            return sendWaiting()
        case .hello, .open, .halfClose, .cancel, .ping, .pong, .goAway, nil:
            return violation("a frame that no server sends on a stream", at: now)
        }
    }

    private mutating func messageReceived(
        _ message: [UInt8], streamID: UInt32, at now: NIODeadline
    ) -> [Action] {
        let cost = FlowCredit.cost(messageByteCount: message.count)
        guard receiveCredit.spend(cost) else {
            return violation("a message without credit of the connection", at: now)
        }
        // Rule 6: late frames "are dropped and their bytes credited back".
        guard let id = callOfStream[streamID], let call = calls[id], call.isAwaited else {
            return returnCredit(cost)
        }
        switch call.call.kind {
        case .unary, .clientStreaming:
            return violation("a message on a call that has one answer", at: now)
        case .serverStreaming, .bidirectionalStreaming:
            break
        }
        guard calls[id]?.messageReceived(cost: cost) == true else {
            return violation("a message without credit of its stream", at: now)
        }
        // The connection's credit goes back at once: how much may lie here unread is up to the
        // streams' windows, and who does not read one stream holds up no other (rule 4).
        return [.deliverMessage(id: id, message)] + returnCredit(cost)
    }

    private mutating func closeReceived(
        _ close: Close, streamID: UInt32, at now: NIODeadline
    ) -> [Action] {
        var returned: Int64 = 0
        if close.hasMessage {
            returned = FlowCredit.cost(messageByteCount: close.message.count)
            guard receiveCredit.spend(returned) else {
                return violation("a message without credit of the connection", at: now)
            }
        }
        var actions: [Action] = []
        if let id = callOfStream.removeValue(forKey: streamID),
            let call = calls.removeValue(forKey: id)
        {
            if call.isQueued {
                sendingCalls.removeAll { $0 == id }
            }
            if call.isAwaited {
                actions.append(.endCall(id: id, Self.result(of: close, call.call.kind)))
            }
        }
        return actions + returnCredit(returned) + openWaiting(at: now) + shutIfDone(at: now)
    }

    private static func result(
        of close: Close, _ kind: CallKind
    ) -> Result<ClientAnswer, ClientCallFailure> {
        let status = close.status ?? Status()
        guard status.code == 0 else { return .failure(ClientCallFailure(status: status)) }
        switch kind {
        case .unary, .clientStreaming:
            guard close.hasMessage else {
                return .failure(
                    ClientCallFailure(
                        ServiceError(
                            .internal, "MALFORMED_CALL",
                            "The server answered OK without a message."), isNeverSent: false))
            }
        case .serverStreaming, .bidirectionalStreaming:
            break
        }
        return .success(
            ClientAnswer(
                message: close.message, trailers: close.trailers.map { ($0.key, $0.value) }))
    }
}
