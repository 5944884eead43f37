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
        /// The handler has ended; its answer waits for credit.
        case answered(Close)
    }

    /// What a client's message leads to.
    enum MessageVerdict: Equatable {
        case deliver
        /// The answer is under way already; nobody will read the message.
        case drop
        case violation(String)
    }

    /// When the call ends with DEADLINE_EXCEEDED.
    let deadline: NIODeadline?
    private var phase: Phase
    /// What the client may send of `Frame.message`.
    private var receiveCredit: FlowCredit
    /// What the server may send of `Frame.message`.
    private var sendCredit: FlowCredit
    /// Connection credit of `Open.message` that the client has not got back.
    private var owedCredit: Int64

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

    /// The client sent a further message of `cost`.
    mutating func messageReceived(cost: Int64) -> MessageVerdict {
        switch phase {
        case .halfClosed:
            // Rule 3: "Messages after the client's half close are `PROTOCOL_ERROR`."
            return .violation("a message after the half close")
        case .open:
            return receiveCredit.spend(cost)
                ? .deliver : .violation("a message without credit of its stream")
        case .answered:
            return .drop
        }
    }

    /// The client sends no more; saying so again changes nothing.
    /// - Returns: Whether this was the first time.
    mutating func halfCloseReceived() -> Bool {
        switch phase {
        case .open:
            phase = .halfClosed
            return true
        case .halfClosed, .answered:
            return false
        }
    }

    /// The handler has read a message.
    /// - Returns: False where it gives back more than was taken, which is the server's mistake.
    mutating func messageConsumed(cost: Int64) {
        _ = receiveCredit.add(cost)
    }

    /// The client gave credit.
    /// - Returns: Whether the sum is within the protocol's limit.
    mutating func windowReceived(byteCount: UInt32) -> Bool {
        sendCredit.add(Int64(byteCount))
    }

    /// The handler took the first message.
    /// - Returns: Connection credit to give back.
    mutating func requestTaken() -> Int64 {
        defer { owedCredit = 0 }
        return owedCredit
    }

    /// The handler has ended with `close`, which waits for credit.
    mutating func answered(_ close: Close) {
        phase = .answered(close)
    }

    /// The answer that waits for credit, nil while the handler runs.
    var waitingClose: Close? {
        switch phase {
        case .open, .halfClosed: nil
        case .answered(let close): close
        }
    }
}
