import Core
public import Logging
import NIOCore
import RPC
public import Wire

/// Calls a Tally server over one connection, which any number of tasks may share.
///
/// The connection is made by the first call, and made anew when it was lost or the server drains.
/// Calls that certainly never reached a server are repeated a few times; others only where
/// `CallOptions.isIdempotent` allows it. Cancelling a task cancels its call at the server. Every
/// error is a `TallyError`.
public final class Client: Sendable {
    private let configuration: TallyClientConfiguration
    private let dialer: Dialer

    /// - Parameter logger: Where connections that fail are logged, at debug.
    public init(
        configuration: TallyClientConfiguration, logger: Logger = Logger(label: "tally-client")
    ) {
        self.configuration = configuration
        dialer = Dialer(configuration: configuration, logger: logger)
    }

    /// Calls a unary method.
    /// - Throws: `TallyError`.
    public func call<Method: RPCMethod>(
        _: Method.Type, _ request: Method.Request, options: CallOptions = CallOptions()
    ) async throws -> Method.Response {
        let response = try await callRaw(
            method: Method.name, bytes: request.serialized(), options: options)
        do {
            return try Method.Response(serialized: response)
        } catch {
            throw TallyError(
                ServiceError(
                    .internal, "MALFORMED_MESSAGE",
                    "The response is not a serialized \(Method.Response.messageName)."))
        }
    }

    /// Calls a unary method by name, with a serialized request.
    /// - Returns: The serialized response.
    /// - Throws: `TallyError`.
    public func callRaw(
        method: String, bytes: [UInt8], options: CallOptions = CallOptions()
    ) async throws -> [UInt8] {
        let deadline = ContinuousClock.now + (options.timeout ?? configuration.callTimeout)
        let metadata = options.metadata.map { Metadata(key: $0.key, value: Array($0.value.utf8)) }
        var retryCount = 0
        while true {
            let failure: ClientCallFailure
            do {
                return try await attempt(
                    method: method, bytes: bytes, metadata: metadata, deadline: deadline)
            } catch {
                failure = error
            }
            guard failure.error.code == .unavailable,
                failure.isNeverSent || options.isIdempotent,
                retryCount < configuration.retryCountMax
            else { throw TallyError(failure) }
            let delay = max(delay(before: retryCount), failure.error.retryAfter ?? .zero)
            guard ContinuousClock.now + delay < deadline else { throw TallyError(failure) }
            do {
                try await Task.sleep(for: delay)
            } catch {
                throw TallyError(ClientCallFailure.cancelled)
            }
            retryCount += 1
        }
    }

    /// Ends the connection; calls under way fail as UNAVAILABLE, later ones at once.
    public func close() async {
        await dialer.close()
    }

    private func attempt(
        method: String, bytes: [UInt8], metadata: [Metadata], deadline: ContinuousClock.Instant
    ) async throws(ClientCallFailure) -> [UInt8] {
        let connection = try await dialer.connection(deadline: deadline)
        let timeLeft = TimeAmount(ContinuousClock.now.duration(to: deadline))
        return try await connection.call(
            method: method, metadata: metadata, message: bytes, deadline: .now() + timeLeft)
    }

    /// Doubles with each repetition; half of it is random, so that clients that failed together do
    /// not come back together.
    private func delay(before retryCount: Int) -> Duration {
        let full = min(
            configuration.retryDelay * Double(1 << min(retryCount, 16)),
            configuration.retryDelayMax)
        return full * Double.random(in: 0.5...1)
    }
}
