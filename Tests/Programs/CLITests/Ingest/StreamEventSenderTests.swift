import API
import Synchronization
import Testing

@testable import CLI

/// Batches over one stream, each with its own answer, and a new stream once one broke.
@Suite struct StreamEventSenderTests {
    private static func events(_ ids: String...) -> [Event] { ids.map { Event(id: $0) } }

    /// Takes what is sent as a server would; breaks where it is told to.
    private final class Server: Sendable {
        private struct State {
            /// The sequences of each stream.
            var streams: [[Int64]] = []
            var ids: Set<String> = []
        }

        struct Broken: Error {}

        private let state = Mutex(State())
        /// Of each stream in turn, how many batches it takes before it breaks without their answers.
        private let breaks: [Int]

        init(breaksAfter breaks: [Int] = []) {
            self.breaks = breaks
        }

        var streams: [[Int64]] { state.withLock(\.streams) }
        var ids: Set<String> { state.withLock(\.ids) }

        @Sendable func exchange(
            _ requests: AsyncStream<StreamEventsRequest>,
            _ answered: @Sendable (StreamEventsResponse) -> Void
        ) async throws {
            let number = state.withLock { state in
                state.streams.append([])
                return state.streams.count - 1
            }
            for await request in requests {
                let count = state.withLock { state in
                    state.streams[number].append(request.sequence)
                    state.ids.formUnion(request.events.map(\.id))
                    return state.streams[number].count
                }
                if number < breaks.count, count >= breaks[number] {
                    throw SendFailure(isPassing: true, retryAfter: nil, cause: Broken())
                }
                if request.events.first?.id == "many" {
                    answered(
                        StreamEventsResponse(
                            sequence: request.sequence, reason: "EVENTS_TOO_MANY", field: "events",
                            description: "Send fewer."))
                    continue
                }
                answered(
                    StreamEventsResponse(
                        sequence: request.sequence,
                        results: request.events.map {
                            EventResult(outcome: .accepted, description: $0.id)
                        }))
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func eachBatchGetsItsOwnAnswer() async throws {
        let server = Server()
        let sender = StreamEventSender(exchange: server.exchange)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let results = try await sender.send(Self.events("\(number)", "x\(number)"))
                    #expect(results.map(\.description) == ["\(number)", "x\(number)"])
                }
            }
            try await group.waitForAll()
        }
        #expect(server.streams == [Array(1...50)])
    }

    /// A batch that is refused whole stops the run, and the stream goes on.
    @Test(.timeLimit(.minutes(2))) func aRefusedBatchFailsForGood() async throws {
        let server = Server()
        let sender = StreamEventSender(exchange: server.exchange)
        let failure = await #expect(throws: SendFailure.self) {
            _ = try await sender.send(Self.events("many"))
        }
        #expect(failure?.isPassing == false)
        #expect((failure?.cause as? Failure)?.problem.hasPrefix("EVENTS_TOO_MANY") == true)
        #expect(try await sender.send(Self.events("a")).count == 1)
        #expect(server.streams == [[1, 2]])
    }

    /// Whatever had no answer is sent again, on streams that begin anew.
    @Test(.timeLimit(.minutes(2)), arguments: [[1], [3, 1, 2], [1, 1, 1, 1]])
    func whatHadNoAnswerIsSentAgain(breaks: [Int]) async throws {
        let server = Server(breaksAfter: breaks)
        let sender = PatientSender(
            base: StreamEventSender(exchange: server.exchange), patience: .seconds(60),
            pace: .init(now: { ContinuousClock.now }, sleep: { _ in await Task.yield() }),
            waiting: { _ in })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let results = try await sender.send(Self.events("\(number)"))
                    #expect(results.map(\.description) == ["\(number)"])
                }
            }
            try await group.waitForAll()
        }
        #expect(server.ids.count == 20)
        #expect(server.streams.count > 1)
        for sequences in server.streams {
            #expect(sequences == sequences.indices.map { Int64($0) + 1 })
        }
    }

    @Test(.timeLimit(.minutes(2))) func whoGivesUpIsLetGo() async throws {
        let sender = StreamEventSender { requests, _ in
            for await _ in requests {}
        }
        let sending = Task { try await sender.send(Self.events("a")) }
        sending.cancel()
        await #expect(throws: CancellationError.self) { _ = try await sending.value }
    }
}
