import Core
import Logging
import RPC
import Synchronization
import TestSupport
import Testing
import Wire

/// The in-process way from a serialized request to a serialized response.
struct RPCRouterTests {
    private final class Name: Sendable {
        let text: String

        init(_ text: String) {
            self.text = text
        }
    }

    /// Does what ServiceRuntime's does: token, then method, then permission.
    private struct Guardian: RPCInterceptor {
        func intercept(
            _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
        ) async throws -> RPCResponse {
            guard let name = context.metadata.string("authorization") else {
                throw ServiceError(.unauthenticated, "TOKEN_MISSING", "no token")
            }
            guard context.kind != nil else { return try await next(context) }
            guard name != "stranger" else {
                throw ServiceError(.permissionDenied, "ROLE_MISSING", "no permission")
            }
            var context = context
            context.attachments[Name.self] = Name(name)
            return try await next(context)
        }
    }

    private func router() -> RPCRouter {
        var router = RPCRouter()
        router.intercept(Guardian())
        router.register(Echo.self) { request, context in
            TextMessage("\(context.attachments[Name.self]?.text ?? "nobody"): \(request.text)")
        }
        return router
    }

    private func outcome(
        method: String = Echo.name, token: String? = "me",
        request: RPCRequest = RPCRequest(message: TextMessage("hi").serialized())
    ) async -> String {
        let router = router()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        do {
            let entries = token.map { [("authorization", Array($0.utf8))] } ?? []
            let context = RPCContext(
                method: method, kind: router.kind(of: method), request: request,
                metadata: try CallMetadata(hello: [], open: entries), logger: logger)
            return try TextMessage(
                serialized: try await router.respond(to: context).message ?? []
            ).text
        } catch {
            let status = ErrorStatus.close(for: error, logger: logger).status
            let code = ServiceError.Code(rawValue: status?.code ?? 0)
            return "\(code) \(status?.details.first?.reason ?? "")"
        }
    }

    @Test func interceptorsHandValuesToHandlers() async {
        #expect(await outcome() == "me: hi")
    }

    /// Rule 13: "Metadata, token, method, permission, rate limit, request."
    @Test(.rule(13)) func checksRunInTheDocumentedOrder() async {
        let malformed = RPCRequest(message: [0xFF])
        let incomplete = RPCRequest(message: [], isComplete: false)
        #expect(
            await outcome(method: "no/such", token: nil, request: malformed)
                == "UNAUTHENTICATED TOKEN_MISSING")
        #expect(
            await outcome(method: "no/such", token: "stranger", request: malformed)
                == "UNIMPLEMENTED METHOD_UNKNOWN")
        #expect(
            await outcome(token: "stranger", request: malformed)
                == "PERMISSION_DENIED ROLE_MISSING")
        #expect(await outcome(request: incomplete) == "INVALID_ARGUMENT MALFORMED_CALL")
        #expect(await outcome(request: malformed) == "INVALID_ARGUMENT MALFORMED_MESSAGE")
    }

    /// Remembers whether the request was parsed.
    private final class Taking: RPCStream {
        let isTaken = Mutex(false)

        func requestTaken() { isTaken.withLock { $0 = true } }
        func nextMessage() async throws -> [UInt8]? { nil }
        func outgoing(_ message: PackedMessage) -> OutgoingMessage {
            OutgoingMessage(message, streamID: 1)
        }
        func send(_ message: OutgoingMessage) async throws {}
    }

    @Test func requestIsTakenWhenItIsParsed() async {
        let stream = Taking()
        let request = RPCRequest(message: [], stream: stream)
        _ = await outcome(token: nil, request: request)
        #expect(stream.isTaken.withLock { $0 } == false)
        _ = await outcome(request: request)
        #expect(stream.isTaken.withLock { $0 } == true)
    }

    /// Writes down what it sees; asks to wait where its name says so.
    private struct Witness: RPCInterceptor {
        let name: String
        let seen: Seen

        final class Seen: Sendable {
            let words = Mutex<[String]>([])
            func note(_ word: String) { words.withLock { $0.append(word) } }
        }

        func admit(_ context: inout RPCContext) throws -> RPCAdmission {
            if name == "waiting" { return .wait }
            seen.note("\(name) admits")
            if name == "refusing" { throw ServiceError(.permissionDenied, "NO", "no") }
            return .proceed
        }

        func ended(_ context: RPCContext, _ outcome: inout Result<RPCResponse, any Error>) {
            let word = if case .success = outcome { "success" } else { "failure" }
            seen.note("\(name) sees \(word)")
        }

        func intercept(
            _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
        ) async throws -> RPCResponse {
            seen.note("\(name) begins")
            defer { seen.note("\(name) ends") }
            return try await next(context)
        }
    }

    private func seen(_ names: [String]) async -> [String] {
        let seen = Witness.Seen()
        var router = RPCRouter()
        for name in names {
            router.intercept(Witness(name: name, seen: seen))
        }
        router.registerImmediate(Echo.self) { request, _ in
            seen.note("handled")
            return request
        }
        let context = RPCContext(
            method: Echo.name, request: RPCRequest(message: []),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        _ = try? await router.respond(to: context)
        return seen.words.withLock { $0 }
    }

    @Test func whoAdmitsACallSeesItsEnd() async {
        #expect(
            await seen(["a", "b"])
                == ["a admits", "b admits", "handled", "b sees success", "a sees success"])
        #expect(
            await seen(["a", "waiting", "b"]) == [
                "a admits", "waiting begins", "b admits", "handled", "b sees success",
                "waiting ends", "a sees success",
            ])
        #expect(
            await seen(["a", "waiting", "refusing", "b"]) == [
                "a admits", "waiting begins", "refusing admits", "waiting ends", "a sees failure",
            ])
    }

    @Test func namesThatPeersMakeUpStayOutOfTheLogs() {
        func logged(_ method: String, _ kind: CallKind?) -> Logger.Metadata.Value? {
            let logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
            return RPCContext(method: method, kind: kind, logger: logger)
                .logger[metadataKey: "method"]
        }
        #expect(logged(Echo.name, .unary) == "\(Echo.name)")
        #expect(logged(String(repeating: "x", count: 4_000_000), nil) == "unknown")
    }

    @Test func methodNamesAreSorted() {
        var router = router()
        router.register(Wait.self) { request, _ in request }
        #expect(router.methodNames == [Echo.name, Wait.name])
        #expect(router.kind(of: Echo.name) == .unary)
        #expect(router.kind(of: "no/such") == nil)
    }

    @Test(
        .section(.metadataKeys),
        arguments: [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-more", true),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", false),
            ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
            ("00-00000000000000000000000000000000-b7ad6b7169203331-01", false),
            ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false),
            ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false),
            ("", false), ("00-1-2-3", false),
        ])
    func traceParentIsReadAsW3CWritesIt(text: String, isValid: Bool) {
        let parent = TraceParent(text: text)
        #expect((parent != nil) == isValid)
        #expect(parent.map { $0.isSampled == text.contains("-01") } ?? true)
    }
}
