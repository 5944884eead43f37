import Core
import Logging
import Wire

/// Takes accepted calls through the router to their `Close`.
struct CallExecutor: Sendable {
    let router: RPCRouter
    let logger: Logger

    /// Takes a call that has to wait to its end, in a task of its own.
    /// - Parameter end: Takes what the peer is told, on no particular thread.
    func finish(
        _ waiting: RPCRouter.WaitingCall, streamID: UInt32,
        _ end: @escaping @Sendable (Close) -> Void
    ) {
        let call = waiting.context.call
        call.start(call.route?.start ?? .onEventLoop) {
            switch await router.finish(waiting) {
            case .success(let response): end(.success(response))
            case .failure(let error):
                end(
                    close(
                        for: error, of: call.route, peer: call.connection.peer, streamID: streamID))
            }
        }
    }

    /// Lets those that watch calls see one whose refusal is on its way already: in a task where one of them
    /// waits, as long as there is room for one.
    func show(
        _ call: RPCCall, streamID: UInt32, refusedWith error: ServiceError,
        _ table: ConnectionTable, _ network: PeerNetwork
    ) {
        guard case .waiting(let waiting) = router.attempt(RPCContext(call: call)) else { return }
        guard table.beginCall(of: network) else {
            _ = router.refuse(waiting, with: error)
            return
        }
        finish(waiting, streamID: streamID) { _ in table.callEnded(of: network) }
    }

    /// How a call ends that failed; what its peer may not know is logged.
    /// - Parameter route: Nil where the method is none, whose name is whatever the peer wrote.
    func close(
        for error: any Error, of route: RPCRouter.Route?, peer: RPCPeer, streamID: UInt32
    ) -> Close {
        var logger = self.logger
        logger[metadataKey: "method"] = "\(route?.method ?? "unknown")"
        logger[metadataKey: "peer"] = "\(peer.address)"
        logger[metadataKey: "stream"] = "\(streamID)"
        return ErrorStatus.close(for: error, logger: logger)
    }
}
