import Core
import Domain
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Notifications

struct WebhookNotifierTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func notice() throws -> ConnectionNotice {
        ConnectionNotice(
            kind: .keyRefused,
            organizationID: try OrganizationID("01934f5e-7c3a-7c21-9b62-0a3d5a5f8a11"),
            connectionID: try ConnectionID("01934f5e-7c3a-7c21-9b62-0a3d5a5f8a12"),
            displayName: "R\"n\"D", detail: "Create a new key.",
            at: try Instant(rfc3339: "2026-11-20T12:00:00Z"))
    }

    /// What the hook was sent, answered with `status`.
    private func sent(
        status: Int = 204, sign: @escaping @Sendable ([UInt8]) throws -> [UInt8]?
    ) async throws -> [StubHTTPServer.Request] {
        let box = RequestBox()
        let server = try await StubHTTPServer { request in
            box.append(request)
            return .init(status: status, headers: [("location", "/elsewhere")])
        }
        let notifier = try WebhookNotifier(
            url: Secret(server.baseURL + "/hook?token=t"), sign: sign)
        await notifier.notify(try notice(), logger)
        try await server.close()
        return box.all
    }

    @Test func noticesAreSignedJSON() async throws {
        let requests = try await sent { body in [UInt8(body.count & 0xff), 0x0a] }
        let request = try #require(requests.first)
        #expect(request.method == "POST")
        #expect(request.target == "/hook?token=t")
        #expect(request.headers["content-type"] == "application/json")
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(
            body == """
                {"at":"2026-11-20T12:00:00Z",\
                "connection_id":"01934f5e-7c3a-7c21-9b62-0a3d5a5f8a12",\
                "detail":"Create a new key.","display_name":"R\\"n\\"D",\
                "kind":"connection.key_refused",\
                "organization_id":"01934f5e-7c3a-7c21-9b62-0a3d5a5f8a11"}
                """)
        let first = String(body.utf8.count & 0xff, radix: 16)
        #expect(
            request.headers["tally-signature"]
                == "sha256=\(first.count == 1 ? "0" : "")\(first)0a")
    }

    @Test func noticesGoUnsignedWithoutAKeyAndFollowNoRedirect() async throws {
        let requests = try await sent(status: 302) { _ in nil }
        #expect(requests.count == 1)
        #expect(requests.first?.headers["tally-signature"] == nil)
    }

    @Test(arguments: [
        "http://hooks.example/x", "ftp://x", "", "http://127.0.0.1.evil.example/x",
    ])
    func addressesMustBeEncrypted(_ url: String) {
        let expected = ServiceError(.invalidArgument, "WEBHOOK_URL_INVALID", "")
        #expect(throws: expected) {
            try WebhookNotifier(url: Secret(url)) { _ in nil }
        }
    }

    private final class RequestBox: Sendable {
        private let requests = Mutex<[StubHTTPServer.Request]>([])

        func append(_ request: StubHTTPServer.Request) {
            requests.withLock { $0.append(request) }
        }

        var all: [StubHTTPServer.Request] { requests.withLock { $0 } }
    }
}
