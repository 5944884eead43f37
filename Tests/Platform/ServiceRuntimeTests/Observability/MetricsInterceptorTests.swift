import API
import Core
import CoreMetrics
import MetricsTestKit
import RPC
import ServiceRuntime
import Testing

@Suite struct MetricsInterceptorTests {
    private let metrics = TestMetrics()

    private func calls(
        _ handler: @escaping @Sendable (RPCContext) async throws -> Void = { _ in }
    ) -> ObservedCalls {
        ObservedCalls(
            [MetricsInterceptor(methodNames: [ObservedCalls.Check.name], factory: metrics)],
            handler: handler)
    }

    private func count(_ method: String, _ code: String) -> Int64? {
        let dimensions = [("method", method), ("code", code)]
        return try? metrics.expectCounter("tally_rpc_calls", dimensions).totalValue
    }

    @Test func callsAreCountedByMethodAndCode() async throws {
        let method = ObservedCalls.Check.name
        try await calls().call()
        try await calls().call()
        try await calls { _ in throw ServiceError(.notFound, "X", "") }.call()
        try await calls { _ in throw Fault() }.call()
        try await calls { _ in throw ServiceError(.init(rawValue: 99), "X", "") }.call()
        #expect(count(method, "OK") == 2)
        #expect(count(method, "NOT_FOUND") == 1)
        #expect(count(method, "INTERNAL") == 1)
        #expect(count(method, "UNKNOWN") == 1)
        #expect(count(method, "ABORTED") == nil)
        let timer = try metrics.expectTimer("tally_rpc_call", [("method", method)])
        #expect(timer.values.count == 5)
        #expect(timer.values.allSatisfy { $0 > 0 && $0 < 60_000_000_000 })
    }

    @Test func methodsThatDoNotExistAreOne() async throws {
        let calls = calls()
        for number in 0..<10 { try await calls.call("made/up\(number)") }
        #expect(count("unknown", "UNIMPLEMENTED") == 10)
        #expect(count("made/up1", "UNIMPLEMENTED") == nil)
    }

    @Test func callsUnderWayAreShownUntilTheyEnd() async throws {
        let metrics = metrics
        let method = ObservedCalls.Check.name
        try await calls { _ in
            let meter = try metrics.expectMeter("tally_rpc_calls_in_flight", [("method", method)])
            #expect(meter.values.last == 1)
            throw Fault()
        }.call()
        let meter = try metrics.expectMeter("tally_rpc_calls_in_flight", [("method", method)])
        #expect(meter.values.last == 0)
    }
}
