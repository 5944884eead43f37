import API
import Foundation
import TallyClient

/// Sends a file's events: several calls at once, each repeated while that may help.
///
/// Repeating is safe: the server counts an event of the same id and source once.
struct IngestRun: Sendable {
    let client: Client
    let batchEventCountMax: Int
    /// Calls under way at once.
    let parallel: Int
    /// Where to keep what was acknowledged; nil keeps nothing.
    let checkpointFile: URL?
    let fingerprint: @Sendable (Int) -> String

    private static let attemptCountMax = 8

    /// What one call came to.
    private struct Answer: Sendable {
        let number: Int
        let batch: IngestBatch
        let results: [EventResult]
    }

    /// - Throws: The first error that repeating does not mend. What was acknowledged before is in
    ///   the checkpoint.
    func send(
        _ source: EventSource, from start: (end: Int, line: Int), progress: inout IngestProgress
    ) async throws -> IngestSummary {
        var source = source
        var summary = IngestSummary()
        var prefix = AcknowledgedPrefix(end: start.end, line: start.line)
        var batcher = IngestBatcher(eventCountMax: batchEventCountMax)
        var batchCount = 0
        try await withThrowingTaskGroup(of: Answer.self) { group in
            var underWay = 0
            func settle(_ answer: Answer) throws {
                underWay -= 1
                for (result, line) in zip(answer.results, answer.batch.lines) {
                    summary.count(result, line: line)
                }
                prefix.acknowledge(answer.number, answer.batch)
                try keep(prefix)
                progress.show(
                    end: prefix.end, eventCount: summary.eventCount, now: ContinuousClock.now)
            }
            func launch(_ batch: IngestBatch) async throws {
                if underWay >= parallel, let answer = try await group.next() {
                    try settle(answer)
                }
                let number = batchCount
                batchCount += 1
                underWay += 1
                group.addTask { [self] in try await call(batch, number: number) }
            }
            while let element = try source.next() {
                switch element.item {
                case .event(let event):
                    if let full = batcher.add(event, of: element) { try await launch(full) }
                case .problem(let problem):
                    summary.count(problem, line: element.line)
                    batcher.pass(element)
                }
            }
            let last = batcher.take()
            if !last.events.isEmpty { try await launch(last) }
            while let answer = try await group.next() { try settle(answer) }
        }
        return summary
    }

    private func keep(_ prefix: AcknowledgedPrefix) throws {
        guard let checkpointFile else { return }
        try IngestCheckpoint(
            byteCount: prefix.end, line: prefix.line, fingerprint: fingerprint(prefix.end)
        ).write(to: checkpointFile)
    }

    private func call(_ batch: IngestBatch, number: Int) async throws -> Answer {
        var attempt = 1
        while true {
            do {
                let response = try await client.call(
                    IngestionServiceMethods.IngestEvents.self,
                    IngestEventsRequest(events: batch.events),
                    options: CallOptions(isIdempotent: true))
                guard response.results.count == batch.events.count else {
                    throw Failure("The server answered for another number of events than it got.")
                }
                return Answer(number: number, batch: batch, results: response.results)
            } catch let error as TallyError {
                let isPassing: Set<TallyError.Code> = [
                    .unavailable, .resourceExhausted, .aborted, .deadlineExceeded,
                ]
                guard isPassing.contains(error.code), attempt < Self.attemptCountMax else {
                    throw error
                }
                // 0.5 s to 32 s, or what the server asks for.
                let pause = Duration.milliseconds(250 << attempt)
                try await Task.sleep(for: max(error.retryAfter ?? .zero, pause))
                attempt += 1
            }
        }
    }
}
