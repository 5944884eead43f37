import AsyncHTTPClient
package import Core
import Domain
import FoundationEssentials
package import Logging
import NIOCore
import NIOHTTP1

/// Posts notices as JSON to one address, signed where it has a key.
///
/// The body is `{"at","connection_id","detail","display_name","kind","organization_id"}` of a connection, and
/// `{"at","day","detail","fields","kind","organization_id","rollups"}` of roll-ups; the header
/// `tally-signature` is `sha256=` and the hexadecimal HMAC-SHA256 of the body. One attempt of at most
/// ten seconds; redirects are not followed.
package struct WebhookNotifier: Notifier {
    private let url: Secret<String>
    private let sign: @Sendable ([UInt8]) throws -> [UInt8]?

    /// - Parameters:
    ///   - url: https, or http for this machine.
    ///   - sign: keyed hash of the body; nil sends it unsigned.
    package init(
        url: Secret<String>, sign: @escaping @Sendable ([UInt8]) throws -> [UInt8]?
    ) throws(ServiceError) {
        let text = url.reveal()
        let isLocal = ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { prefix in
            text.hasPrefix(prefix) && [":", "/", nil].contains(text.dropFirst(prefix.count).first)
        }
        guard text.hasPrefix("https://") || isLocal else {
            throw ServiceError(
                .invalidArgument, "WEBHOOK_URL_INVALID", field: "TALLY_OPERATOR_WEBHOOK_URL",
                "TALLY_OPERATOR_WEBHOOK_URL must begin with https://.")
        }
        self.url = url
        self.sign = sign
    }

    package func notify(_ notice: ConnectionNotice, _ logger: Logger) async {
        await send(ConnectionBody(notice), logger)
    }

    package func notify(_ notice: RollupNotice, _ logger: Logger) async {
        await send(RollupBody(notice), logger)
    }

    private func send(_ body: some Encodable, _ logger: Logger) async {
        do {
            let status = try await post(body)
            guard !(200..<300).contains(status) else { return }
            logger.warning("webhook refused a notice", metadata: ["status": "\(status)"])
        } catch {
            logger.warning("webhook cannot be reached", metadata: ["error": "\(type(of: error))"])
        }
    }

    private struct ConnectionBody: Encodable {
        let kind: String
        let organization_id: String
        let connection_id: String
        let display_name: String
        let detail: String
        let at: String

        init(_ notice: ConnectionNotice) {
            kind = notice.kind.rawValue
            organization_id = notice.organizationID.text
            connection_id = notice.connectionID.text
            display_name = notice.displayName
            detail = notice.detail
            at = notice.at.rfc3339
        }
    }

    private struct RollupBody: Encodable {
        let kind = "rollups.differ"
        let organization_id: String
        let day: String
        let rollups: Int
        let fields: [String]
        let detail: String
        let at: String

        init(_ notice: RollupNotice) {
            organization_id = notice.organizationID.text
            day = String(notice.day.rfc3339.prefix(10))
            rollups = notice.rollups
            fields = notice.fields
            detail = notice.detail
            at = notice.at.rfc3339
        }
    }

    private func post(_ body: some Encodable) async throws -> Int {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = [UInt8](try encoder.encode(body))
        var request = HTTPClientRequest(url: url.reveal())
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "Tallystick/1.0")
        if let signature = try sign(bytes) {
            request.headers.add(name: "tally-signature", value: "sha256=\(signature.hexDigits)")
        }
        request.body = .bytes(ByteBuffer(bytes: bytes))
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        // Notices are rare: a client of its own costs less than keeping one.
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<Int, any Error>
        do {
            let response = try await client.execute(request, timeout: .seconds(10))
            result = .success(Int(response.status.code))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }
}
