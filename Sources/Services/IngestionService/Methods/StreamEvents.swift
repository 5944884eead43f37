import API
import Core
import RPC
import ServiceRuntime

/// Records batches of events as they come, several at once, and answers each after its commit, in the order
/// in which they came.
///
/// What a stream holds is bounded: a further batch is only asked of the client once one before it was
/// answered, and an answer counts as one when there is room for another.
struct StreamEvents: Sendable {
    /// Batches under way at once: one is checked and priced while others commit.
    static let batchesMax = 4

    let ingest: IngestEvents

    @Sendable func answer(
        _ requests: RPCMessages<StreamEventsRequest>, _ writer: RPCWriter<StreamEventsResponse>,
        _ call: Call
    ) async throws {
        let reader = MessageReader(requests)
        try await Self.run(
            next: { try await reader.next() },
            record: {
                try await ingest.answer(IngestEventsRequest(events: $0), call).results
            },
            send: { try await writer.send($0) })
    }

    private enum Step: Sendable {
        /// Nil: the client has sent all.
        case requested(StreamEventsRequest?)
        case recorded(Int64, Result<[EventResult], any Error>)
    }

    /// - Parameters:
    ///   - record: Answers after the commit.
    ///   - send: Returns once there is room for another answer.
    /// - Throws: What fails the stream as a whole, once the batches before it are answered:
    ///   `SEQUENCE_NOT_GROWING`, and what `record` throws but for the batch's own faults.
    static func run(
        next: @escaping @Sendable () async throws -> StreamEventsRequest?,
        record: @escaping @Sendable ([Event]) async throws -> [EventResult],
        send: (StreamEventsResponse) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Step.self) { group in
            var batches = StreamedBatches()
            var mayRead = true
            group.addTask { .requested(try await next()) }
            var isReading = true
            while let step = try await group.next() {
                switch step {
                case .requested(let request):
                    isReading = false
                    guard let request, batches.take(request.sequence) else {
                        // Nothing comes behind a batch that has no place of its own.
                        mayRead = false
                        break
                    }
                    group.addTask {
                        do {
                            return .recorded(
                                request.sequence, .success(try await record(request.events)))
                        } catch {
                            return .recorded(request.sequence, .failure(error))
                        }
                    }
                case .recorded(let sequence, let result): batches.recorded(sequence, result)
                }
                while let answer = try batches.nextAnswer() { try await send(answer) }
                guard mayRead, !isReading, batches.count < batchesMax else { continue }
                isReading = true
                group.addTask { .requested(try await next()) }
            }
            try batches.end()
        }
    }
}

/// Reads a stream for one task after another.
private actor MessageReader {
    private var iterator: RPCMessages<StreamEventsRequest>.AsyncIterator

    init(_ messages: RPCMessages<StreamEventsRequest>) {
        iterator = messages.makeAsyncIterator()
    }

    func next() async throws -> StreamEventsRequest? {
        var iterator = iterator
        let message = try await iterator.next()
        self.iterator = iterator
        return message
    }
}
