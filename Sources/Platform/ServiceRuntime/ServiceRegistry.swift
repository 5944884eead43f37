package import Encryption
package import RPC
package import Wire

/// Puts the methods of all services behind authentication and permissions.
package struct ServiceRegistry {
    private var router = RPCRouter()
    private let environment: CallEnvironment
    private let auditKey: KeyedHash
    private let permissions: MethodPermissions
    private let authentication: AuthenticationInterceptor
    private let rateLimiter: CallRateLimiter
    private let observers: [any RPCInterceptor]
    private var selfRecorded: Set<String> = []
    /// Methods that are carried out while data keys cannot be had.
    private var withoutKeys: Set<String> = []

    /// - Parameters:
    ///   - auditKey: seals the end of each audit log.
    ///   - observers: see every call as its peer does; the first one is the outermost.
    package init(
        environment: CallEnvironment, auditKey: KeyedHash, permissions: MethodPermissions,
        authentication: AuthenticationInterceptor, rateLimiter: CallRateLimiter,
        observers: [any RPCInterceptor] = []
    ) {
        self.environment = environment
        self.auditKey = auditKey
        self.permissions = permissions
        self.authentication = authentication
        self.rateLimiter = rateLimiter
        self.observers = observers
    }

    /// Serves a method to callers whose role the permissions allow. One that may change something, by
    /// its `idempotency_level`, leaves a row in the audit log and takes an idempotency key.
    package mutating func register<Method: RPCMethod>(
        _ method: Method.Type, start: RPCRouter.Start = .onThreadPool,
        _ handler: @escaping @Sendable (Method.Request, Call) async throws -> Method.Response
    ) {
        register(
            method, start: start, isAudited: Method.idempotency != .noSideEffects, handler)
    }

    /// Serves a method as `register` does that takes rights away, and so does without data keys
    /// that are not there within a second: the audit log then has its rows without what they say of
    /// people, and its idempotency key is ignored.
    package mutating func registerWithoutKeys<Method: RPCMethod>(
        _ method: Method.Type,
        _ handler: @escaping @Sendable (Method.Request, Call) async throws -> Method.Response
    ) {
        withoutKeys.insert(Method.name)
        register(method, start: .onThreadPool, isAudited: true, handler)
    }

    // Methods that stream are served and audited as unary ones, and last as long as their caller may
    // call. They take no idempotency key, since what they send cannot be recorded.

    /// Serves a server-streaming method to callers whose role the permissions allow.
    package mutating func registerServerStreaming<Method: RPCMethod>(
        _ method: Method.Type, start: RPCRouter.Start = .onThreadPool,
        _ handler:
            @escaping @Sendable (
                Method.Request, RPCWriter<Method.Response>, Call
            ) async throws -> Void
    ) {
        let call = callMaker(of: method)
        router.registerServerStreaming(method, start: start) {
            [authentication] request, writer, context in
            let call = try call(context)
            try await authentication.whileCallerStands(context) {
                try await handler(request, writer, call)
            }
        }
    }

    /// Serves a client-streaming method to callers whose role the permissions allow.
    package mutating func registerClientStreaming<Method: RPCMethod>(
        _ method: Method.Type, start: RPCRouter.Start = .onThreadPool,
        _ handler:
            @escaping @Sendable (
                RPCMessages<Method.Request>, Call
            ) async throws -> Method.Response
    ) {
        let call = callMaker(of: method)
        router.registerClientStreaming(method, start: start) {
            [authentication] messages, context in
            let call = try call(context)
            return try await authentication.whileCallerStands(context) {
                try await handler(messages, call)
            }
        }
    }

    /// Serves a method where both sides stream to callers whose role the permissions allow.
    package mutating func registerBidirectionalStreaming<Method: RPCMethod>(
        _ method: Method.Type, start: RPCRouter.Start = .onThreadPool,
        _ handler:
            @escaping @Sendable (
                RPCMessages<Method.Request>, RPCWriter<Method.Response>, Call
            ) async throws -> Void
    ) {
        registerBidirectionalStreaming(method, start: start, call: callMaker(of: method), handler)
    }

    /// Serves a method where both sides stream as `registerSelfRecorded` does a unary one.
    package mutating func registerSelfRecordedBidirectionalStreaming<Method: RPCMethod>(
        _ method: Method.Type,
        _ handler:
            @escaping @Sendable (
                RPCMessages<Method.Request>, RPCWriter<Method.Response>, Call
            ) async throws -> Void
    ) {
        noteSelfRecorded(method)
        registerBidirectionalStreaming(
            method, start: .onThreadPool, call: callMaker(isAudited: false), handler)
    }

    private mutating func registerBidirectionalStreaming<Method: RPCMethod>(
        _ method: Method.Type, start: RPCRouter.Start,
        call: @escaping @Sendable (RPCContext) throws -> Call,
        _ handler:
            @escaping @Sendable (
                RPCMessages<Method.Request>, RPCWriter<Method.Response>, Call
            ) async throws -> Void
    ) {
        router.registerBidirectionalStreaming(method, start: start) {
            [authentication] messages, writer, context in
            let call = try call(context)
            try await authentication.whileCallerStands(context) {
                try await handler(messages, writer, call)
            }
        }
    }

    /// Serves a method whose requests have ids of their own, and that keeps a record of its own, such
    /// as ingestion: it leaves no row in the audit log, needs no idempotency key to be safe to repeat,
    /// and ignores one.
    package mutating func registerSelfRecorded<Method: RPCMethod>(
        _ method: Method.Type,
        _ handler: @escaping @Sendable (Method.Request, Call) async throws -> Method.Response
    ) {
        noteSelfRecorded(method)
        register(method, start: .onThreadPool, isAudited: false, handler)
    }

    /// Serves a method as `registerSelfRecorded` does, with a handler that reads the serialized request and writes the
    /// serialized response itself; see `RPCRouter.registerSerialized`.
    package mutating func registerSelfRecordedSerialized<Method: RPCMethod>(
        _ method: Method.Type,
        _ handler: @escaping @Sendable ([UInt8], Call) async throws -> [UInt8]
    ) {
        noteSelfRecorded(method)
        let call = callMaker(isAudited: false)
        router.registerSerialized(method) { request, context in
            try await handler(request, try call(context))
        }
    }

    private mutating func noteSelfRecorded<Method: RPCMethod>(_: Method.Type) {
        precondition(
            Method.idempotency == .idempotent, "\(Method.name) is not declared IDEMPOTENT.")
        selfRecorded.insert(Method.name)
    }

    private mutating func register<Method: RPCMethod>(
        _ method: Method.Type, start: RPCRouter.Start, isAudited: Bool,
        _ handler: @escaping @Sendable (Method.Request, Call) async throws -> Method.Response
    ) {
        let call = callMaker(
            isAudited: isAudited, needsNoKeys: withoutKeys.contains(Method.name))
        router.register(method, start: start) { request, context in
            try await handler(request, try call(context))
        }
    }

    /// Serves a method with a handler that never waits and does its work in microseconds; see
    /// `RPCRouter.registerImmediate`.
    package mutating func registerImmediate<Method: RPCMethod>(
        _ method: Method.Type,
        _ handler: @escaping @Sendable (Method.Request, Call) throws -> Method.Response
    ) {
        let call = callMaker(isAudited: false)
        router.registerImmediate(method) { request, context in
            try handler(request, try call(context))
        }
    }

    /// Serves a method that needs no token, and so knows no caller.
    package mutating func registerOpen<Method: RPCMethod>(
        _ method: Method.Type,
        _ handler: @escaping @Sendable (Method.Request) async throws -> Method.Response
    ) {
        precondition(permissions.isOpen(Method.name), "\(Method.name) is not declared open.")
        router.register(method) { request, _ in try await handler(request) }
    }

    /// Serves a method that needs no token with a handler that never waits and does its work in
    /// microseconds; see `RPCRouter.registerImmediate`.
    package mutating func registerOpenImmediate<Method: RPCMethod>(
        _ method: Method.Type,
        _ handler: @escaping @Sendable (Method.Request) throws -> Method.Response
    ) {
        precondition(permissions.isOpen(Method.name), "\(Method.name) is not declared open.")
        router.registerImmediate(method) { request, _ in try handler(request) }
    }

    /// Makes calls that are audited where their method may change something.
    private func callMaker<Method: RPCMethod>(
        of _: Method.Type
    ) -> @Sendable (RPCContext) throws -> Call {
        callMaker(isAudited: Method.idempotency != .noSideEffects)
    }

    private func callMaker(
        isAudited: Bool, needsNoKeys: Bool = false
    ) -> @Sendable (RPCContext) throws -> Call {
        let setting = Call.Setting(
            environment: environment, auditKey: isAudited ? auditKey : nil,
            needsNoKeys: needsNoKeys)
        return { try Call(context: $0, setting: setting) }
    }

    /// The router of everything registered, behind what every call passes.
    ///
    /// A method without permissions, or permissions without a method, is a mistake in the program
    /// and stops it: either would be a door that nobody looked at.
    package func finish() -> RPCRouter {
        var router = router
        let served = Set(router.methodNames)
        precondition(
            served == permissions.methodNames,
            "Methods and permissions differ: \(served.symmetricDifference(permissions.methodNames))"
        )
        for observer in observers { router.observe(observer) }
        // Outside of the authentication, which asks the database too.
        router.intercept(DatabaseErrorInterceptor())
        router.intercept(authentication)
        router.intercept(RateLimitInterceptor(limiter: rateLimiter))
        router.intercept(
            IdempotencyInterceptor(
                environment: environment, selfRecorded: selfRecorded, withoutKeys: withoutKeys))
        return router
    }
}
