import API
import Core
import Domain
import Logging
import Postgres
import RPC
import ServiceRuntime
import Synchronization
import TestSupport
import Testing
import Wire

/// Methods that stream stand behind all that unary ones stand behind.
@Suite struct StreamingRegistrationTests {
    private enum Gather: RPCMethod {
        typealias Request = CreateBusinessUnitRequest
        typealias Response = BusinessUnit
        static let name = "tally.test.StreamService/Gather"
        static let kind = CallKind.clientStreaming
    }

    private enum Converse: RPCMethod {
        typealias Request = CreateBusinessUnitRequest
        typealias Response = BusinessUnit
        static let name = "tally.test.StreamService/Converse"
        static let kind = CallKind.bidirectionalStreaming
    }

    private enum Rows: RPCMethod {
        typealias Request = CreateBusinessUnitRequest
        typealias Response = BusinessUnit
        static let name = "tally.test.StreamService/Rows"
        static let kind = CallKind.serverStreaming
    }

    /// `Converse` without effects.
    private enum Look: RPCMethod {
        typealias Request = CreateBusinessUnitRequest
        typealias Response = BusinessUnit
        static let name = "tally.test.StreamService/Look"
        static let kind = CallKind.bidirectionalStreaming
        static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Answers once, and then never ends by itself.
    private enum Watch: RPCMethod {
        typealias Request = CreateBusinessUnitRequest
        typealias Response = BusinessUnit
        static let name = "tally.test.StreamService/Watch"
        static let kind = CallKind.serverStreaming
        static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Carries a stream within the process: a client that has sent all and reads at once.
    private final class LocalStream: RPCStream {
        private struct State {
            var waiting: [[UInt8]]
            var answers: [[UInt8]] = []
        }

        private let state: Mutex<State>

        init(_ messages: [[UInt8]]) {
            state = Mutex(State(waiting: messages))
        }

        var answers: [[UInt8]] { state.withLock { $0.answers } }

        func requestTaken() {}

        func nextMessage() async throws -> [UInt8]? {
            state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
        }

        func outgoing(_ message: PackedMessage) -> OutgoingMessage {
            OutgoingMessage(message, streamID: 1)
        }

        func send(_ message: OutgoingMessage) async throws {
            state.withLock { $0.answers.append(message.message) }
        }
    }

    /// Counts an effect, so that an audited call leaves its row.
    private static func countUp(_ call: Call) async throws {
        let statement = CountUp(organization: try call.organizationID)
        try await call.transaction { _ = try await $0.execute(statement) }
    }

    private func router(_ fixture: RuntimeFixture) -> RPCRouter {
        let names = [Gather.name, Converse.name, Rows.name, Look.name, Watch.name]
        let permissions = MethodPermissions(
            .init(uniqueKeysWithValues: names.map { ($0, .whole(.owner)) }))
        var registry = ServiceRegistry(
            environment: fixture.environment,
            auditKey: fixture.keyedHash,
            permissions: permissions,
            authentication: AuthenticationInterceptor(
                directory: fixture.directory,
                guesses: TokenGuessLimiter(limit: RateLimit(perSecond: 1000)),
                keyedHash: fixture.keyedHash, permissions: permissions, clock: fixture.clock),
            rateLimiter: RuntimeFixture.limiter)
        registry.registerClientStreaming(Gather.self) { messages, call in
            var codes: [String] = []
            for try await message in messages {
                codes.append(message.code)
                try await Self.countUp(call)
            }
            return BusinessUnit(code: codes.joined(separator: " "))
        }
        registry.registerBidirectionalStreaming(Converse.self) { messages, writer, call in
            for try await message in messages {
                try await Self.countUp(call)
                try await writer.send(BusinessUnit(code: "\(message.code) heard"))
            }
        }
        registry.registerServerStreaming(Rows.self) { request, writer, call in
            try await Self.countUp(call)
            for index in 0..<3 {
                try await writer.send(BusinessUnit(code: "\(request.code) \(index)"))
            }
        }
        registry.registerBidirectionalStreaming(Look.self) { messages, writer, call in
            for try await _ in messages {
                try await call.transaction { _ in }
                try await writer.send(BusinessUnit(code: call.caller.tokenID))
            }
        }
        registry.registerServerStreaming(Watch.self) { request, writer, call in
            try await writer.send(BusinessUnit(code: request.code))
            try await Task.sleep(for: request.code == "short" ? .seconds(2.5) : .seconds(60))
        }
        return registry.finish()
    }

