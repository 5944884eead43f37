import API
import Core
import Ledger
import Wire

/// What the events of a call say and cost, in their order, and why some of them are refused.
struct CheckedEvents: Sendable {
    private(set) var valid: [PricedEvent] = []
    /// Mostly none, by their places in the call.
    private var refusals: [(place: Int, error: ServiceError)] = []

    init(countMax: Int) {
        valid.reserveCapacity(countMax)
    }

    mutating func append(_ event: PricedEvent) {
        valid.append(event)
    }

    mutating func refuse(_ error: ServiceError) {
        refusals.append((valid.count + refusals.count, error))
    }

    /// One result for each event of the call.
    /// - Parameter outcomes: Of those that are valid.
    /// - Throws: `EVENT_OUTCOME_MISSING` where they are fewer.
    func results(_ outcomes: [EventOutcome]) throws(ServiceError) -> [EventResult] {
        guard outcomes.count >= valid.count else {
            throw ServiceError(
                .internal, "EVENT_OUTCOME_MISSING", "The ledger left out an event's outcome.")
        }
        var results: [EventResult] = []
        results.reserveCapacity(valid.count + refusals.count)
        var refused = refusals[...]
        for outcome in outcomes.prefix(valid.count) {
            Self.append(&refused, to: &results)
            results.append(EventResult(outcome, index: results.count))
        }
        Self.append(&refused, to: &results)
        return results
    }

    /// The response with one result for each event of the call, serialized.
    ///
    /// Nearly always each event is accepted and priced, and no result is made for any of them: the bytes of a message with
    /// several results are those of messages with one, one behind the other.
    /// - Throws: As `results`.
    func serializedResults(_ outcomes: [EventOutcome]) throws(ServiceError) -> [UInt8] {
        let areAllAccepted =
            refusals.isEmpty && outcomes.count == valid.count
            && outcomes.allSatisfy { outcome in
                if case .accepted(isUnpriced: false) = outcome { true } else { false }
            }
        guard areAllAccepted else {
            return IngestEventsResponse(results: try results(outcomes)).serialized()
        }
        let one = IngestEventsResponse(results: [EventResult(outcome: .accepted)]).serialized()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(one.count * outcomes.count)
        for _ in outcomes { bytes.append(contentsOf: one) }
        return bytes
    }

    /// Appends those whose turn it is.
    private static func append(
        _ refused: inout ArraySlice<(place: Int, error: ServiceError)>,
        to results: inout [EventResult]
    ) {
        while let (place, error) = refused.first, place == results.count {
            results.append(
                EventResult(
                    outcome: .rejected, reason: error.reason.rawValue, field: error.field ?? "",
                    description: error.message))
            refused.removeFirst()
        }
    }
}

extension EventResult {
    fileprivate init(_ outcome: EventOutcome, index: Int) {
        switch outcome {
        case .accepted(let isUnpriced):
            self.init(outcome: .accepted, unpriced: isUnpriced)
        case .suppressed(let isUnpriced):
            self.init(outcome: .accepted, unpriced: isUnpriced, suppressed: true)
        case .duplicate:
            self.init(outcome: .duplicate)
        case .conflict:
            self.init(
                outcome: .conflict, reason: "EVENT_ID_CONFLICT", field: "events[\(index)].id",
                description: "Another event with this id and source was recorded before; "
                    + "give each event an id of its own.")
        }
    }
}
