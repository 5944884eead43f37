import Core
import CoreMetrics
import Synchronization

/// The metrics of one method, made once: recording needs no lookup.
final class CallMetrics: Sendable {
    static let callsLabel = "tally_rpc_calls"
    static let latencyLabel = "tally_rpc_call"
    static let inFlightLabel = "tally_rpc_calls_in_flight"

    private let method: String
    private let factory: any MetricsFactory
    private let succeeded: Counter
    /// By code. Made when a call first ends so: most methods never end with most codes.
    private let failed = Mutex<[Counter?]>([])
    private let latency: CoreMetrics.Timer
    private let inFlight: Meter

    init(method: String, factory: any MetricsFactory) {
        self.method = method
        self.factory = factory
        succeeded = Self.calls(method, .ok, factory)
        latency = CoreMetrics.Timer(
            label: Self.latencyLabel, dimensions: [("method", method)], factory: factory)
        inFlight = Meter(
            label: Self.inFlightLabel, dimensions: [("method", method)], factory: factory)
    }

    func callBegan() {
        inFlight.increment()
    }

    func callEnded(_ code: ServiceError.Code, nanoseconds: Int64) {
        inFlight.decrement()
        latency.recordNanoseconds(nanoseconds)
        if code == .ok {
            succeeded.increment()
        } else {
            counter(of: code).increment()
        }
    }

    private func counter(of code: ServiceError.Code) -> Counter {
        // What is not canonical counts as UNKNOWN, so that nothing grows with what handlers throw.
        let isCanonical = (1...ServiceError.Code.unauthenticated.rawValue).contains(code.rawValue)
        let code = isCanonical ? code : .unknown
        let index = Int(code.rawValue)
        return failed.withLock { failed in
            if failed.isEmpty {
                failed = Array(
                    repeating: nil, count: Int(ServiceError.Code.unauthenticated.rawValue) + 1)
            }
            if let counter = failed[index] { return counter }
            let counter = Self.calls(method, code, factory)
            failed[index] = counter
            return counter
        }
    }

    private static func calls(
        _ method: String, _ code: ServiceError.Code, _ factory: any MetricsFactory
    ) -> Counter {
        Counter(
            label: callsLabel, dimensions: [("method", method), ("code", "\(code)")],
            factory: factory)
    }
}
