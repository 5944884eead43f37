import API

/// Events of one call, and where in the file they stand.
struct IngestBatch: Sendable {
    var events: [Event] = []
    /// Line of each event.
    var lines: [Int] = []
    /// At least the bytes that the events take when serialized.
    var byteCount = 0
    /// Offset in the file of what follows the batch, problems included.
    var end = 0
    /// Number of the line there.
    var nextLine = 1
}

/// Cuts events into batches that fit a call.
struct IngestBatcher {
    /// Below the 4 MiB that a frame may take.
    static let byteCountMax = 3 * 1024 * 1024

    let eventCountMax: Int
    private(set) var batch = IngestBatch()

    init(eventCountMax: Int) {
        self.eventCountMax = eventCountMax
    }

    /// Takes an event; gives the batch that it did not fit into any more.
    mutating func add(_ event: Event, of element: EventSource.Element) -> IngestBatch? {
        let byteCount = Self.byteCount(of: event)
        var full: IngestBatch?
        if batch.events.count >= eventCountMax || batch.byteCount + byteCount > Self.byteCountMax,
            !batch.events.isEmpty
        {
            full = take()
        }
        batch.events.append(event)
        batch.lines.append(element.line)
        batch.byteCount += byteCount
        pass(element)
        return full
    }

    /// Goes on over a line that is no event.
    mutating func pass(_ element: EventSource.Element) {
        batch.end = element.end
        batch.nextLine = element.nextLine
    }

    /// The batch as it is; the next begins behind it.
    mutating func take() -> IngestBatch {
        defer { batch = IngestBatch(end: batch.end, nextLine: batch.nextLine) }
        return batch
    }

    /// An upper bound of the event's serialized size: its texts and room for every number.
    private static func byteCount(of event: Event) -> Int {
        let texts = [
            event.id, event.source, event.provider, event.model, event.requestedModel,
            event.operation, event.region, event.serviceTier, event.project, event.apiKeyID,
            event.user, event.session, event.run, event.feature, event.customer, event.team,
            event.environment, event.connection,
        ]
        let quantities = event.quantities.reduce(0) { $0 + $1.quantityClass.utf8.count + 24 }
        let tags = event.tags.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 16 }
        return texts.reduce(100) { $0 + $1.utf8.count + 7 } + quantities + tags
    }
}

/// How far a file is acknowledged without a gap, while its batches come back in any order.
struct AcknowledgedPrefix {
    private var next = 0
    private var waiting: [Int: IngestBatch] = [:]
    /// Offset and line behind the last batch of the prefix.
    private(set) var end: Int
    private(set) var line: Int

    init(end: Int, line: Int) {
        self.end = end
        self.line = line
    }

    /// Takes the acknowledgement of the batch with this number, from 0.
    mutating func acknowledge(_ number: Int, _ batch: IngestBatch) {
        waiting[number] = batch
        while let batch = waiting.removeValue(forKey: next) {
            next += 1
            end = batch.end
            line = batch.nextLine
        }
    }
}
