import API
import Synchronization
import TallyClient
import Wire

/// Sends events over one stream, which is opened anew once it broke.
///
/// Whatever had no answer then fails in passing, so that a `PatientSender` sends it again.
final class StreamEventSender: EventSender {
    /// Sends what comes, until no more does, and hands on what is answered.
    typealias Exchange =
        @Sendable (
            AsyncStream<StreamEventsRequest>, @escaping @Sendable (StreamEventsResponse) -> Void
        ) async throws -> Void

    private typealias Waiter = CheckedContinuation<StreamEventsResponse, any Error>

    /// One stream from its opening to its end.
    private struct Stream {
        let number: Int
        let requests: AsyncStream<StreamEventsRequest>.Continuation
        var lastSequence: Int64 = 0
        /// Whose batch has which number; who has given up is there still.
        var tickets: [Int64: Int] = [:]
    }

    private struct State {
        var stream: Stream?
        var streamCount = 0
        var lastTicket = 0
        var waiters: [Int: Waiter] = [:]
    }

    private let state = Mutex(State())
    private let exchange: Exchange

    init(exchange: @escaping Exchange) {
        self.exchange = exchange
    }

    deinit {
        state.withLock { $0.stream?.requests.finish() }
    }

    func send(_ events: [Event]) async throws -> [EventResult] {
        let response = try await response(to: events)
        guard response.reason.isEmpty else {
            throw SendFailure(
                isPassing: false, retryAfter: nil,
                cause: Failure(
                    "\(response.reason): \(response.description)",
                    field: response.field.isEmpty ? nil : response.field))
        }
        return response.results
    }

    private func response(to events: [Event]) async throws -> StreamEventsResponse {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                state.withLock { state in
                    state.waiters[ticket] = waiter
                    post(events, of: ticket, &state)
                }
                if Task.isCancelled { resume(ticket, with: .failure(CancellationError())) }
            }
        } onCancel: {
            resume(ticket, with: .failure(CancellationError()))
        }
    }

    /// Gives a batch the stream's next number and sends it, in that order.
    private func post(_ events: [Event], of ticket: Int, _ state: inout State) {
        var stream = state.stream ?? open(&state)
        stream.lastSequence += 1
        stream.tickets[stream.lastSequence] = ticket
        stream.requests.yield(
            StreamEventsRequest(sequence: stream.lastSequence, events: events))
        state.stream = stream
    }

    private func open(_ state: inout State) -> Stream {
        state.streamCount += 1
        let number = state.streamCount
        let (requests, continuation) = AsyncStream.makeStream(of: StreamEventsRequest.self)
        let exchange = exchange
        Task { [weak self] in
            let failure: any Error
            do {
                try await exchange(requests) { [weak self] in self?.answered($0, on: number) }
                failure = SendFailure.streamEnded
            } catch {
                failure = error
            }
            self?.ended(number, failure)
        }
        return Stream(number: number, requests: continuation)
    }

    private func answered(_ response: StreamEventsResponse, on number: Int) {
        let ticket = state.withLock { state -> Int? in
            guard state.stream?.number == number else { return nil }
            return state.stream?.tickets.removeValue(forKey: response.sequence)
        }
        if let ticket { resume(ticket, with: .success(response)) }
    }

    private func ended(_ number: Int, _ failure: any Error) {
        let tickets = state.withLock { state -> [Int] in
            guard let stream = state.stream, stream.number == number else { return [] }
            state.stream = nil
            stream.requests.finish()
            return Array(stream.tickets.values)
        }
        for ticket in tickets { resume(ticket, with: .failure(failure)) }
    }

    private func resume(_ ticket: Int, with result: Result<StreamEventsResponse, any Error>) {
        state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(with: result)
    }
}

extension StreamEventSender {
    /// Over a server's `StreamEvents`.
    convenience init(client: Client) {
        self.init { requests, answered in
            do {
                try await client.bidirectionalStreaming(
                    IngestionServiceMethods.StreamEvents.self
                ) { writer, responses in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            for await request in requests { try await writer.send(request) }
                            writer.finish()
                        }
                        for try await response in responses { answered(response) }
                        group.cancelAll()
                    }
                }
            } catch let error as TallyError {
                throw SendFailure(error)
            }
        }
    }
}

extension SendFailure {
    /// The server ended a stream that had more to come.
    fileprivate static let streamEnded = SendFailure(
        isPassing: true, retryAfter: nil,
        cause: Failure("The server ended the stream.", remedy: "Run the same command again."))
}
