import NIOCore
import Wire

/// One call as the client's connection sees it, from its start to the server's `Close`.
struct ClientStreamStateMachine: Sendable {
    let call: ClientConnectionStateMachine.Call
    /// Nil until the `Open` is out.
    private(set) var streamID: UInt32?
    /// Whether the program still waits; if not, the server's `Close` still comes.
    var isAwaited = true
    /// Whether the connection has the call in its queue of those with something to send.
    var isQueued = false
    private var isHalfClosed: Bool
    private var isHalfCloseWaiting = false
    private var waitingMessages: [[UInt8]] = []
    /// What we may still send of `Frame.message`.
    private var sendCredit = FlowCredit(byteCount: 0)
    /// What the server may still send of `Frame.message`.
    private var receiveCredit: FlowCredit
    private var freedCredit: Int64 = 0
    private let freedCreditMax: Int64

    init(_ call: ClientConnectionStateMachine.Call, receiveWindow: UInt32) {
        self.call = call
        isHalfClosed = call.isHalfClosed
        receiveCredit = FlowCredit(byteCount: Int64(receiveWindow))
        freedCreditMax = Int64(receiveWindow) / 4
    }

    /// The `Open` goes out.
    mutating func opened(streamID: UInt32, sendWindow: UInt32) {
        self.streamID = streamID
        sendCredit = FlowCredit(byteCount: Int64(sendWindow))
    }

    // MARK: Sending

    mutating func messageOffered(_ message: [UInt8]) {
        guard !isHalfClosed, !isHalfCloseWaiting else { return }
        waitingMessages.append(message)
    }

    mutating func halfCloseOffered() {
        guard !isHalfClosed else { return }
        isHalfCloseWaiting = true
    }

    /// The next message to send, taken out; nil where none waits or the stream has no credit.
    mutating func takeMessage() -> [UInt8]? {
        guard let message = waitingMessages.first,
            sendCredit.spend(FlowCredit.cost(messageByteCount: message.count))
        else { return nil }
        return waitingMessages.removeFirst()
    }

    /// Whether the half close is to go out now, which it does once.
    mutating func takeHalfClose() -> Bool {
        guard isHalfCloseWaiting, waitingMessages.isEmpty else { return false }
        isHalfCloseWaiting = false
        isHalfClosed = true
        return true
    }

    /// - Returns: Whether the sum is within the protocol's limit.
    mutating func windowReceived(byteCount: UInt32) -> Bool {
        sendCredit.add(Int64(byteCount))
    }

    // MARK: Receiving

    /// - Returns: Whether the server had credit for it.
    mutating func messageReceived(cost: Int64) -> Bool {
        receiveCredit.spend(cost)
    }

    /// The program has read messages of `cost`.
    /// - Returns: Credit of the stream to give back now.
    mutating func messagesTaken(cost: Int64) -> Int64 {
        freedCredit += cost
        guard freedCredit >= freedCreditMax else { return 0 }
        defer { freedCredit = 0 }
        _ = receiveCredit.add(freedCredit)
        return freedCredit
    }
}
