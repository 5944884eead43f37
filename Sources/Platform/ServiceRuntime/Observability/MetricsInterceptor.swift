import Core
package import CoreMetrics
package import RPC

/// Counts calls by method and code, those under way, and how long they take.
///
/// Calls of methods that the server does not have count as `unknown`, so that no peer can make
/// metrics grow.
package struct MetricsInterceptor: RPCInterceptor {
    private let names: MethodNames
    /// By the name's number.
    private let methods: [CallMetrics]
    private let unknown: CallMetrics

    /// - Parameter methodNames: those that the router serves.
    package init(methodNames: some Sequence<String>, factory: any MetricsFactory) {
        names = MethodNames(methodNames)
        methods = names.all.map { CallMetrics(method: $0, factory: factory) }
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
            context.end(outcome).code, nanoseconds: context.arrival.nanoseconds(to: .now))
    }

    private func metrics(of context: RPCContext) -> CallMetrics {
        names[context.method].map { methods[$0] } ?? unknown
    }
}
