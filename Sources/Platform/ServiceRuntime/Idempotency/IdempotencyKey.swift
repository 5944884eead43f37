import Core
import Postgres
import RPC

/// The name that a caller gives one request, to repeat it safely: 1 to 255 printable ASCII bytes.
struct IdempotencyKey: Sendable, Hashable {
    let text: String

    static let byteCountMax = 255

    /// Anything else is `IDEMPOTENCY_KEY_MALFORMED`.
    init(_ bytes: [UInt8]) throws(ServiceError) {
        guard (1...Self.byteCountMax).contains(bytes.count),
            bytes.allSatisfy({ (0x20...0x7E).contains($0) })
        else {
            throw ServiceError(
                .invalidArgument, "IDEMPOTENCY_KEY_MALFORMED", field: CallMetadata.idempotencyKey,
                "An idempotency key is 1 to \(Self.byteCountMax) printable ASCII characters, such "
                    + "as a UUID.")
        }
        text = String(decoding: bytes, as: UTF8.self)
    }
}

/// A call that is recorded under its key.
struct RecordedCall: Sendable {
    /// The organization, or all zero for the operators.
    let owner: PostgresUUID
    let key: IdempotencyKey
}
