import Core
import RPC
import Tracing

/// What a span says of its call, by OpenTelemetry's semantic conventions for RPC
/// (https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/).
enum CallAttributes {
    static func add(_ context: RPCContext, to attributes: inout SpanAttributes) {
        attributes["rpc.system"] = "tally_rpc"
        attributes["network.peer.address"] = context.peer.address
        guard context.kind != nil else { return }
        let parts = context.method.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return }
        attributes["rpc.service"] = String(parts[0])
        attributes["rpc.method"] = String(parts[1])
    }

    /// A server span is in error for these codes only; with the others the caller is at fault.
    private static let faults: Set<ServiceError.Code> = [
        .unknown, .deadlineExceeded, .unimplemented, .internal, .unavailable, .dataLoss,
    ]

    static func end(_ span: some Span, with outcome: RPCOutcome) {
        span.updateAttributes { attributes in
            attributes["rpc.tally_rpc.status_code"] = Int(outcome.code.rawValue)
            if let reason = outcome.reason { attributes["error.type"] = reason.rawValue }
        }
        if faults.contains(outcome.code) {
            span.setStatus(SpanStatus(code: .error, message: "\(outcome.code)"))
        }
    }
}
