package import Logging
package import RPC

/// Where a call stands in a W3C trace: the trace it belongs to and the span it is.
package struct TraceContext: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero.
    package let spanID: String
    package let isSampled: Bool
    /// What other tracing systems pass along; nil where there is none.
    package let state: String?

    /// Longest `tracestate` that is passed on, in bytes. W3C: vendors "SHOULD propagate at least
    /// 512 characters".
    static let stateByteCountMax = 512

    /// A new span of the trace that `parent` belongs to.
    init(childOf parent: TraceParent, state: String?) {
        traceID = parent.traceID
        spanID = Self.newSpanID()
        isSampled = parent.isSampled
        self.state = Self.passedOn(state)
    }

    /// The span that `span` names.
    init(span: TraceParent, state: String?) {
        traceID = span.traceID
        spanID = span.parentID
        isSampled = span.isSampled
        self.state = Self.passedOn(state)
    }

    /// The header for whomever the call calls in turn.
    package var traceParent: String {
        "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")"
    }

    /// A list that is too long is left out whole, which W3C allows; half of one would mislead.
    private static func passedOn(_ state: String?) -> String? {
        state.flatMap { state in
            state.utf8.count <= stateByteCountMax
                && state.utf8.allSatisfy { (0x20..<0x7F).contains($0) } ? state : nil
        }
    }

    private static func newSpanID() -> String {
        let digits = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension TraceContext: RPCLogFields {
    package func add(to metadata: inout Logger.Metadata) {
        metadata["trace_id"] = "\(traceID)"
        metadata["span_id"] = "\(spanID)"
    }
}

extension RPCContext {
    /// The call's place in its trace; nil where it belongs to none.
    package var trace: TraceContext? { notes.trace as? TraceContext }
}
