import Core
package import Wire

/// Knows every method the server serves and takes a call through interceptors to its handler.
package struct RPCRouter: Sendable {
    private struct Route: Sendable {
        let kind: CallKind
        let idempotency: IdempotencyLevel
        let respond: @Sendable (RPCContext) async throws -> RPCResponse
    }

    private var routes: [String: Route] = [:]
    private var interceptors: [any RPCInterceptor] = []

    package init() {}

    /// Names of all registered methods, sorted.
    package var methodNames: [String] {
        routes.keys.sorted()
    }

    /// How `method` is called; nil where there is no such method.
    package func kind(of method: String) -> CallKind? {
        routes[method]?.kind
    }

    /// What carrying `method` out twice does; `unknown` where there is no such method.
    package func idempotency(of method: String) -> IdempotencyLevel {
        routes[method]?.idempotency ?? .unknown
    }

    /// Serves a unary method with `handler`, whose task is cancelled at the deadline, at `Cancel`
    /// and when the connection is lost.
    ///
    /// Registering a name twice, or a method of a streaming kind, is a mistake in the program and
    /// stops it.
    package mutating func register<Method: RPCMethod>(
        _: Method.Type,
        _ handler: @escaping @Sendable (Method.Request, RPCContext) async throws -> Method.Response
    ) {
        precondition(routes[Method.name] == nil, "\(Method.name) is registered twice.")
        precondition(
            Method.kind == .unary, "\(Method.name) streams; only unary methods are served.")
        routes[Method.name] = Route(kind: Method.kind, idempotency: Method.idempotency) {
            context in
            let message = try Method.Request(serialized: context.request.takeMessage())
            return RPCResponse(message: try await handler(message, context).serialized())
        }
    }

    /// Adds an interceptor inside those added before it.
    package mutating func intercept(_ interceptor: any RPCInterceptor) {
        interceptors.append(interceptor)
    }

    /// Runs one call to its end.
    /// - Throws: What an interceptor or the handler threw; `METHOD_UNKNOWN`, `MALFORMED_CALL`,
    ///   `WireError` where the request does not parse.
    package func respond(to context: RPCContext) async throws -> RPCResponse {
        try await respond(to: context, from: 0)
    }

    private func respond(to context: RPCContext, from index: Int) async throws -> RPCResponse {
        guard index < interceptors.count else { return try await respondWithRoute(to: context) }
        return try await interceptors[index].intercept(context) { context in
            try await respond(to: context, from: index + 1)
        }
    }

    private func respondWithRoute(to context: RPCContext) async throws -> RPCResponse {
        guard let route = routes[context.method] else {
            throw ServiceError(
                .unimplemented, "METHOD_UNKNOWN",
                "This server has no method of that name. Its schema lists those it has.")
        }
        // Rule 3: "Unary and server-streaming calls require it and `half_close` in `Open`; else
        // that call ends with INVALID_ARGUMENT (`MALFORMED_CALL`)."
        guard context.request.isComplete else {
            throw ServiceError(
                .invalidArgument, "MALFORMED_CALL",
                "A unary call needs has_message and half_close in its Open.")
        }
        return try await route.respond(context)
    }
}
