import API

/// Sends an input's events: reads while several calls are under way.
///
/// It holds one batch per call and one that grows, whatever the input's size.
struct IngestRun {
    /// How far the run came.
    struct Advance {
        /// Up to where everything is acknowledged.
        let progress: IngestProgress
        /// Whether `progress` is new.
        let isFurther: Bool
        /// What was answered in all, beyond gaps too.
        let total: IngestTally
    }

    private struct Answer: Sendable {
        let batch: IngestBatch
        let results: [EventResult]
    }

    private typealias Calls = ThrowingTaskGroup<Answer, any Error>

    /// Calls under way at once: the server prices one while another commits.
    static let callCountMax = 4

    private let source: any InputSource
    private let sender: any EventSender
    private let advanced: (Advance) throws -> Void
    private var reader: EventReader
    private var batcher: IngestBatcher
    private var prefix: AcknowledgedPrefix
    private var callCount = 0

    /// - Parameters:
    ///   - source: Gives the bytes behind `progress.position`.
    ///   - reader: Reads from there on.
    ///   - advanced: Called after each answer.
    init(
        source: any InputSource, reader: EventReader, sender: any EventSender,
        from progress: IngestProgress, batchEventCountMax: Int,
        advanced: @escaping (Advance) throws -> Void
    ) {
        self.source = source
        self.reader = reader
        self.sender = sender
        self.advanced = advanced
        batcher = IngestBatcher(eventCountMax: batchEventCountMax, at: progress.position)
        prefix = AcknowledgedPrefix(from: progress)
    }

    /// Reads to the end and waits for every answer.
    /// - Throws: The first error that stops the run; calls under way are cancelled then.
    mutating func run() async throws -> IngestTally {
        try await withThrowingTaskGroup(of: Answer.self) { calls in
            try await sendAll(&calls)
        }
        return prefix.progress.tally
    }

    private mutating func sendAll(_ calls: inout Calls) async throws {
        while true {
            switch try await source.next(isIdleTold: batcher.hasEvents) {
            case .bytes(let chunk):
                reader.append(chunk)
                while let element = try reader.next() { try await pass(element, &calls) }
            case .idle:
                try await flush(&calls)
            case .end:
                while let element = try reader.last() { try await pass(element, &calls) }
                try await flush(&calls)
                return
            }
        }
    }

    private mutating func pass(
        _ element: EventReader.Element, _ calls: inout Calls
    ) async throws {
        if let full = batcher.add(element) { try await start(full, &calls) }
    }

    private mutating func flush(_ calls: inout Calls) async throws {
        try await start(batcher.take(), &calls)
        while let answer = try await calls.next() { try settle(answer) }
    }

    private mutating func start(_ batch: IngestBatch, _ calls: inout Calls) async throws {
        if batch.events.isEmpty {
            return try acknowledge(Answer(batch: batch, results: []))
        }
        if callCount >= Self.callCountMax, let answer = try await calls.next() {
            try settle(answer)
        }
        callCount += 1
        let sender = sender
        calls.addTask {
            let results = try await sender.send(batch.events)
            guard results.count == batch.events.count else {
                throw Failure(
                    "The server answered \(results.count) events and not the "
                        + "\(batch.events.count) it was sent.")
            }
            return Answer(batch: batch, results: results)
        }
    }

    private mutating func settle(_ answer: Answer) throws {
        callCount -= 1
        try acknowledge(answer)
    }

    private mutating func acknowledge(_ answer: Answer) throws {
        let isFurther = prefix.acknowledge(answer.batch, answer.results)
        try advanced(
            Advance(progress: prefix.progress, isFurther: isFurther, total: prefix.total))
    }
}
