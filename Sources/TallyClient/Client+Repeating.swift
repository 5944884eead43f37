import Core
import NIOCore
import RPC
import Wire

extension Client {
    /// One attempt at a call.
    struct Attempt: Sendable {
        let pool: ConnectionPool
        let metadata: [Metadata]
        /// When the call has taken too long, earlier attempts included; nil: never.
        let deadline: ContinuousClock.Instant?
        /// How long a connection may take where the call itself has no deadline.
        let connectTimeout: Duration
        let time: ClientTime

        /// Starts the call on a connection that has room.
        /// - Throws: Where there is no connection; nothing was sent.
        func start(
            method: String, kind: CallKind, message: [UInt8]?, isHalfClosed: Bool
        ) async throws(ClientCallFailure) -> PooledCall {
            let (connection, lease) = try await pool.connection(
                deadline: deadline ?? time.now() + connectTimeout)
            let timeLeft = deadline.map { TimeAmount(time.now().duration(to: $0)) }
            let call = connection.start(
                method: method, kind: kind, metadata: metadata, message: message,
                isHalfClosed: isHalfClosed, deadline: timeLeft.map { .now() + $0 })
            return PooledCall(call: call, lease: lease)
        }
    }

    /// Attempts a call until it succeeds, fails for good, or has taken too long.
    /// - Parameter isStream: Whether the call has no deadline unless its options state one.
    /// - Throws: `TallyError`.
    func repeating<Result: Sendable>(
        _ options: CallOptions, isStream: Bool = false,
        _ body: (Attempt) async throws(ClientCallFailure) -> Result
    ) async throws -> Result {
        let timeout = options.timeout ?? (isStream ? nil : configuration.callTimeout)
        let deadline = timeout.map { time.now() + $0 }
        let attempt = Attempt(
            pool: pool, metadata: options.wireMetadata, deadline: deadline,
            connectTimeout: configuration.connectTimeout, time: time)
        let rule = RepetitionRule(
            countMax: configuration.retryCountMax, delay: configuration.retryDelay,
            delayMax: configuration.retryDelayMax, deadline: deadline,
            isSafe: options.isSafeToRepeat)
        var count = 0
        while true {
            let failure: ClientCallFailure
            do {
                return try await body(attempt)
            } catch {
                failure = error
            }
            guard
                let wait = rule.wait(
                    after: failure, count: count, now: time.now(), share: time.share())
            else { throw TallyError(failure) }
            do {
                try await time.sleep(wait)
            } catch {
                throw TallyError(ClientCallFailure.cancelled)
            }
            count += 1
        }
    }
}

extension CallOptions {
    /// Whether a call that may have been carried out may be sent again.
    var isSafeToRepeat: Bool { isIdempotent || idempotencyKey != nil }

    var wireMetadata: [Metadata] {
        var entries = metadata.map { Metadata(key: $0.key, value: Array($0.value.utf8)) }
        if let idempotencyKey {
            entries.append(
                Metadata(key: CallMetadata.idempotencyKey, value: Array(idempotencyKey.utf8)))
        }
        return entries
    }
}
