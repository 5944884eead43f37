import Core
import Synchronization
import Wire

/// One call between the program's task and its connection.
///
/// Reading and ending it is for one task; sending may be another's.
package final class ClientCall: Sendable {
    let request: ClientConnectionStateMachine.Call
    let exchange: MessageExchange
    private let events: LoopMailbox<ClientConnectionHandler>
    private let outcome = Mutex<Result<ClientAnswer, ClientCallFailure>?>(nil)
    private let arrival = OneShot<Void, Never>()
    /// Comes once the call is on its way, or over; nil where its program has no more to send.
    private let opening: OneShot<Void, Never>?

    init(
        _ request: ClientConnectionStateMachine.Call, events: LoopMailbox<ClientConnectionHandler>
    ) {
        self.request = request
        self.events = events
        opening = request.kind.hasRequestStream ? OneShot() : nil
        switch request.kind {
        case .unary, .clientStreaming: exchange = MessageExchange(isInputComplete: true)
        case .serverStreaming, .bidirectionalStreaming:
            exchange = MessageExchange(isInputComplete: false)
        }
    }

    var id: UInt64 { request.id }

    /// How the call ended, nil while it goes on.
    package var result: Result<ClientAnswer, ClientCallFailure>? { outcome.withLock { $0 } }

    var isOver: Bool { result != nil }

    /// The call has ended; the first end stands.
    func ended(_ result: Result<ClientAnswer, ClientCallFailure>) {
        let isFirst = outcome.withLock { outcome in
            guard outcome == nil else { return false }
            outcome = result
            return true
        }
        guard isFirst else { return }
        opening?.resolve(.success(()))
        arrival.resolve(.success(()))
        // Also before an error, what has arrived is still read.
        exchange.completed()
    }

    /// The call's `Open` is on its way.
    func opened() {
        opening?.resolve(.success(()))
    }

    /// Waits until the call is on its way; until then it can be started on another connection, since nothing
    /// of it has been sent. Returns at once for a call whose program has no more to send. Call it once.
    /// - Throws: Why the call was never sent.
    package func waitUntilOpened() async throws(ClientCallFailure) {
        guard let opening else { return }
        await withTaskCancellationHandler {
            _ = await opening.result()
        } onCancel: {
            cancel()
        }
        // What was sent and has failed since may have messages left to be read.
        if case .failure(let failure) = result, failure.isNeverSent { throw failure }
    }

    /// Waits for the call's end; cancelling the task cancels the call at the server too.
    package func answer() async throws(ClientCallFailure) -> ClientAnswer {
        await withTaskCancellationHandler {
            _ = await arrival.result()
        } onCancel: {
            cancel()
        }
        guard let result else { throw ClientCallFailure.cancelled }
        return try result.get()
    }

    /// The next message of the server; nil once it has sent all and the call has succeeded.
    package func nextMessage() async throws(ClientCallFailure) -> [UInt8]? {
        let message: [UInt8]?
        do {
            message = try await exchange.next { cost in
                events.post(.messagesTaken(id: id, cost: cost))
            }
        } catch {
            throw failure
        }
        if message == nil, case .failure(let failure) = result { throw failure }
        return message
    }

    /// Sends a message; returns once there is room for another.
    package func send(_ message: [UInt8]) async throws(ClientCallFailure) {
        do {
            try exchange.willSend(cost: FlowCredit.cost(messageByteCount: message.count))
            events.post(.message(id: id, message))
            try await exchange.waitForRoom()
        } catch {
            throw failure
        }
    }

    /// Says that no further message comes.
    package func halfClose() {
        events.post(.halfClose(id: id))
    }

    /// Gives the call up, here and at the server.
    package func cancel() {
        // First the outcome, then the loop: a start that the loop sees only after this finds the
        // outcome there and sends nothing.
        ended(.failure(.cancelled))
        exchange.ended()
        events.post(.cancel(id: id))
    }

    /// Why the call cannot go on.
    private var failure: ClientCallFailure {
        if case .failure(let failure) = result { return failure }
        cancel()
        return .cancelled
    }
}
