/// Stands between the connection and the handlers of every method, also of unknown ones.
///
/// It comes after the metadata is found valid, unless it is an observer, and before the method is looked up and the request
/// parsed (rule 13: "Metadata, token, method, permission, rate limit, request"). So it checks the
/// token first; where `context.kind` is nil it lets the call pass, which fails with UNIMPLEMENTED;
/// else it checks permission and rate.
///
/// Most of what interceptors do needs no waiting, and a call that waits nowhere costs a fraction of
/// one that might: so each first looks at the call with `admit`, and only where that says so stands
/// around the rest of it with `intercept`.
///
/// Messages of streaming calls do not pass through it: it sees such a call begin and end.
package protocol RPCInterceptor: Sendable {
    /// Decides on a call without waiting.
    /// - Parameter context: What the rest of the chain shall see; left as it was for `.wait`.
    /// - Throws: What ends the call.
    func admit(_ context: inout RPCContext) throws -> RPCAdmission

    /// Sees the end of a call that `admit` let pass, and may change it.
    /// - Parameter context: As the innermost interceptor left it that did not wait, nor stands inside
    ///   of one that did.
    func ended(_ context: RPCContext, _ outcome: inout Result<RPCResponse, any Error>)

    /// Stands around the rest of a call for which `admit` said `.wait`.
    /// - Parameters:
    ///   - context: The call so far.
    ///   - next: The rest of the chain; takes the context that the rest shall see and gives the
    ///     response. It may be left out, and runs again only where all that it did was undone and the
    ///     request is smaller than `RPCRequest.largeByteCount`, which alone can be parsed again.
    /// - Returns: How the call ends.
    func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse
}

/// What an interceptor says of a call at first sight.
package enum RPCAdmission: Sendable, Hashable {
    /// It may go on; `ended` sees its end.
    case proceed
    /// It is for `intercept`.
    case wait
}

extension RPCInterceptor {
    package func admit(_ context: inout RPCContext) throws -> RPCAdmission { .wait }

    package func ended(_ context: RPCContext, _ outcome: inout Result<RPCResponse, any Error>) {}

    package func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse {
        try await next(context)
    }
}
