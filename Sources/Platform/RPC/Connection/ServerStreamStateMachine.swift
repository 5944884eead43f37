import DequeModule
import NIOCore
import Wire

/// One call as the server's connection sees it, from its `Open` to its `Close`.
///
/// The connection removes a stream when its `Close` goes out; a stream that has ended does not
/// exist.
struct ServerStreamStateMachine: Sendable {
    /// Which halves are still at work.
    private enum Phase: Sendable {
        /// The client may send more messages; the handler runs.
        case open
        /// The client has sent all; the handler runs.
        case halfClosed
        /// The handler has ended; its answer waits for its turn.
        case answered(Close, isHalfClosed: Bool)
    }

    /// What a client's message leads to.
    enum MessageVerdict: Equatable {
        case deliver
        /// The answer is under way already; nobody will read the message.
        case drop
        case violation(String)
    }

    /// What goes out next, and what stands in its way.
    enum Outgoing {
        case nothing
        /// A message waits for the stream's own credit.
        case withoutCredit
        case message(OutgoingMessage)
        case close(Close)
    }

    /// How small returned credits are gathered. A client may have opened the stream before it knew of
    /// a window larger than the least there is, so that one decides, or such a client would wait.
    private static let freedCreditMax = Int64(RPCDefaults.streamWindow) / 4

    /// When the call ends with DEADLINE_EXCEEDED.
    let deadline: NIODeadline?
    private var phase: Phase
    /// What the client may send of `Frame.message`.
    private var receiveCredit: FlowCredit
    /// What the server may send of `Frame.message`.
    private var sendCredit: FlowCredit
    /// What was delivered and the handler has not taken, as flow control counts it.
    private(set) var unreadCost: Int64 = 0
    /// Connection credit of what the handler has not taken and was not given back before.
    private var owedCredit: Int64
    /// Credit of the stream that the handler has freed and the client has not got back.
    private var freedCredit: Int64 = 0
    /// Messages of the handler that wait for credit; few, since it waits for them too.
    private var waitingMessages = Deque<OutgoingMessage>()
    /// What counts the answer as unsent.
    private var answerHold: UnsentBudget.Hold?
    /// Whether the connection has the stream in its queue of those with something to send.
    var isQueued = false

    init(
        isHalfClosed: Bool, deadline: NIODeadline?, owedCredit: Int64, receiveWindow: UInt32,
        sendWindow: UInt32
    ) {
        phase = isHalfClosed ? .halfClosed : .open
        self.deadline = deadline
        self.owedCredit = owedCredit
        receiveCredit = FlowCredit(byteCount: Int64(receiveWindow))
        sendCredit = FlowCredit(byteCount: Int64(sendWindow))
    }

    /// Whether the handler may still be running.
    var isHandlerRunning: Bool {
        switch phase {
        case .open, .halfClosed: true
        case .answered: false
        }
    }

    /// Whether the client has sent all.
    var isHalfClosed: Bool {
        switch phase {
        case .open: false
        case .halfClosed: true
        case .answered(_, let isHalfClosed): isHalfClosed
        }
    }

    // MARK: Receiving

    /// The client sent a further message of `cost`.
    mutating func messageReceived(cost: Int64) -> MessageVerdict {
        switch phase {
        case .halfClosed, .answered(_, isHalfClosed: true):
            // Rule 3: "Messages after the client's half close are `PROTOCOL_ERROR`."
            return .violation("a message after the half close")
        case .open:
            guard receiveCredit.spend(cost) else {
                return .violation("a message without credit of its stream")
            }
            unreadCost += cost
            return .deliver
        case .answered:
            return receiveCredit.spend(cost)
                ? .drop : .violation("a message without credit of its stream")
        }
    }

    /// The client sends no more; saying so again changes nothing.
    /// - Returns: Whether this was the first time.
    mutating func halfCloseReceived() -> Bool {
        switch phase {
        case .open:
            phase = .halfClosed
            return true
        case .answered(let close, isHalfClosed: false):
            phase = .answered(close, isHalfClosed: true)
            return false
        case .halfClosed, .answered:
            return false
        }
    }

    /// The connection's credit of a message that was delivered comes back only once it is taken.
    mutating func owe(_ cost: Int64) {
        owedCredit += cost
    }

    /// The handler has taken messages of `cost` that were delivered to it.
    /// - Returns: Credit to give back now: many small messages share a `Window` of their stream.
    mutating func messagesTaken(cost: Int64) -> (ofStream: Int64, ofConnection: Int64) {
        unreadCost -= cost
        let ofConnection = requestTaken(cost: cost)
        switch phase {
        case .halfClosed, .answered:
            return (0, ofConnection)
        case .open:
            freedCredit += cost
            guard freedCredit >= Self.freedCreditMax else { return (0, ofConnection) }
            defer { freedCredit = 0 }
            _ = receiveCredit.add(freedCredit)
            return (freedCredit, ofConnection)
        }
    }

    /// The handler took the message of the `Open`, which counts on the connection only, or others.
    /// - Returns: Credit of the connection that is free again.
    mutating func requestTaken(cost: Int64) -> Int64 {
        let freed = min(cost, owedCredit)
        owedCredit -= freed
        return freed
    }

    /// The stream ends.
    /// - Returns: What it leaves to its connection: whether it is queued, what was not read, and the
    ///   connection's credit of what nobody has taken.
    mutating func end() -> (isQueued: Bool, unreadCost: Int64, owedCredit: Int64) {
        defer { owedCredit = 0 }
        return (isQueued, unreadCost, owedCredit)
    }

    // MARK: Sending

    /// The client gave credit.
    /// - Returns: Whether the sum is within the protocol's limit.
    mutating func windowReceived(byteCount: UInt32) -> Bool {
        sendCredit.add(Int64(byteCount))
    }

    /// The handler sends a message.
    mutating func messageOffered(_ message: OutgoingMessage) {
        waitingMessages.append(message)
    }

    /// The handler has ended with `close`, which follows what it has sent.
    /// - Parameter hold: Kept as long as `close` is.
    mutating func answered(_ close: Close, hold: UnsentBudget.Hold?) {
        answerHold = hold
        phase = .answered(close, isHalfClosed: isHalfClosed)
    }

    /// Whether messages of the handler have not gone out yet.
    var hasWaitingMessages: Bool { !waitingMessages.isEmpty }

    /// What ends the call, where all it has sent is out and its end needs no credit.
    var closeWithoutCredit: Close? {
        guard waitingMessages.isEmpty, case .answered(let close, _) = phase, !close.hasMessage
        else { return nil }
        return close
    }

    /// The next thing to send, taken out; the connection's credit is the connection's business.
    mutating func takeOutgoing() -> Outgoing {
        if let message = waitingMessages.first {
            guard sendCredit.spend(message.cost) else { return .withoutCredit }
            waitingMessages.removeFirst()
            return .message(message)
        }
        switch phase {
        case .open, .halfClosed: return .nothing
        case .answered(let close, _): return .close(close)
        }
    }
}
