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

    /// What the router knows of a method; a class, since every call refers to it.
    final class Route: Sendable {
        let method: String
        let kind: CallKind
        let idempotency: IdempotencyLevel
        let start: Start
        let respond: Responder

        init(
            method: String, kind: CallKind, idempotency: IdempotencyLevel, start: Start,
            respond: Responder
        ) {
            self.method = method
            self.kind = kind
            self.idempotency = idempotency
            self.start = start
            self.respond = respond
        }
    }

    enum Responder: Sendable {
        /// Never waits.
        case now(@Sendable (RPCContext) throws -> RPCResponse)
        case waiting(@Sendable (RPCContext) async throws -> RPCResponse)
    }

    /// A call that has to wait, and how far it has come.
    struct WaitingCall: Sendable {
        let context: RPCContext
        /// How many interceptors have let it pass.
        let passedCount: Int
    }

    enum Attempt: Sendable {
        case ended(Result<RPCResponse, any Error>)
        case waiting(WaitingCall)
    }

    private var names = MethodNames()
    /// By number.
    private var routes: [Route] = []
    private var interceptors: [any RPCInterceptor] = []
    /// How many of them, the outermost, see calls whose metadata is refused.
    private var observerCount = 0

    package init() {}

    /// Names of all registered methods, sorted.
    package var methodNames: [String] {
        names.all.sorted()
    }

    /// How `method` is called; nil where there is no such method.
    package func kind(of method: String) -> CallKind? {
        route(of: method)?.kind
    }

    /// What carrying `method` out twice does; `unknown` where there is no such method.
    package func idempotency(of method: String) -> IdempotencyLevel {
        route(of: method)?.idempotency ?? .unknown
    }

    func route(of method: String) -> Route? {
        names[method].map { routes[$0] }
    }

    /// Adds an interceptor that sees every call, also those whose metadata is refused, inside of the
    /// observers added before it and outside of all other interceptors.
    package mutating func observe(_ observer: any RPCInterceptor) {
        interceptors.insert(observer, at: observerCount)
        observerCount += 1
    }

    /// Adds an interceptor inside those added before it.
    package mutating func intercept(_ interceptor: any RPCInterceptor) {
        interceptors.append(interceptor)
    }

    /// Runs one call to its end.
    /// - Throws: What an interceptor or the handler threw; `METHOD_UNKNOWN`, `MALFORMED_CALL`,
    ///   `WireError` where the request does not parse.
    package func respond(to context: RPCContext) async throws -> RPCResponse {
        switch attempt(context) {
        case .ended(let outcome): try outcome.get()
        case .waiting(let waiting): try await finish(waiting).get()
        }
    }

    /// Takes a call as far as it comes without waiting.
    func attempt(_ context: consuming RPCContext) -> Attempt {
        attempt(context, from: 0)
    }

    /// Takes a call that has to wait to its end.
    func finish(_ waiting: WaitingCall) async -> Result<RPCResponse, any Error> {
        await finish(waiting, from: 0)
    }

    /// Ends a call that would have to wait, and may not: what let it pass sees that.
    func refuse(
        _ waiting: WaitingCall, with error: ServiceError
    ) -> Result<RPCResponse, any Error> {
        var outcome = Result<RPCResponse, any Error>.failure(error)
        end(waiting.context, &outcome, passed: 0..<waiting.passedCount)
        return outcome
    }

    private func attempt(_ context: consuming RPCContext, from start: Int) -> Attempt {
        var index = start
        var outcome: Result<RPCResponse, any Error>
        do {
            while true {
                // Rule 13: "Metadata, token, method, permission, rate limit, request."
                if index == observerCount, let refusal = context.call.refusal { throw refusal }
                guard index < interceptors.count else { break }
                guard try interceptors[index].admit(&context) == .proceed else {
                    return .waiting(WaitingCall(context: context, passedCount: index))
                }
                index += 1
            }
            let route = try route(for: context)
            guard case .now(let respond) = route.respond else {
                return .waiting(WaitingCall(context: context, passedCount: index))
            }
            outcome = .success(try respond(context))
        } catch {
            outcome = .failure(error)
        }
        end(context, &outcome, passed: start..<index)
        return .ended(outcome)
    }

    private func finish(
        _ waiting: WaitingCall, from start: Int
    ) async -> Result<RPCResponse, any Error> {
        let index = waiting.passedCount
        var outcome: Result<RPCResponse, any Error>
        do {
            if index < interceptors.count {
                outcome = .success(
                    try await interceptors[index].intercept(waiting.context) { context in
                        switch attempt(context, from: index + 1) {
                        case .ended(let outcome): try outcome.get()
                        case .waiting(let inner): try await finish(inner, from: index + 1).get()
                        }
                    })
            } else {
                switch try route(for: waiting.context).respond {
                case .now(let respond): outcome = .success(try respond(waiting.context))
                case .waiting(let respond):
                    outcome = .success(try await respond(waiting.context))
                }
            }
        } catch {
            outcome = .failure(error)
        }
        end(waiting.context, &outcome, passed: start..<index)
        return outcome
    }

    private func end(
        _ context: RPCContext, _ outcome: inout Result<RPCResponse, any Error>, passed: Range<Int>
    ) {
        for index in passed.reversed() {
            interceptors[index].ended(context, &outcome)
        }
    }

    private func route(for context: RPCContext) throws(ServiceError) -> Route {
        guard let route = context.call.route ?? route(of: context.method) else {
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
        return route
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
            let arena = MessageArena()
            let message = try Method.Request(
                serialized: try context.request.takeMessage(), in: arena)
            // What a handler waits for takes long, so it waits without this memory.
            arena.reset()
            let response = try await handler(message, context)
            return RPCResponse(message: response.serialized(in: arena))
        }
    }

    /// Serves a unary method as `register` does, with a handler that reads the serialized request itself and writes
    /// the serialized response, since neither need become a message as a whole.
    package mutating func registerSerialized<Method: RPCMethod>(
        _: Method.Type, start: Start = .onThreadPool,
        _ handler: @escaping @Sendable ([UInt8], RPCContext) async throws -> [UInt8]
    ) {
        add(Method.self, .unary, start) { context in
            RPCResponse(message: try await handler(try context.request.takeMessage(), context))
        }
    }

    /// Serves a unary method with a handler that never waits. It runs on the connection's event
    /// loop, as part of reading, so it may take microseconds and no more.
    package mutating func registerImmediate<Method: RPCMethod>(
        _: Method.Type,
        _ handler: @escaping @Sendable (Method.Request, RPCContext) throws -> Method.Response
    ) {
        add(
            Method.self, .unary, .onEventLoop,
            .now { context in
                let arena = MessageArena()
                let message = try Method.Request(
                    serialized: try context.request.takeMessage(), in: arena)
                return RPCResponse(
                    message: try handler(message, context).serialized(in: arena))
            })
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
            let message = try Method.Request(serialized: try context.request.takeMessage())
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
        add(Method.self, kind, start, .waiting(respond))
    }

    private mutating func add<Method: RPCMethod>(
        _: Method.Type, _ kind: CallKind, _ start: Start, _ respond: Responder
    ) {
        precondition(names[Method.name] == nil, "\(Method.name) is registered twice.")
        precondition(Method.kind == kind, "\(Method.name) is \(Method.kind), not \(kind).")
        names.append(Method.name)
        routes.append(
            Route(
                method: Method.name, kind: kind, idempotency: Method.idempotency, start: start,
                respond: respond))
    }
}
