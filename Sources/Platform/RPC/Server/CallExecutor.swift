import Core
import Logging
import Wire

/// Takes accepted calls through the router to their `Close`.
struct CallExecutor: Sendable {
    let router: RPCRouter
    let logger: Logger
    let callEnded: (@Sendable (RPCCallRecord) -> Void)?

    /// Starts one call; `table` is told of the end of its handler.
    /// - Parameter metadata: The connection's, or why no call of it can succeed.
    func start(
        _ call: ServerCall, route: RPCRouter.Route?,
        metadata: Result<CallMetadata, ServiceError>, peer: RPCPeer,
        connection: RPCConnectionScope, table: ConnectionTable
    ) {
        let context: RPCContext
        do {
            context = RPCContext(
                facts: try facts(
                    of: call, route: route, metadata: metadata, peer: peer, connection: connection)
            )
        } catch {
            end(call, .failure(error), isKnown: route != nil, peer: peer, table: table)
            return
        }
        switch router.attempt(context) {
        case .ended(let outcome):
            end(call, outcome, isKnown: route != nil, peer: peer, table: table)
        case .waiting(let waiting):
            call.start(route?.start ?? .onEventLoop) {
                let outcome = await router.finish(waiting)
                end(call, outcome, isKnown: route != nil, peer: peer, table: table)
            }
        }
    }

    private func facts(
        of call: ServerCall, route: RPCRouter.Route?,
        metadata: Result<CallMetadata, ServiceError>, peer: RPCPeer,
        connection: RPCConnectionScope
    ) throws(ServiceError) -> RPCCallFacts {
        let open = call.open
        return RPCCallFacts(
            method: open.method, route: route, kind: route?.kind,
            idempotency: route?.idempotency ?? .unknown,
            request: RPCRequest(
                message: open.message, hasMessage: open.hasMessage,
                isComplete: open.hasMessage && open.halfClose, stream: call),
            metadata: try metadata.get().overlaid(by: open.metadata),
            arrival: call.arrival, deadline: call.deadline, peer: peer,
            connection: connection, stream: call, logger: logger)
    }

    private func end(
        _ call: ServerCall, _ outcome: Result<RPCResponse, any Error>, isKnown: Bool,
        peer: RPCPeer, table: ConnectionTable
    ) {
        let close: Close
        switch outcome {
        case .success(let response):
            close = .success(response)
        case .failure(let error):
            var logger = self.logger
            logger[metadataKey: "method"] = isKnown ? "\(call.open.method)" : "unknown"
            logger[metadataKey: "peer"] = "\(peer.address)"
            logger[metadataKey: "stream"] = "\(call.streamID)"
            close = ErrorStatus.close(for: error, logger: logger)
        }
        call.ended(close)
        report(call, isKnown: isKnown, close)
        table.callEnded()
    }

    private func report(_ call: ServerCall, isKnown: Bool, _ close: Close) {
        guard let callEnded else { return }
        callEnded(
            RPCCallRecord(
                method: isKnown ? call.open.method : "unknown",
                code: call.cancellation ?? ServiceError.Code(rawValue: close.status?.code ?? 0),
                duration: call.arrival.duration(to: .now)))
    }
}
