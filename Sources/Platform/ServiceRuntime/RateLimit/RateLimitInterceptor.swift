import RPC

/// Refuses calls of a token or an organization that is ahead of its rate, before their requests are
/// parsed (rule 13). Stands inside of the authentication; calls without a token pass.
struct RateLimitInterceptor: RPCInterceptor {
    let limiter: CallRateLimiter

    func admit(_ context: inout RPCContext) throws -> RPCAdmission {
        // The router answers a method that it does not have.
        if context.kind != nil, let verified = context.attachments[VerifiedCaller.self] {
            try limiter.admit(verified.caller)
        }
        return .proceed
    }
}
