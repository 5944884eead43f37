import API
import Core
import InMemoryTracing
import Logging
import RPC
import ServiceRuntime
import Synchronization
import TestSupport
import Testing
import Tracing

@Suite struct TracingInterceptorTests {
    private let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private let log = KeptRecords()

    /// The trace that the handler saw, by a call with this metadata and no tracer.
    private func trace(_ metadata: [String: String]) async throws -> TraceContext? {
        try await ObservedCalls([
            TracingInterceptor(tracer: nil), AccessLogInterceptor(log: log),
        ]).call(metadata: metadata)
        return try #require(log.all.last).trace
    }

    @Test(.section(.metadataKeys)) func traceIsContinuedWithASpanOfItsOwn() async throws {
        let first = try #require(try await trace(["traceparent": parent]))
        let second = try #require(try await trace(["traceparent": parent]))
        #expect(first.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(first.spanID != "b7ad6b7169203331")
        #expect(first.spanID != second.spanID)
        #expect(first.isSampled)
        #expect(first.state == nil)
        // What is handed on is a traceparent again.
        let next = try #require(TraceParent(text: first.traceParent))
        #expect(next.traceID == first.traceID)
        #expect(next.parentID == first.spanID)
        #expect(next.isSampled)
    }

    @Test func stateIsPassedOnWithAValidParentOnly() async throws {
        let state = "vendor=a,other=b"
        #expect(
            try await trace(["traceparent": parent, "tracestate": state])?.state == state)
        let long = String(repeating: "x", count: 513)
        #expect(try await trace(["traceparent": parent, "tracestate": long])?.state == nil)
        #expect(try await trace(["traceparent": parent, "tracestate": "a=\n"])?.state == nil)
        #expect(try await trace(["tracestate": state]) == nil)
    }

    @Test(arguments: [
        "", "garbage", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    ])
    func invalidParentIsNone(text: String) async throws {
        #expect(try await trace(["traceparent": text]) == nil)
    }

    // MARK: With a tracer

    private func finished(
        _ tracer: InMemoryTracer, metadata: [String: String] = [:], method: String? = nil,
        handler: @escaping @Sendable (RPCContext) async throws -> Void = { _ in }
    ) async throws -> FinishedInMemorySpan {
        let interceptors: [any RPCInterceptor] = [
            TracingInterceptor(tracer: tracer), AccessLogInterceptor(log: log),
        ]
        try await ObservedCalls(interceptors, handler: handler)
            .call(method ?? ObservedCalls.Check.name, metadata: metadata)
        #expect(tracer.activeSpans.isEmpty)
        return try #require(tracer.popFinishedSpans().first)
    }

    @Test func spanIsMadeUnderThePeersAndAroundTheHandlers() async throws {
        let tracer = InMemoryTracer()
        let inner = Mutex<String?>(nil)
        let span = try await finished(
            tracer,
            metadata: [
                InMemoryTracer.traceIDKey: "their-trace", InMemoryTracer.spanIDKey: "their-span",
            ]
        ) { _ in
            inner.withLock { $0 = ServiceContext.current?.inMemorySpanContext?.spanID }
        }
        #expect(span.traceID == "their-trace")
        #expect(span.parentSpanID == "their-span")
        #expect(span.operationName == "tally.v1.HealthService/Check")
        #expect(span.kind == .server)
        #expect(inner.withLock { $0 } == span.spanID)
        #expect(span.attributes.text("rpc.system") == "tally_rpc")
        #expect(span.attributes.text("rpc.service") == "tally.v1.HealthService")
        #expect(span.attributes.text("rpc.method") == "Check")
        #expect(span.attributes.text("network.peer.address") == "192.0.2.7")
        #expect(span.attributes.text("rpc.tally_rpc.status_code") == "0")
        #expect(span.attributes.text("error.type") == nil)
        #expect(span.status == nil)
    }

    @Test func onlyTheServersFaultsAreErrors() async throws {
        let tracer = InMemoryTracer()
        let callers = try await finished(tracer) { _ in
            throw ServiceError(.notFound, "GONE", "")
        }
        #expect(callers.status == nil)
        #expect(callers.attributes.text("rpc.tally_rpc.status_code") == "5")
        #expect(callers.attributes.text("error.type") == "GONE")
        let ours = try await finished(tracer) { _ in throw Fault() }
        #expect(ours.status?.code == .error)
        #expect(ours.attributes.text("error.type") == "INTERNAL")
    }

    @Test func unknownMethodNamesNoSpan() async throws {
        let span = try await finished(InMemoryTracer(), method: "what/ever")
        #expect(span.operationName == "unknown")
        #expect(span.attributes.text("rpc.method") == nil)
    }

    /// A tracer that does not speak W3C leaves us the peer's trace for the logs.
    @Test(.section(.metadataKeys)) func logsKeepThePeersTrace() async throws {
        _ = try await finished(InMemoryTracer(), metadata: ["traceparent": parent])
        #expect(log.all.last?.trace?.traceID == "0af7651916cd43dd8448eb211c80319c")
    }

    @Test func tracersOwnNameOfTheSpanIsTheCalls() async throws {
        let own = "00-11111111111111111111111111111111-2222222222222222-00"
        let tracer = AskingTracer(injected: ["Traceparent": own, "tracestate": "mine=1"])
        try await ObservedCalls([
            TracingInterceptor(tracer: tracer), AccessLogInterceptor(log: log),
        ]).call(metadata: ["traceparent": parent, "tracestate": "theirs=1"])
        let trace = try #require(log.all.last?.trace)
        #expect(trace.traceParent == own)
        #expect(trace.state == "mine=1")
    }

    @Test func tokenIsNotTheTracersBusiness() async throws {
        let tracer = AskingTracer(keys: ["authorization", "traceparent", "tracestate"])
        for (metadata, answers) in [
            (["traceparent": parent, "tracestate": "a=b"], [nil, parent, "a=b"]),
            (["traceparent": "garbage", "tracestate": "a=b"], [nil, nil, nil]),
        ] as [([String: String], [String?])] {
            try await ObservedCalls([TracingInterceptor(tracer: tracer)])
                .call(metadata: metadata.merging(["authorization": "Bearer x"]) { $1 })
            #expect(tracer.answers.last.withLock { $0 } == answers)
        }
    }

    @Test func nobodyTracesUnlessToldTo() {
        #expect(TracingInterceptor.bootstrappedTracer == nil)
    }
}

extension SpanAttributes {
    fileprivate func text(_ key: String) -> String? {
        switch get(key) {
        case .string(let text): text
        case .int32(let number): "\(number)"
        case .int64(let number): "\(number)"
        default: nil
        }
    }
}

/// Asks for some keys of each call, and names its spans as it is told.
private struct AskingTracer: Tracer {
    let keys: [String]
    var injected: [String: String] = [:]
    let answers = Answers()
    private let spans = InMemoryTracer()

    final class Answers: Sendable {
        let last = Mutex<[String?]>([])
    }

    init(keys: [String] = [], injected: [String: String] = [:]) {
        self.keys = keys
        self.injected = injected
    }

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        let found = keys.map { extractor.extract(key: $0, from: carrier) }
        answers.last.withLock { $0 = found }
    }

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        for (key, value) in injected { injector.inject(value, forKey: key, into: &carrier) }
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind, at instant: @autoclosure () -> Instant, function: String,
        file fileID: String, line: UInt
    ) -> InMemorySpan {
        spans.startSpan(
            operationName, context: context(), ofKind: kind, at: instant(), function: function,
            file: fileID, line: line)
    }

    func forceFlush() {}
}
