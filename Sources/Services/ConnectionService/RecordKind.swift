import API
import Core

/// What a connection is the record of, by the numbers of the contract's `RecordOf`.
package enum RecordKind: Int16, Sendable, CaseIterable {
    /// How much was spent.
    case billing = 1
    /// Who spent it, and on what.
    case attribution = 2
    case both = 3

    /// Unspecified is both; a number that the contract does not know is `RECORD_OF_UNKNOWN`.
    init(wire record: RecordOf) throws(ServiceError) {
        guard record != .unspecified else {
            self = .both
            return
        }
        guard let known = Self.allCases.first(where: { $0.wire == record }) else {
            throw ServiceError(
                .invalidArgument, "RECORD_OF_UNKNOWN", field: "record_of",
                "choose RECORD_OF_BILLING, RECORD_OF_ATTRIBUTION or RECORD_OF_BOTH")
        }
        self = known
    }

    var wire: RecordOf { RecordOf(rawValue: Int32(rawValue)) }

    /// The bill is the record of how much; every other report tells who and what.
    package func includes(_ stream: PullStream) -> Bool {
        switch self {
        case .billing: stream.isBill
        case .attribution: !stream.isBill
        case .both: true
        }
    }
}
