package import Core
import DequeModule
package import NIOCore
package import Wire

/// Decides what a server does on one connection; it neither reads, writes nor looks at a clock.
///
/// Events are methods in the past tense; each returns the actions that follow, in order. Once it
/// has said `shutOutput`, it sends no more frames.
package struct ServerConnectionStateMachine: Sendable {
    /// What the channel does next.
    package enum Action: Equatable, Sendable {
        case send(Frame)
        /// Runs a call and tells of its end with `callEnded`.
        case startCall(OpenedCall)
        /// Hands a further message of a streaming call to its handler.
        case deliverMessage(streamID: UInt32, message: [UInt8])
        /// Tells a streaming call's handler that no further message comes.
        case deliverHalfClose(streamID: UInt32)
        /// Sends a streaming call's message, and tells its handler that it has gone out.
        case sendMessage(streamID: UInt32, OutgoingMessage)
        /// Tells of room with `roomLeft`, if the socket has taken what came before this.
        case sendMore
        /// Cancels the handler, whose end no longer matters to the peer, and lets go of what it has not
        /// taken: that no longer counts in flow control.
        case cancelCall(streamID: UInt32, CancelReason)
        /// Flushes, shuts the writing side, tells of it with `outputShut`, and discards input.
        case shutOutput
        case close
    }

    package typealias Actions = ActionList<Action>

    /// A call that a client opened.
    package struct OpenedCall: Equatable, Sendable {
        package let streamID: UInt32
        package let open: Open
        package let deadline: NIODeadline?
    }

    /// What an `Open` leads to.
    package enum Opening: Equatable, Sendable {
        /// A call runs; its end is told with `callSucceeded` or `callEnded`.
        case call(deadline: NIODeadline?)
        /// It is one too many; what watches calls is told of it.
        case refused(ServiceError, Actions)
        case actions(Actions)
    }

    /// When the answer of a call that succeeded goes out.
    package enum Answering: Equatable, Sendable {
        /// Now, and the stream has ended.
        case atOnce
        /// Now, then something else.
        case atOnceAnd(Action)
        /// After what stands before it: `callEnded` takes it.
        case inTurn
    }

    /// Why a handler is cancelled.
    package enum CancelReason: Sendable, Hashable {
        case deadline
        case cancelled
        case connectionLost
        case drained
    }

    /// Why a connection is not read.
    package enum PauseReason: Sendable, Hashable {
        /// Its peer does not read what it is sent.
        case peerDoesNotRead
        /// A frame of it waits for room.
        case frameHasNoRoom

        var text: String {
            switch self {
            case .peerDoesNotRead: "what it was sent was not read"
            case .frameHasNoRoom: "there was no room for a frame of it"
            }
        }
    }

    enum Phase: Sendable {
        case awaitingHello(until: NIODeadline)
        case serving
        /// `GoAway(DRAIN)` is out with the highest id there is; its `Ping` is not answered yet.
        case announcingDrain(pingUntil: NIODeadline, limit: NIODeadline)
        /// The final id is out; streams up to it are being finished.
        case draining(finalID: UInt32, limit: NIODeadline)
        /// Nothing is sent any more; what was sent is being flushed.
        case flushing(until: NIODeadline)
        /// The writing side is shut; input is discarded.
        case lingering(until: NIODeadline)
        case closed
    }

    /// The number in the `Ping` of a drain; those of the keepalive count up from 1.
    static let drainOpaque: UInt64 = 0x6472_6169_6E00_0000
    /// How long flushing may take before the connection is cut. The protocol bounds only what
    /// follows it; without a bound here a peer that does not read would hold the connection.
    static let flushTimeout = TimeAmount.seconds(10)

    let limits: RPCLimits
    /// That of the limits, as it is needed for each call.
    let callTimeout: TimeAmount
    /// What all streams may leave unread by their own windows. A message may overshoot the window it
    /// counts on, and that is what the connection's window bounds.
    let unreadCostMax: Int64
    let agent: String
    /// How small returned credits of the connection are gathered: one `Window` for many.
    static let creditBatchByteCount: Int64 = 64 * 1024
    /// Bytes of a `Close` beside its message, at most: status and trailers are bounded where they
    /// are made. Answers that come nearer to the client's limit are measured.
    static let closeByteCountMax = 64 * 1024

    /// Most that is handed to the socket before looking whether it takes more.
    static let sentCostMax: Int64 = 256 * 1024

    let kindOf: @Sendable (String) -> CallKind?
    /// Where answers that have to wait count.
    let unsent: UnsentRoom?
    /// Of the last call's method: the decoder reads the same string again for the next call of it.
    var lastKind: (method: String, kind: CallKind)?

    var phase: Phase
    var peer = PeerSettings()
    var history = StreamHistory()
    var streams = StreamTable()
    /// Streams that may have something to send; they take turns.
    var sendingStreams = Deque<UInt32>()
    /// Whether the socket takes more; while it does not, messages of streams wait.
    var isWritable = true
    /// No call's deadline is earlier. It may be too early, which costs one look at all of them.
    var earliestDeadline: NIODeadline?
    /// Streams that have ended on the wire while their handlers have not yet.
    var cancelledHandlers = Set<UInt32>()
    var receiveCredit = FlowCredit(byteCount: RPCDefaults.connectionWindow)
    var sendCredit = FlowCredit(byteCount: RPCDefaults.connectionWindow)
    /// Credit of the connection that is free again and that the client has not been given back.
    var freedCredit: Int64 = 0
    var keepalive: Keepalive
    var pace: FramePace
    var pingGuard: RateGuard
    /// What streams have received and their handlers have not read, as flow control counts it.
    var unreadCost: Int64 = 0
    /// Why and since when the connection is not read; nil while it is.
    var paused: (reason: PauseReason, since: NIODeadline)?

    /// - Parameters:
    ///   - agent: Name and version that `Hello` announces.
    ///   - kindOf: How a method is called; nil for an unknown one.
    ///   - now: When the connection was accepted.
    package init(
        limits: RPCLimits, agent: String, kindOf: @escaping @Sendable (String) -> CallKind?,
        now: NIODeadline
    ) {
        self.init(limits: limits, agent: agent, kindOf: kindOf, unsent: nil, now: now)
    }

    /// - Parameter unsent: Where answers that have to wait count; nil: nowhere.
    init(
        limits: RPCLimits, agent: String, kindOf: @escaping @Sendable (String) -> CallKind?,
        unsent: UnsentRoom?, now: NIODeadline
    ) {
        self.unsent = unsent
        self.limits = limits
        callTimeout = TimeAmount(limits.callTimeout)
        unreadCostMax = Int64(limits.streamCountMax) * Int64(limits.streamWindow)
        self.agent = agent
        self.kindOf = kindOf
        phase = .awaitingHello(until: now + TimeAmount(limits.helloTimeout))
        keepalive = Keepalive(limits: limits, now: now)
        pace = FramePace(limits: limits)
        pingGuard = RateGuard(countMax: limits.pingCountPerSecondMax)
    }

    /// The connection is one too many; nothing of it will be served.
    package mutating func connectionRefused(at now: NIODeadline) -> Actions {
        end(.tooManyConnections, "too many connections; try again later", at: now)
    }

    /// The connection is gone.
    package mutating func connectionLost() -> Actions {
        phase = .closed
        return cancelAll(.connectionLost)
    }

    /// What was sent has been flushed and the writing side is shut.
    package mutating func outputShut(at now: NIODeadline) -> Actions {
        switch phase {
        case .flushing:
            phase = .lingering(until: now + TimeAmount(limits.lingerTimeout))
            return []
        case .awaitingHello, .serving, .announcingDrain, .draining, .lingering, .closed:
            return []
        }
    }

    // MARK: Calls

    /// The handler has taken the message of the stream's `Open`.
    package mutating func requestTaken(streamID: UInt32, byteCount: Int) -> Actions {
        let cost = FlowCredit.cost(messageByteCount: byteCount)
        return returnCredit(streams[streamID]?.requestTaken(cost: cost) ?? 0)
    }

    /// A streaming call's handler has taken messages that were delivered to it.
    /// - Parameter cost: What they count in flow control, together.
    package mutating func messagesTaken(streamID: UInt32, cost: Int64) -> Actions {
        guard let freed = streams[streamID]?.messagesTaken(cost: cost) else { return [] }
        unreadCost -= cost
        let window =
            freed.ofStream > 0
            ? Actions(.send(.window(streamID: streamID, UInt32(clamping: freed.ofStream))))
            : Actions()
        return window + returnCredit(freed.ofConnection)
    }

    /// A streaming call's handler sends a message.
    package mutating func messageOffered(
        streamID: UInt32, _ message: OutgoingMessage
    ) -> Actions {
        guard streams[streamID]?.isHandlerRunning == true else { return [] }
        streams[streamID]?.messageOffered(message)
        enqueue(streamID)
        return sendWaiting()
    }

    /// The handler has succeeded. Nearly always its answer may go out at once.
    /// - Parameter byteCount: Of the message in the answer; nil for none.
    package mutating func callSucceeded(
        streamID: UInt32, messageByteCount byteCount: Int?, at now: NIODeadline
    ) -> Answering {
        guard case .serving = phase, cancelledHandlers.isEmpty, sendingStreams.isEmpty,
            mayAnswerAtOnce,
            (byteCount ?? 0) <= Int(peer.frameByteCountMax) - Self.closeByteCountMax,
            streams.hasWaitingMessages(id: streamID) == false
        else { return .inTurn }
        let credit = creditToReturn(endStream(streamID, messageByteCount: byteCount))
        return credit == 0 ? .atOnce : .atOnceAnd(.send(.window(streamID: 0, credit)))
    }

    /// The handler has ended, and the call with it unless it ended before.
    package mutating func callEnded(
        streamID: UInt32, with close: Close, at now: NIODeadline
    ) -> Actions {
        if !cancelledHandlers.isEmpty, cancelledHandlers.remove(streamID) != nil {
            return Actions()
        }
        guard let hasWaiting = streams[streamID]?.hasWaitingMessages else { return Actions() }
        let close = fitting(close, streamID: streamID)
        // The way of nearly all: nothing of this call waits, nor anything before it. An error needs
        // no credit, so it only stays behind what its own call has sent.
        let mayPass = sendingStreams.isEmpty && mayAnswerAtOnce
        if !hasWaiting, mayPass || !close.hasMessage {
            return sendClose(close, streamID: streamID) + shutIfDrained(at: now)
        }
        var hold: UnsentBudget.Hold?
        if close.hasMessage, let unsent {
            guard unsent.isLeft else {
                return sendClose(Self.notTaken, streamID: streamID) + shutIfDrained(at: now)
            }
            hold = unsent.hold(close.message.count)
        }
        streams[streamID]?.answered(close, hold: hold)
        enqueue(streamID)
        return sendWaiting() + shutIfDrained(at: now)
    }

    /// Whether an answer that nothing stands before may go out: there is credit, and either the socket takes
    /// more or little enough waits for it that the peer is still read.
    private var mayAnswerAtOnce: Bool {
        sendCredit.allowsSending && (isWritable || paused == nil)
    }

    /// The end of a call whose answer would have to wait among too many that are not taken.
    private static let notTaken = Close.failure(
        .resourceExhausted, "RESPONSE_NOT_TAKEN",
        "The call was carried out, but too many answers before its own are not taken; read them as they "
            + "come, and give their credit back.")

    /// Rule 8: "An answer that would not fit the peer's `max_frame_bytes` is RESOURCE_EXHAUSTED
    /// (`RESPONSE_TOO_LARGE`)."
    private func fitting(_ close: Close, streamID: UInt32) -> Close {
        guard close.message.count > Int(peer.frameByteCountMax) - Self.closeByteCountMax,
            FrameEncoder.byteCount(Frame(streamID: streamID, kind: .close(close)))
                > Int(peer.frameByteCountMax)
        else { return close }
        return .failure(
            .resourceExhausted, "RESPONSE_TOO_LARGE",
            "The response does not fit the client's max_frame_bytes; ask for less at once.")
    }

    /// Ends a stream on the wire.
    func closeFrame(_ close: Close, streamID: UInt32) -> Action {
        .send(Frame(streamID: streamID, kind: .close(close)))
    }

    /// Ends a stream; its credit goes back.
    mutating func sendClose(_ close: Close, streamID: UInt32) -> Actions {
        Actions(closeFrame(close, streamID: streamID))
            + returnCredit(
                endStream(
                    streamID, messageByteCount: close.hasMessage ? close.message.count : nil))
    }

    /// - Returns: Credit of the connection that is free again.
    private mutating func endStream(_ streamID: UInt32, messageByteCount: Int?) -> Int64 {
        let left = streams[streamID]?.end()
        streams[streamID] = nil
        if let left {
            if left.isQueued { sendingStreams.removeAll { $0 == streamID } }
            unreadCost -= left.unreadCost
        }
        if let messageByteCount {
            _ = sendCredit.spend(FlowCredit.cost(messageByteCount: messageByteCount))
        }
        return left?.owedCredit ?? 0
    }

    /// Ends a live stream before its handler has ended.
    mutating func abandon(
        streamID: UInt32, _ reason: CancelReason, with close: Close
    ) -> Actions {
        guard let stream = streams[streamID] else { return [] }
        var actions: Actions = []
        if stream.isHandlerRunning {
            cancelledHandlers.insert(streamID)
            actions.append(.cancelCall(streamID: streamID, reason))
        }
        return actions + sendClose(close, streamID: streamID)
    }

    // MARK: The end of the connection

    /// "the sender flushes, shuts its writing side, discards input … and closes"
    mutating func end(
        _ reason: GoAwayReason, _ message: String, at now: NIODeadline
    ) -> Actions {
        let lastStreamID: UInt32
        switch phase {
        case .flushing, .lingering, .closed:
            return []
        case .awaitingHello, .serving, .announcingDrain:
            lastStreamID = history.last
        case .draining(let finalID, _):
            // Rule 9: "the final id, which only ever falls".
            lastStreamID = finalID
        }
        phase = .flushing(until: now + Self.flushTimeout)
        let goAway = GoAway(
            lastStreamID: lastStreamID, reason: reason.rawValue, message: message)
        return cancelAll(.connectionLost)
            + [.send(Frame(streamID: 0, kind: .goAway(goAway))), .shutOutput]
    }

    mutating func cancelAll(_ reason: CancelReason) -> Actions {
        let running = streams.ids { $0.isHandlerRunning }
        streams.removeAll()
        unreadCost = 0
        sendingStreams = []
        cancelledHandlers.formUnion(running)
        return running.reduce(into: Actions()) { $0.append(.cancelCall(streamID: $1, reason)) }
    }

    /// Gives credit of the connection back to the client, many small ones together: a client never
    /// waits for what is less than its window.
    mutating func returnCredit(_ cost: Int64) -> Actions {
        let credit = creditToReturn(cost)
        return credit == 0 ? Actions() : Actions(.send(.window(streamID: 0, credit)))
    }

    /// - Returns: What to give back now; 0 for nothing.
    private mutating func creditToReturn(_ cost: Int64) -> UInt32 {
        switch phase {
        case .awaitingHello, .serving, .announcingDrain, .draining:
            freedCredit += cost
            guard freedCredit >= Self.creditBatchByteCount else { return 0 }
            defer { freedCredit = 0 }
            _ = receiveCredit.add(freedCredit)
            return UInt32(clamping: freedCredit)
        case .flushing, .lingering, .closed:
            return 0
        }
    }
}