    /// Calls a method with a message for each code.
    /// - Returns: The codes of the messages that came back.
    private func call(
        _ name: String, _ codes: [String] = ["a", "b", "c"], token: String?, key: String? = nil,
        person: String? = nil, over stream: LocalStream? = nil, in fixture: RuntimeFixture
    ) async throws -> [String] {
        let router = router(fixture)
        var messages = codes.map { CreateBusinessUnitRequest(code: $0).serialized() }
        let first = messages.removeFirst()
        let stream = stream ?? LocalStream(messages)
        var entries: [CallMetadata.Entry] = []
        if let token { entries.append(("authorization", Array("Bearer \(token)".utf8))) }
        if let key { entries.append(("idempotency-key", Array(key.utf8))) }
        if let person { entries.append(("tally-on-behalf-of", Array(person.utf8))) }
        let context = RPCContext(
            method: name, kind: router.kind(of: name), idempotency: router.idempotency(of: name),
            request: RPCRequest(
                message: first, isComplete: messages.isEmpty, stream: stream),
            metadata: try CallMetadata(hello: [], open: entries), stream: stream,
            logger: Logger(label: "test"))
        let response = try await router.respond(to: context)
        return try (stream.answers + [response.message].compactMap { $0 }).map {
            try BusinessUnit(serialized: $0).code
        }
    }

    @Test func streamsReachTheirHandlers() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            #expect(try await call(Gather.name, token: token, in: fixture) == ["a b c"])
            #expect(
                try await call(Converse.name, token: token, in: fixture)
                    == ["a heard", "b heard", "c heard"])
            #expect(
                try await call(Rows.name, ["x"], token: token, in: fixture)
                    == ["x 0", "x 1", "x 2"])
            let id = token.split(separator: "_")[1]
            #expect(
                try await call(Look.name, ["x"], token: token, in: fixture) == [String(id)])
        }
    }

    /// A call that may change something leaves one row, however many transactions it has.
    @Test func streamsThatMayChangeSomethingAreAudited() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            for name in [Look.name, Gather.name, Converse.name] {
                _ = try await call(name, token: token, in: fixture)
            }
            _ = try await call(Rows.name, ["x"], token: token, in: fixture)
            #expect(try await fixture.effects() == 7)
            let rows = try await fixture.texts("SELECT method FROM audit_log ORDER BY method")
            #expect(rows == [[Converse.name], [Gather.name], [Rows.name]])
        }
    }

    @Test func streamsAreRefusedAsOtherCallsAre() async throws {
        try await RuntimeFixture.with { fixture in
            let owner = try await fixture.token()
            let analyst = try await fixture.token(role: .analyst)
            for name in [Gather.name, Converse.name] {
                await expect(.unauthenticated, "TOKEN_MISSING") {
                    try await call(name, token: nil, in: fixture)
                }
                await expect(.permissionDenied, "ROLE_NOT_ALLOWED") {
                    try await call(name, token: analyst, in: fixture)
                }
                await expect(.invalidArgument, "IDEMPOTENCY_KEY_NOT_TAKEN") {
                    try await call(name, token: owner, key: "k", in: fixture)
                }
            }
            #expect(try await fixture.effects() == 0)
        }
    }

    /// What ends new calls ends a stream that is open, though its handler waits for nothing of the
    /// database.
    @Test(arguments: [
        ("UPDATE token_directory SET revoked_at = now()", "TOKEN_REVOKED"),
        ("UPDATE token_directory SET expires_at = to_timestamp(1)", "TOKEN_EXPIRED"),
        ("DELETE FROM members", "MEMBER_NOT_FOUND"),
        ("UPDATE members SET roles = 6", "CALLER_CHANGED"),
    ])
    func streamsEndWithTheirCallersRights(_ change: String, _ expected: String) async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token(role: .frontend)
            let session = try await fixture.database.session()
            try await fixture.member("ann@example.com", .owner)
            let stream = LocalStream([])
            async let reason = streamEnd(token, over: stream, in: fixture)
            // Who calls is known once the handler has answered.
            for _ in 0..<6000 where stream.answers.isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(stream.answers.count == 1)
            try await session.execute(change)
            await session.close()
            let changed = ContinuousClock.now
            #expect(try await reason == expected)
            // A second, and what the machine takes.
            #expect(ContinuousClock.now - changed < .seconds(20))
        }
    }

    @Test func streamsOutliveLooksThatFindTheSame() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            #expect(try await call(Watch.name, ["short"], token: token, in: fixture) == ["short"])
        }
    }

    private func streamEnd(
        _ token: String, over stream: LocalStream, in fixture: RuntimeFixture
    ) async throws -> String? {
        do {
            _ = try await call(
                Watch.name, ["long"], token: token, person: "ann@example.com", over: stream,
                in: fixture)
            return nil
        } catch let error as ServiceError {
            return error.reason.rawValue
        }
    }
}
