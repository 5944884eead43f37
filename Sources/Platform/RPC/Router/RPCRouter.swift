import Core
package import Wire

/// Knows every method the server serves and takes a call through interceptors to its handler.
package struct RPCRouter: Sendable {
    /// Where a handler begins to run.
    package enum Start: Sendable, Hashable {
        /// On a thread of the pool. What a handler does there holds up no connection.
        case onThreadPool
        /// On the connection's event loop, which saves a call two changes of thread. For handlers
        /// that take microseconds until they end or first wait; what follows a wait runs on the
        /// pool.
        case onEventLoop
    }

    struct Route: Sendable {
        let kind: CallKind
        let idempotency: IdempotencyLevel
        let start: Start
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

    func route(of method: String) -> Route? {
        routes[method]
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
        switch route.kind {
        case .unary, .serverStreaming:
            // Rule 3: "Unary and server-streaming calls require it and `half_close` in `Open`; else
            // that call ends with INVALID_ARGUMENT (`MALFORMED_CALL`)."
            guard context.request.isComplete else {
                throw ServiceError(
                    .invalidArgument, "MALFORMED_CALL",
                    "This call needs has_message and half_close in its Open.")
            }
        case .clientStreaming, .bidirectionalStreaming:
            break
        }
        return try await route.respond(context)
    }

    // MARK: Registering
    //
    // Registering a name twice, or with another kind of handler than the method's, is a mistake in
    // the program and stops it.

    /// Serves a unary method with `handler`, whose task is cancelled at the deadline, at `Cancel`
    /// and when the connection is lost.
    package mutating func register<Method: RPCMethod>(
        _: Method.Type, start: Start = .onThreadPool,
        _ handler: @escaping @Sendable (Method.Request, RPCContext) async throws -> Method.Response
    ) {
        add(Method.self, .unary, start) { context in
            let message = try Method.Request(serialized: context.request.takeMessage())
            return RPCResponse(message: try await handler(message, context).serialized())
        }
    }

    /// Serves a server-streaming method.
    package mutating func registerServerStreaming<Method: RPCMethod>(
        _: Method.Type, start: Start = .onThreadPool,
        _ handler:
            @escaping @Sendable (
                Method.Request, RPCWriter<Method.Response>, RPCContext
            ) async throws -> Void
    ) {
        add(Method.self, .serverStreaming, start) { context in
            let message = try Method.Request(serialized: context.request.takeMessage())
            try await handler(message, RPCWriter(stream: try context.transport()), context)
            return RPCResponse()
        }
    }

    /// Serves a client-streaming method. It may answer before it has read all.
    package mutating func registerClientStreaming<Method: RPCMethod>(
        _: Method.Type, start: Start = .onThreadPool,
        _ handler:
            @escaping @Sendable (
                RPCMessages<Method.Request>, RPCContext
            ) async throws -> Method.Response
    ) {
        add(Method.self, .clientStreaming, start) { context in
            let messages = RPCMessages<Method.Request>(
                request: context.request, stream: try context.transport())
            return RPCResponse(message: try await handler(messages, context).serialized())
        }
    }

    /// Serves a method where both sides stream, each at its own pace.
    package mutating func registerBidirectionalStreaming<Method: RPCMethod>(
        _: Method.Type, start: Start = .onThreadPool,
        _ handler:
            @escaping @Sendable (
                RPCMessages<Method.Request>, RPCWriter<Method.Response>, RPCContext
            ) async throws -> Void
    ) {
        add(Method.self, .bidirectionalStreaming, start) { context in
            let stream = try context.transport()
            try await handler(
                RPCMessages(request: context.request, stream: stream), RPCWriter(stream: stream),
                context)
            return RPCResponse()
        }
    }

    private mutating func add<Method: RPCMethod>(
        _: Method.Type, _ kind: CallKind, _ start: Start,
        _ respond: @escaping @Sendable (RPCContext) async throws -> RPCResponse
    ) {
        precondition(routes[Method.name] == nil, "\(Method.name) is registered twice.")
        precondition(Method.kind == kind, "\(Method.name) is \(Method.kind), not \(kind).")
        routes[Method.name] = Route(
            kind: kind, idempotency: Method.idempotency, start: start, respond: respond)
    }
}
