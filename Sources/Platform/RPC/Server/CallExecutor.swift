import Core
import Logging
import Wire

/// Takes accepted calls through the router to their `Close`.
struct CallExecutor: Sendable {
    let router: RPCRouter
    let logger: Logger
    let callEnded: (@Sendable (RPCCallRecord) -> Void)?

    /// Starts one call; `whenEnded` follows the end of its handler.
    /// - Parameter metadata: The connection's, or why no call of it can succeed.
    func start(
        _ call: ServerCall, metadata: Result<CallMetadata, ServiceError>, peer: RPCPeer,
        connection: RPCConnectionScope, whenEnded: @escaping @Sendable () -> Void
    ) {
        let route = router.route(of: call.open.method)
        call.start(route?.start ?? .onEventLoop) {
            let close = await close(
                for: call, route: route, metadata: metadata, peer: peer, connection: connection)
            call.ended(close)
            report(call, isKnown: route != nil, close, peer: peer)
            whenEnded()
        }
    }

    private func close(
        for call: ServerCall, route: RPCRouter.Route?,
        metadata: Result<CallMetadata, ServiceError>, peer: RPCPeer,
        connection: RPCConnectionScope
    ) async -> Close {
        let open = call.open
        do {
            let context = RPCContext(
                method: open.method, kind: route?.kind,
                idempotency: route?.idempotency ?? .unknown,
                request: RPCRequest(
                    message: open.message, hasMessage: open.hasMessage,
                    isComplete: open.hasMessage && open.halfClose,
                    whenTaken: { call.requestTaken() }),
                metadata: try metadata.get().overlaid(by: open.metadata),
                arrival: call.arrival, deadline: call.deadline, peer: peer,
                connection: connection, notes: call.notes, stream: call, logger: logger)
            return .success(try await router.respond(to: context))
        } catch {
            var logger = self.logger
            logger[metadataKey: "method"] = route == nil ? "unknown" : "\(open.method)"
            logger[metadataKey: "peer"] = "\(peer.address)"
            logger[metadataKey: "stream"] = "\(call.streamID)"
            return ErrorStatus.close(for: error, logger: logger)
        }
    }

    private func report(_ call: ServerCall, isKnown: Bool, _ close: Close, peer: RPCPeer) {
        guard logger.logLevel <= .info || callEnded != nil else { return }
        let duration = call.arrival.duration(to: .now)
        let code =
            call.notes.cancellation ?? ServiceError.Code(rawValue: close.status?.code ?? 0)
        let method = isKnown ? call.open.method : "unknown"
        if logger.logLevel <= .info {
            var metadata: Logger.Metadata = [
                "method": "\(method)", "peer": "\(peer.address)", "stream": "\(call.streamID)",
                "code": "\(code)", "microseconds": "\(duration.wholeMicroseconds)",
            ]
            if let reason = close.status?.details.first?.reason {
                metadata["reason"] = "\(reason)"
            }
            logger.info("A call ended.", metadata: metadata)
        }
        callEnded?(RPCCallRecord(method: method, code: code, duration: duration))
    }
}

extension Duration {
    var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
