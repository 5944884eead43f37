/// Stands between the connection and the handlers of every method, also of unknown ones.
///
/// It runs after the metadata is found valid and before the method is looked up and the request
/// parsed (rule 13: "Metadata, token, method, permission, rate limit, request"). So it checks the
/// token first; if `context.kind` is nil it then calls `next`, which fails with UNIMPLEMENTED;
/// else it checks permission and rate and calls `next`.
///
/// Messages of streaming calls do not pass through it: it sees such a call begin and end.
package protocol RPCInterceptor: Sendable {
    /// - Parameters:
    ///   - context: The call so far.
    ///   - next: The rest of the chain; takes the context that the rest shall see and gives the
    ///     response. It may be left out, and may run again only where nothing streams.
    /// - Returns: How the call ends.
    func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse
}
