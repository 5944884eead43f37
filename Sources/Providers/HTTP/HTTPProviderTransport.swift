import AsyncHTTPClient
import Core
import NIOCore
import NIOHTTP1

/// Sends requests to one provider over HTTP, bounded in time and size.
///
/// Redirects are not followed: a key goes to the operator's base URL and nowhere else.
package final class HTTPProviderTransport: ProviderTransport {
    /// Bounds of one exchange.
    package struct Limits: Sendable, Hashable {
        /// Bytes of a body; default 32 MiB, about 60,000 rows of a usage report.
        package var bodyBytesMax = 32 * 1024 * 1024
        /// From connecting to the last byte; default one minute.
        package var exchange: Duration = .seconds(60)

        package init() {}
    }

    private let client: HTTPClient
    private let endpoint: ProviderEndpoint
    private let limits: Limits

    /// One client serves all transports of a process; whoever made it shuts it down.
    package init(endpoint: ProviderEndpoint, client: ProviderHTTPClient, limits: Limits = Limits())
    {
        self.client = client.client
        self.endpoint = endpoint
        self.limits = limits
    }

    package func send(_ request: ProviderRequest) async throws(ProviderError) -> ProviderResponse {
        var outgoing = HTTPClientRequest(url: endpoint.baseURL + request.target)
        outgoing.headers.add(name: "accept", value: "application/json")
        outgoing.headers.add(name: "user-agent", value: "Tallystick/1.0")
        for header in request.headers {
            outgoing.headers.add(name: header.name, value: header.value)
        }
        outgoing.headers.add(
            name: request.credential.name, value: request.credential.value.reveal())
        do {
            return try await exchange(outgoing)
        } catch let error as ProviderError {
            throw error
        } catch let error as HTTPClientError where Self.timeouts.contains(error) {
            throw ProviderError(.timedOut)
        } catch {
            // Whatever else the client says (refused, reset, TLS) has one remedy: try again.
            throw ProviderError(.unreachable)
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded,
        .getConnectionFromPoolTimeout,
    ]

    /// Races the exchange against its time limit: the client's own deadline ends with the head.
    private func exchange(_ request: HTTPClientRequest) async throws -> ProviderResponse {
        try await withThrowingTaskGroup(of: ProviderResponse.self) { group in
            group.addTask { try await self.receive(request) }
            group.addTask {
                try await Task.sleep(for: self.limits.exchange)
                throw ProviderError(.timedOut)
            }
            defer { group.cancelAll() }
            guard let response = try await group.next() else { throw ProviderError(.timedOut) }
            return response
        }
    }

    private func receive(_ request: HTTPClientRequest) async throws -> ProviderResponse {
        let deadline = NIODeadline.now() + TimeAmount(limits.exchange)
        let response = try await client.execute(request, deadline: deadline)
        var body: [UInt8] = []
        for try await chunk in response.body {
            guard body.count + chunk.readableBytes <= limits.bodyBytesMax else {
                throw ProviderError(
                    .tooLarge(bytesMax: limits.bodyBytesMax), status: Int(response.status.code))
            }
            body.append(contentsOf: chunk.readableBytesView)
        }
        var headers: [String: String] = [:]
        for header in response.headers {
            headers[header.name.lowercased()] = header.value
        }
        return ProviderResponse(
            status: Int(response.status.code), headers: headers, body: body)
    }
}

/// The process's HTTP client for provider calls.
package final class ProviderHTTPClient: Sendable {
    let client: HTTPClient

    /// - Parameter isPatient: Whether it goes on trying to connect, within the time of an exchange, where
    ///   nobody answers. Who waits for an answer wants to hear that at once.
    package init(isPatient: Bool = true) {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = isPatient
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes all connections; no transport may be used after it.
    package func shutdown() async throws {
        try await client.shutdown()
    }
}
