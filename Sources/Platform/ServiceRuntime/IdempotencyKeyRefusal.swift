import Core
import RPC

/// Refuses calls with an `idempotency-key`, which nothing keeps yet.
///
/// A caller who sends one counts on repeating the call safely. Ignoring the key would carry a
/// repeated call out twice, so the call is refused before anything happens. Stands inside of the
/// authentication, so that only callers with permission learn of it.
struct IdempotencyKeyRefusal: RPCInterceptor {
    func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse {
        // The router answers a method that it does not have.
        guard context.kind != nil, context.metadata[CallMetadata.idempotencyKey] != nil else {
            return try await next(context)
        }
        throw ServiceError(
            .unimplemented, "IDEMPOTENCY_KEY_NOT_SERVED", field: CallMetadata.idempotencyKey,
            "This server does not keep idempotency keys yet, and has not carried the call out. "
                + "Send it without the key, and repeat only what is safe to repeat.")
    }
}
