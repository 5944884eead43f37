import Core
import Domain
import Logging
import RPC
import TestSupport
import Testing
import Wire

@testable import ServiceRuntime

/// What never gets as far as a transaction.
@Suite struct IdempotencyInterceptorTests {
    /// Calls through the interceptor alone; gives what the method answers, one byte.
    private func answer(
        _ fixture: RuntimeFixture, _ kind: CallKind, _ level: IdempotencyLevel,
        isComplete: Bool = true, selfRecorded: Set<String> = []
    ) async throws -> [UInt8]? {
        let interceptor = IdempotencyInterceptor(
            environment: fixture.environment, selfRecorded: selfRecorded)
        var context = RPCContext(
            method: "m", kind: kind, idempotency: level,
            request: RPCRequest(message: [], isComplete: isComplete),
            metadata: try CallMetadata(hello: [], open: [("idempotency-key", [0x6B])]),
            logger: Logger(label: "test"))
        context.caller = Caller(
            tokenID: "t", roles: .owner, organizationID: fixture.organizationID)
        return try await interceptor.intercept(context) { _ in RPCResponse(message: [7]) }.message
    }

    @Test(arguments: [CallKind.serverStreaming, .clientStreaming, .bidirectionalStreaming])
    func streamsThatChangeSomethingTakeNoKey(kind: CallKind) async throws {
        try await RuntimeFixture.with { fixture in
            for isComplete in [true, false] {
                await expect(.invalidArgument, "IDEMPOTENCY_KEY_NOT_TAKEN") {
                    try await answer(fixture, kind, .unknown, isComplete: isComplete)
                }
            }
            let read = try await answer(fixture, kind, .noSideEffects)
            #expect(read == [7])
            let ingested = try await answer(fixture, kind, .idempotent, selfRecorded: ["m"])
            #expect(ingested == [7])
            let rows = try await fixture.texts("SELECT 1 FROM recorded_calls")
            #expect(rows.isEmpty)
        }
    }

    /// The router refuses a unary call without its request; nothing is recorded for it.
    @Test func malformedCallsGoOnToTheRouter() async throws {
        try await RuntimeFixture.with { fixture in
            for (isComplete, count) in [(false, 0), (true, 1)] {
                let passed = try await answer(
                    fixture, .unary, .unknown, isComplete: isComplete)
                #expect(passed == [7])
                let rows = try await fixture.texts("SELECT 1 FROM recorded_calls")
                #expect(rows.count == count)
            }
        }
    }
}
