import API

/// Events of one call, and what of the input they cover.
struct IngestBatch: Sendable {
    /// From 0, in the order of the input.
    var number = 0
    var events: [Event] = []
    /// Line of each event.
    var lines: [Int] = []
    /// No less than what the events take when serialized.
    var byteCount = 0
    /// The lines between them that are no events.
    var tally = IngestTally()
    /// Where the input goes on behind the batch.
    var end: InputPosition
}

/// Cuts events into batches that fit a call.
struct IngestBatcher {
    /// What the server takes in one call.
    static let eventCountLimit = 10_000
    /// A frame has room for 4 MiB.
    static let byteCountMax = 3 << 20

    private let eventCountMax: Int
    private var batch: IngestBatch

    init(eventCountMax: Int, at position: InputPosition) {
        self.eventCountMax = min(eventCountMax, Self.eventCountLimit)
        batch = IngestBatch(end: position)
    }

    /// Takes what was read; gives the batch before it where the event does not fit in any more.
    mutating func add(_ element: EventReader.Element) -> IngestBatch? {
        let event: Event
        switch element.outcome {
        case .success(let read): event = read
        case .failure(let problem):
            batch.tally.add(LineProblem(problem, line: element.line))
            batch.end = element.end
            return nil
        }
        let byteCount = event.serializedByteCountMax
        var full: IngestBatch?
        if batch.events.count >= eventCountMax || batch.byteCount + byteCount > Self.byteCountMax {
            full = take()
        }
        batch.events.append(event)
        batch.lines.append(element.line)
        batch.byteCount += byteCount
        batch.end = element.end
        return full
    }

    var hasEvents: Bool { !batch.events.isEmpty }

    /// The batch as it is, perhaps without events; the next begins behind it.
    mutating func take() -> IngestBatch {
        defer { batch = IngestBatch(number: batch.number + 1, end: batch.end) }
        return batch
    }
}

extension Event {
    /// An upper bound of the size when serialized as an element of a request.
    var serializedByteCountMax: Int {
        // Six bytes for the tag and length of a text below 2 MiB; 170 for the request's own tag
        // and length, the time, six numbers and the tag and length of the provider's cost.
        var count = 170
        for text in [
            id, source, provider, model, requestedModel, operation, region, serviceTier, project,
            apiKeyID, user, session, run, feature, customer, team, environment, connection,
            usageObject, providerCost?.amount ?? "", providerCost?.currencyCode ?? "",
            providerRequestID,
        ] {
            count += text.utf8.count + 6
        }
        for quantity in quantities { count += quantity.quantityClass.utf8.count + 24 }
        for tag in tags { count += tag.key.utf8.count + tag.value.utf8.count + 16 }
        return count
    }
}

/// How far an input is acknowledged without a gap, while its batches come back in any order.
struct AcknowledgedPrefix {
    private var waiting: [Int: (tally: IngestTally, end: InputPosition)] = [:]
    private var nextNumber = 0
    private(set) var progress: IngestProgress

    init(from progress: IngestProgress) {
        self.progress = progress
    }

    /// Takes what came of a batch.
    /// - Returns: Whether the prefix grew.
    mutating func acknowledge(_ batch: IngestBatch, _ results: [EventResult]) -> Bool {
        var tally = batch.tally
        tally.add(results, lines: batch.lines)
        waiting[batch.number] = (tally, batch.end)
        let before = nextNumber
        while let (tally, end) = waiting.removeValue(forKey: nextNumber) {
            nextNumber += 1
            progress.tally.add(tally)
            progress.position = end
        }
        return nextNumber > before
    }

    /// Everything that was answered, whether or not a gap lies before it.
    var total: IngestTally {
        var total = progress.tally
        for (_, entry) in waiting { total.add(entry.tally) }
        return total
    }
}

/// How far an ingestion came, and what became of the events up to there.
struct IngestProgress: Hashable, Sendable {
    /// Every line before it is accounted for.
    var position = InputPosition()
    var tally = IngestTally()
}
