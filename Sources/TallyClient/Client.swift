import Core
public import Logging
import NIOCore
import RPC
public import Wire

/// Calls a Tally server over a few connections, which any number of tasks may share.
///
/// A connection is made by the first call, and made anew when it was lost or the server drains; a
/// further one is made when those there are full. Calls that certainly never reached a server are
/// repeated a few times; others only where that is safe: they change nothing, or changing twice is
/// the same as once, or they carry an idempotency key. Cancelling a task cancels its call at the
/// server. Every error is a `TallyError`.
public final class Client: Sendable {
    let configuration: TallyClientConfiguration
    let pool: ConnectionPool
    let time: ClientTime

    /// - Parameter logger: Where connections that fail are logged, at debug.
    public convenience init(
        configuration: TallyClientConfiguration, logger: Logger = Logger(label: "tally-client")
    ) {
        self.init(configuration: configuration, logger: logger, time: .real)
    }

    init(configuration: TallyClientConfiguration, logger: Logger, time: ClientTime) {
        self.configuration = configuration
        self.time = time
        pool = ConnectionPool(configuration: configuration, logger: logger, time: time)
    }

    /// Calls a unary method.
    /// - Throws: `TallyError`.
    public func call<Method: RPCMethod>(
        _: Method.Type, _ request: Method.Request, options: CallOptions = CallOptions()
    ) async throws -> Method.Response {
        var options = options
        options.isIdempotent = options.isIdempotent || Method.idempotency != .unknown
        let response = try await callRaw(
            method: Method.name, bytes: request.serialized(), options: options)
        return try Method.Response(received: response)
    }

    /// Calls a unary method by name, with a serialized request.
    /// - Returns: The serialized response.
    /// - Throws: `TallyError`.
    public func callRaw(
        method: String, bytes: [UInt8], options: CallOptions = CallOptions()
    ) async throws -> [UInt8] {
        try await repeating(options) { attempt throws(ClientCallFailure) in
            let call = try await attempt.start(
                method: method, kind: .unary, message: bytes, isHalfClosed: true)
            return try await call.answer().message
        }
    }

    /// Ends the connections; calls under way fail as UNAVAILABLE, later ones at once. A client that
    /// nobody keeps ends them too, without waiting for it.
    public func close() async {
        await pool.close()
    }
}

extension WireMessage {
    /// A message that the server sent.
    init(received bytes: [UInt8]) throws {
        do {
            self = try Self(serialized: bytes)
        } catch {
            throw TallyError(
                ServiceError(
                    .internal, "MALFORMED_MESSAGE",
                    "The response is not a serialized \(Self.messageName)."))
        }
    }
}
