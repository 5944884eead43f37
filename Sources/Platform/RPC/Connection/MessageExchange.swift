import DequeModule
import Synchronization

/// The messages of one call between its connection's event loop and the task at its end.
///
/// What has arrived waits here to be read, as much as the window allows; who sends waits here until
/// what was sent before is on its way.
final class MessageExchange: Sendable {
    /// What may be given to the connection and not be on its way yet, as flow control counts it, so
    /// that empty messages count too; then senders wait.
    private static let unsentCostMax: Int64 = 512 * 1024
    /// Credit is reported in steps, so that small messages do not cost a turn of the loop each.
    private static let takenCostMax: Int64 = 16 * 1024

    private struct State {
        /// Nobody will read or send any more.
        var isOver = false
        var inbox = Deque<[UInt8]>()
        var isInputComplete = false
        var readers: [CheckedContinuation<Void, Never>] = []
        /// What was read and not yet reported, as flow control counts it.
        var takenCost: Int64 = 0
        /// The other side takes no more, though what it sent is still read.
        var isOutputOver = false
        var unsentCost: Int64 = 0
        var senders: [CheckedContinuation<Void, Never>] = []

        mutating func takeReaders() -> [CheckedContinuation<Void, Never>] {
            defer { readers = [] }
            return readers
        }

        mutating func takeSenders() -> [CheckedContinuation<Void, Never>] {
            defer { senders = [] }
            return senders
        }

        /// Whether a sender may go on; a call that is over holds nobody.
        func hasRoom(within unsentCostMax: Int64) -> Bool {
            isOver || isOutputOver || unsentCost < unsentCostMax
        }

        /// Whether to wake who waits for room: at half of it, so that a turn of the task brings
        /// several messages.
        func isRoomWorthTelling(within unsentCostMax: Int64) -> Bool {
            isOver || isOutputOver || unsentCost <= unsentCostMax / 2
        }

        var hasInput: Bool { isOver || isInputComplete || !inbox.isEmpty }
    }

    private enum Taken {
        case message([UInt8], report: Int64)
        case complete
        case over
        case nothing(report: Int64)
    }

    private let state: Mutex<State>
    /// Nil where this stream's own bound is all there is.
    private let room: UnsentRoom?

    /// - Parameters:
    ///   - isInputComplete: Whether no message will arrive.
    ///   - room: What the messages of all streams have together.
    init(isInputComplete: Bool, room: UnsentRoom? = nil) {
        self.room = room
        var state = State()
        state.isInputComplete = isInputComplete
        self.state = Mutex(state)
    }

    /// What may be unsent now. At least 1, so that whoever has nothing unsent may go on.
    private var unsentCostMax: Int64 {
        guard let room else { return Self.unsentCostMax }
        return max(1, min(Self.unsentCostMax, room.partOfStream))
    }

    // MARK: From the event loop

    func messageArrived(_ message: [UInt8]) {
        resume(
            state.withLock { state in
                guard !state.isOver else { return [] }
                state.inbox.append(message)
                return state.takeReaders()
            })
    }

    /// No further message comes; what has arrived is still read.
    func inputCompleted() {
        resume(
            state.withLock { state in
                state.isInputComplete = true
                return state.takeReaders()
            })
    }

    /// - Parameter cost: As flow control counts the message.
    func messageSent(cost: Int64) {
        let most = unsentCostMax
        resume(
            state.withLock { state in
                state.unsentCost -= cost
                return state.isRoomWorthTelling(within: most) ? state.takeSenders() : []
            })
    }

    /// Both sides have sent all; what has arrived is still read.
    func completed() {
        resume(
            state.withLock { state in
                state.isInputComplete = true
                state.isOutputOver = true
                return state.takeReaders() + state.takeSenders()
            })
    }

    /// Nothing is read or sent any more.
    func ended() {
        resume(
            state.withLock { state in
                state.isOver = true
                state.inbox = []
                return state.takeReaders() + state.takeSenders()
            })
    }

    private func resume(_ waiting: [CheckedContinuation<Void, Never>]) {
        for continuation in waiting {
            continuation.resume()
        }
    }

    // MARK: From the task

    /// The next message; nil where all have been read.
    /// - Parameter report: Takes what has been read since the last time, as flow control counts it.
    /// - Throws: `CancellationError` where the call is over.
    func next(report: (Int64) -> Void) async throws(CancellationError) -> [UInt8]? {
        while true {
            guard !Task.isCancelled else { throw CancellationError() }
            switch take() {
            case .message(let message, let cost):
                if cost > 0 { report(cost) }
                return message
            case .complete:
                return nil
            case .over:
                throw CancellationError()
            case .nothing(let cost):
                if cost > 0 { report(cost) }
                await waitForMessage()
            }
        }
    }

    private func take() -> Taken {
        state.withLock { state in
            if state.isOver { return .over }
            guard let message = state.inbox.popFirst() else {
                if state.isInputComplete { return .complete }
                defer { state.takenCost = 0 }
                return .nothing(report: state.takenCost)
            }
            state.takenCost += FlowCredit.cost(messageByteCount: message.count)
            guard state.takenCost >= Self.takenCostMax else { return .message(message, report: 0) }
            defer { state.takenCost = 0 }
            return .message(message, report: state.takenCost)
        }
    }

    private func waitForMessage() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    guard !state.hasInput, !Task.isCancelled else { return true }
                    state.readers.append(continuation)
                    return false
                }
                if isReady {
                    continuation.resume()
                }
            }
        } onCancel: {
            resume(state.withLock { $0.takeReaders() })
        }
    }

    /// Announces a message that is about to be given to the connection.
    /// - Parameter cost: As flow control counts the message.
    /// - Throws: `CancellationError` where the call is over; nothing is announced then.
    func willSend(cost: Int64) throws(CancellationError) {
        guard !Task.isCancelled else { throw CancellationError() }
        let isOver = state.withLock { state in
            guard !state.isOver, !state.isOutputOver else { return true }
            state.unsentCost += cost
            return false
        }
        guard !isOver else { throw CancellationError() }
    }

    /// Waits until another message may be sent.
    /// - Throws: `CancellationError` where the call is over.
    func waitForRoom() async throws(CancellationError) {
        while true {
            let most = unsentCostMax
            if state.withLock({ $0.hasRoom(within: most) }) { break }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        guard !state.hasRoom(within: most), !Task.isCancelled else { return true }
                        state.senders.append(continuation)
                        return false
                    }
                    if isReady {
                        continuation.resume()
                    }
                }
            } onCancel: {
                resume(state.withLock { $0.takeSenders() })
            }
            guard !Task.isCancelled else { throw CancellationError() }
        }
        if state.withLock({ $0.isOver || $0.isOutputOver }) { throw CancellationError() }
    }
}
