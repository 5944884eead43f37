package import RPC
package import Tracing

/// Continues the trace that a peer began, and makes a span of each call where somebody collects them.
///
/// A `traceparent` that is not one counts as none. Without a tracer the call gets a span's id of its
/// own under the peer's trace, for logs and for whomever it calls; a call without a trace costs
/// nothing then.
package struct TracingInterceptor: RPCInterceptor {
    private let tracer: (any Tracer)?

    /// - Parameter tracer: Collects spans; by default the one that the program began with, if any.
    ///   It is looked up here, once.
    package init(tracer: (any Tracer)? = Self.bootstrappedTracer) {
        self.tracer = tracer
    }

    /// The tracer of `InstrumentationSystem`; nil where none was bootstrapped.
    package static var bootstrappedTracer: (any Tracer)? {
        let tracer = InstrumentationSystem.tracer
        return tracer is NoOpTracer ? nil : tracer
    }

    package func admit(_ context: inout RPCContext) -> RPCAdmission {
        // A span is the current one of its task while the handler runs, so the call needs a task.
        guard tracer == nil else { return .wait }
        if let parent = context.traceParent {
            context.notes.trace = TraceContext(
                childOf: parent, state: context.metadata.string(TraceCarrier.state))
        }
        return .proceed
    }

    package func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse {
        guard let tracer else { return try await next(context) }
        return try await trace(context, by: tracer, next: next)
    }

    private func trace(
        _ context: RPCContext, by tracer: some Tracer,
        next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse {
        let carrier = TraceCarrier(context)
        var parent = ServiceContext.topLevel
        tracer.extract(carrier, into: &parent, using: carrier)
        let span = tracer.startSpan(
            context.knownMethod, context: parent, ofKind: .server)
        defer { span.end() }
        span.updateAttributes { CallAttributes.add(context, to: &$0) }
        context.notes.trace = Self.place(of: span.context, context, by: tracer)
        do {
            let response = try await ServiceContext.withValue(span.context) {
                try await next(context)
            }
            CallAttributes.end(span, with: context.end(.success(response)))
            return response
        } catch {
            CallAttributes.end(span, with: context.end(.failure(error)))
            throw error
        }
    }

    /// The span as others name it. A tracer that does not speak W3C leaves us with the peer's trace.
    private static func place(
        of span: ServiceContext, _ context: RPCContext, by tracer: some Tracer
    ) -> TraceContext? {
        var headers: [String: String] = [:]
        tracer.inject(span, into: &headers, using: HeaderInjector())
        let state = headers[TraceCarrier.state] ?? context.metadata.string(TraceCarrier.state)
        if let own = headers[TraceCarrier.parent].flatMap({ TraceParent(text: $0) }) {
            return TraceContext(span: own, state: state)
        }
        return context.traceParent.map { TraceContext(childOf: $0, state: state) }
    }
}

/// A call's metadata as tracers read it.
struct TraceCarrier: Sendable, Extractor {
    static let parent = "traceparent"
    static let state = "tracestate"

    private let metadata: CallMetadata
    private let isTraced: Bool

    init(_ context: RPCContext) {
        metadata = context.metadata
        isTraced = context.traceParent != nil
    }

    /// Tracers have no business with the token. W3C: without a valid `traceparent`, `tracestate`
    /// must not be used either.
    func extract(key: String, from carrier: TraceCarrier) -> String? {
        switch key {
        case "authorization": nil
        case Self.parent, Self.state: carrier.isTraced ? carrier.metadata.string(key) : nil
        default: carrier.metadata.string(key)
        }
    }
}

/// Takes what a tracer wants to hand on.
private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
        carrier[key.lowercased()] = value
    }
}
