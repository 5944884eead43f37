import Core
import Encryption
import Postgres
import RPC
import Wire

/// Keeps the answers of recorded calls unreadable to whoever has the database alone.
///
/// An answer may hold a secret that is shown once, such as a new token. Each is sealed by the data
/// key of whom it is about, and bound to its owner, its idempotency key and its request, so that a row
/// moved elsewhere does not open. What a request was is kept as a hash under the same data key.
struct AnswerVault: Sendable {
    /// Longest answer that is recorded, in bytes, serialized with its trailers.
    static let answerByteCountMax = DataKey.plaintextByteCountMax

    /// Tells requests apart: who asks for whom, the method and the message, each behind its length.
    ///
    /// Another caller's request is another one, so that nobody is shown an answer, and the secret
    /// in it, that was somebody else's.
    func request(
        of context: RPCContext, by caller: Caller
    ) throws(CancellationError) -> [UInt8] {
        var bytes: [UInt8] = []
        let parts: [[UInt8]] = [
            Array("recorded call".utf8), Array(caller.tokenID.utf8),
            Array((caller.onBehalfOf ?? "").utf8), Array(context.method.utf8),
            try context.request.bytes,
        ]
        bytes.reserveCapacity(parts.reduce(0) { $0 + $1.count + 8 })
        for part in parts {
            let length = UInt64(part.count)
            for shift in stride(from: 56 as UInt64, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: length >> shift))
            }
            bytes += part
        }
        return bytes
    }

    /// What is kept of a request.
    func hash(
        ofRequest request: [UInt8], _ call: RecordedCall, with keys: OrganizationKeys
    ) throws -> [UInt8] {
        try keys.keyedHash(
            of: request,
            in: Binding(
                purpose: "recorded-call.request", [call.owner.text, call.key.text]))
    }

    /// - Throws: `RESPONSE_TOO_LARGE_TO_RECORD`, upon which nothing of the call may take effect.
    func seal(
        _ response: RPCResponse, of call: RecordedCall, requestHash: [UInt8],
        with keys: OrganizationKeys
    ) throws -> [UInt8] {
        let answer = Close(
            message: response.message ?? [], hasMessage: response.message != nil,
            trailers: response.trailers.map { Metadata(key: $0.key, value: $0.value) }
        ).serialized()
        guard answer.count <= Self.answerByteCountMax else {
            throw ServiceError(
                .resourceExhausted, "RESPONSE_TOO_LARGE_TO_RECORD",
                field: CallMetadata.idempotencyKey,
                "The response has more than the \(Self.answerByteCountMax) bytes that are "
                    + "recorded under a key, so the call was undone. Ask for less at once, or "
                    + "send it without the key.")
        }
        return try keys.seal(Secret(answer), in: Self.place(call, requestHash))
    }

    func open(
        _ answer: [UInt8], of call: RecordedCall, requestHash: [UInt8], with keys: OrganizationKeys
    ) throws -> RPCResponse {
        let sealed = try keys.open(answer, in: Self.place(call, requestHash))
        let close = try Close(serialized: sealed.reveal())
        return RPCResponse(
            message: close.hasMessage ? close.message : nil,
            trailers: close.trailers.map { ($0.key, $0.value) })
    }

    private static func place(_ call: RecordedCall, _ requestHash: [UInt8]) -> Binding {
        Binding(
            purpose: "recorded-call",
            [
                call.owner.text, call.key.text,
                requestHash.map { String($0) }.joined(separator: "."),
            ])
    }
}
