import API
import Core
import Domain
import RPC
import ServiceRuntime
import Testing

@Suite struct AccessLogInterceptorTests {
    private let log = KeptRecords()

    private func calls(
        _ handler: @escaping @Sendable (RPCContext) async throws -> Void = { _ in }
    ) -> ObservedCalls {
        ObservedCalls([AccessLogInterceptor(log: log)], handler: handler)
    }

    @Test func successIsLoggedWithItsBytes() async throws {
        try await calls().call(message: [8, 1])
        let record = try #require(log.all.first)
        #expect(log.all.count == 1)
        #expect(record.method == ObservedCalls.Check.name)
        #expect(record.peer.address == "192.0.2.7")
        #expect(record.outcome == .ok)
        #expect(record.requestByteCount == 2)
        // Field 1: two bytes; field 2: two and twelve.
        #expect(record.responseByteCount == 16)
        #expect(record.caller == nil)
        #expect(record.nanoseconds > 0 && record.nanoseconds < 60_000_000_000)
    }

    @Test func errorsAreLoggedToo() async throws {
        try await calls { _ in throw ServiceError(.aborted, "TRANSACTION_CONTENDED", "") }.call()
        try await calls { _ in throw Fault() }.call()
        #expect(
            log.all.map(\.outcome) == [
                RPCOutcome(.aborted, "TRANSACTION_CONTENDED"), RPCOutcome(.internal, "INTERNAL"),
            ])
        #expect(log.all.map(\.responseByteCount) == [0, 0])
    }

    /// Whoever can connect could else fill the disk; those who are known are all logged.
    @Test func failuresOfNobodyKnownAreBounded() async throws {
        let calls = calls { _ in throw ServiceError(.unauthenticated, "TOKEN_MISSING", "") }
        let tryCount = 300
        for _ in 1...tryCount { try await calls.call() }
        // A hundred at once, and ten for each second since.
        #expect(log.all.count >= 100)
        #expect(log.all.count + log.all.map(\.omittedCount).reduce(0, +) <= tryCount)
        #expect(log.all.count < tryCount)
    }

    /// A method's name is whatever a peer wrote, up to a frame long.
    @Test func methodThatDoesNotExistIsUnknown() async throws {
        try await calls().call("anything/\u{1}at all")
        #expect(log.all.first?.method == "unknown")
        #expect(log.all.first?.outcome == RPCOutcome(.unimplemented, "METHOD_UNKNOWN"))
    }

    /// The handler goes on and succeeds; its peer was told otherwise long before.
    @Test(
        arguments: [
            (.deadlineExceeded, "DEADLINE_EXCEEDED"), (.cancelled, "CANCELLED"),
            (.unavailable, "SERVER_STOPPING"),
        ] as [(ServiceError.Code, String)])
    func cancelledCallEndsAsItsPeerSawIt(code: ServiceError.Code, reason: String) async throws {
        try await calls().call(cancellation: code)
        #expect(log.all.map(\.outcome.code) == [code])
        #expect(log.all.map(\.outcome.reason?.rawValue) == [reason])
        #expect(log.all.map(\.responseByteCount) == [0])
    }

    @Test func callerIsToldOutwards() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token(role: .analyst)
            let router = fixture.router(observers: [AccessLogInterceptor(log: log)])
            _ = try await fixture.call(
                token: token, metadata: ["tally-on-behalf-of": "Ada"], router: router)
            await expect(.permissionDenied, "ROLE_NOT_ALLOWED") {
                try await fixture.call(
                    RuntimeFixture.List.name, token: token, router: router)
            }
            await expect(.unauthenticated, "TOKEN_INVALID") {
                try await fixture.call(token: "tly_wrong", router: router)
            }
            let id = token.split(separator: "_").dropFirst().first.map(String.init)
            #expect(log.all.map { $0.caller?.tokenID } == [id, id, nil])
            #expect(
                log.all.map { $0.caller?.organizationID } == [
                    fixture.organizationID, fixture.organizationID, nil,
                ])
            #expect(log.all.first?.caller?.onBehalfOf == "Ada")
            #expect(
                log.all.map { $0.outcome.reason } == [nil, "ROLE_NOT_ALLOWED", "TOKEN_INVALID"])
        }
    }
}
