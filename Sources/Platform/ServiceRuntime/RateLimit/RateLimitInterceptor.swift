import RPC

/// Refuses calls of a token, an organization, or an address without a token, that is ahead of its rate,
/// before their requests are parsed (rule 13). Stands inside of the authentication.
struct RateLimitInterceptor: RPCInterceptor {
    let limiter: CallRateLimiter

    func admit(_ context: inout RPCContext) throws -> RPCAdmission {
        // The router answers a method that it does not have.
        guard context.kind != nil else { return .proceed }
        if let verified = context.attachments[VerifiedCaller.self] {
            try limiter.admit(verified, at: context.arrival)
        } else {
            try limiter.admitOpen(from: context.peer.address, at: context.arrival)
        }
        return .proceed
    }
}
