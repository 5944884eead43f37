import API
import Wire

/// The events of a call: as messages, or as they lie in its serialized request.
enum SentEvents: Sendable {
    case messages([API.Event])
    /// Where each of them lies.
    case serialized([UInt8], [Range<Int>])

    /// - Throws: `WireError` where the bytes are no request.
    init(serialized request: [UInt8]) throws {
        let ranges = request.withUnsafeBytes {
            IngestEventsRequest.eventRanges(in: $0, countMax: EventLimits.eventsPerCallMax)
        }
        if let ranges {
            self = .serialized(request, ranges)
        } else {
            self = .messages(try IngestEventsRequest(serialized: request).events)
        }
    }

    var count: Int {
        switch self {
        case .messages(let events): events.count
        case .serialized(_, let ranges): ranges.count
        }
    }

    /// - Throws: `WireError` where one is none.
    func messages() throws -> [API.Event] {
        switch self {
        case .messages(let events): events
        case .serialized(let request, _): try IngestEventsRequest(serialized: request).events
        }
    }
}
