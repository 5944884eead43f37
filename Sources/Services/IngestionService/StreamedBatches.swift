import API
import Core

/// The batches of a stream that were taken and not yet answered, in their order. Pure.
struct StreamedBatches {
    private var taken: [(sequence: Int64, result: Result<[EventResult], any Error>?)] = []
    private var lastSequence: Int64 = 0
    /// Of a batch that could not be taken; those before it are answered first.
    private var refusal: ServiceError?

    var count: Int { taken.count }

    /// Takes a batch; false where its sequence does not grow, which ends the stream.
    mutating func take(_ sequence: Int64) -> Bool {
        guard sequence > lastSequence else {
            refusal = ServiceError(
                .invalidArgument, "SEQUENCE_NOT_GROWING", field: "sequence",
                "Number the batches of a stream from 1 or more, each higher than the one before; "
                    + "\(sequence) came after \(lastSequence). What was answered is recorded.")
            return false
        }
        lastSequence = sequence
        taken.append((sequence, nil))
        return true
    }

    mutating func recorded(_ sequence: Int64, _ result: Result<[EventResult], any Error>) {
        guard let index = taken.firstIndex(where: { $0.sequence == sequence }) else { return }
        taken[index].result = result
    }

    /// The answer of the first batch, where it is there.
    /// - Throws: What is no fault of the batch, and ends the stream.
    mutating func nextAnswer() throws -> StreamEventsResponse? {
        guard let first = taken.first, let result = first.result else { return nil }
        switch result {
        case .success(let results):
            taken.removeFirst()
            return StreamEventsResponse(sequence: first.sequence, results: results)
        case .failure(let error):
            guard let error = error as? ServiceError, Self.isOfTheBatch(error) else { throw error }
            taken.removeFirst()
            return StreamEventsResponse(
                sequence: first.sequence, reason: error.reason.rawValue, field: error.field ?? "",
                description: error.message)
        }
    }

    /// Called when all are answered.
    /// - Throws: `SEQUENCE_NOT_GROWING` where the stream ended by that.
    func end() throws(ServiceError) {
        if let refusal { throw refusal }
    }

    /// Whether sending the batch again would fail again, and sending others would not.
    private static func isOfTheBatch(_ error: ServiceError) -> Bool {
        error.code == .invalidArgument || error.code == .outOfRange
    }
}
