package import CoreMetrics
package import RPC

/// Counts calls by method and code, those under way, and how long they take.
///
/// Calls of methods that the server does not have count as `unknown`, so that no peer can make
/// metrics grow.
package struct MetricsInterceptor: RPCInterceptor {
    private let methods: MethodTable<CallMetrics>
    private let unknown: CallMetrics

    /// - Parameter methodNames: those that the router serves.
    package init(methodNames: some Sequence<String>, factory: any MetricsFactory) {
        methods = MethodTable(methodNames) { CallMetrics(method: $0, factory: factory) }
        unknown = CallMetrics(method: "unknown", factory: factory)
    }

    /// What the metrics mean, by the names that Prometheus shows.
    package static let help = [
        "tally_rpc_calls_total": "Calls that ended, by method and status code.",
        "tally_rpc_call_seconds": "Time until a call's response was made.",
        "tally_rpc_calls_in_flight": "Calls under way.",
    ]

    package func admit(_ context: inout RPCContext) -> RPCAdmission {
        metrics(of: context).callBegan()
        return .proceed
    }

    package func ended(_ context: RPCContext, _ outcome: inout Result<RPCResponse, any Error>) {
        metrics(of: context).callEnded(
            context.end(outcome).code, nanoseconds: Self.nanoseconds(since: context.arrival))
    }

    private func metrics(of context: RPCContext) -> CallMetrics {
        methods[context.method] ?? unknown
    }

    private static func nanoseconds(since arrival: ContinuousClock.Instant) -> Int64 {
        let (seconds, attoseconds) = arrival.duration(to: .now).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
