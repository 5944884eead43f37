import Core
import Logging
import Wire

/// A call on its way from its connection to its handler and back.
struct AcceptedCall: Sendable {
    let open: Open
    /// Metadata of the connection's `Hello`, or why it is none.
    let helloMetadata: Result<[CallMetadata.Entry], ServiceError>
    let peer: RPCPeer
    let streamID: UInt32
    let arrival: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant?
    let cancelSignal: CancelSignal
    /// Tells the connection that the request is being parsed.
    let requestTaken: @Sendable () -> Void
    /// Tells the connection how the call ended.
    let ended: @Sendable (Close) -> Void
}

/// Runs accepted calls through the router.
struct CallExecutor: Sendable {
    let router: RPCRouter
    let logger: Logger
    let callEnded: (@Sendable (RPCCallRecord) -> Void)?

    /// Runs one call to its end. The handler's task is cancelled when the call's signal fires; this
    /// returns only after the handler has.
    func run(_ call: AcceptedCall) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let close = await self.close(for: call)
                call.ended(close)
                self.report(call, close)
            }
            group.addTask { await call.cancelSignal.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private func close(for call: AcceptedCall) async -> Close {
        var logger = self.logger
        logger[metadataKey: "stream"] = "\(call.streamID)"
        do {
            let metadata = try CallMetadata(
                hello: call.helloMetadata.get(),
                open: call.open.metadata.map { ($0.key, $0.value) })
            let method = call.open.method
            let context = RPCContext(
                method: method, kind: router.kind(of: method),
                idempotency: router.idempotency(of: method),
                request: RPCRequest(
                    message: call.open.message,
                    isComplete: call.open.hasMessage && call.open.halfClose,
                    whenTaken: call.requestTaken),
                metadata: metadata, deadline: call.deadline, peer: call.peer, logger: logger)
            logger = context.logger
            return .success(try await router.respond(to: context))
        } catch {
            return ErrorStatus.close(for: error, logger: logger)
        }
    }

    private func report(_ call: AcceptedCall, _ close: Close) {
        let duration = call.arrival.duration(to: .now)
        let code =
            call.cancelSignal.reason?.code
            ?? ServiceError.Code(rawValue: close.status?.code ?? 0)
        let isKnown = router.kind(of: call.open.method) != nil
        let method = isKnown ? call.open.method : "unknown"
        var metadata: Logger.Metadata = [
            "method": "\(method)", "peer": "\(call.peer.address)", "stream": "\(call.streamID)",
            "code": "\(code)", "microseconds": "\(duration.wholeMicroseconds)",
        ]
        if let reason = close.status?.details.first?.reason {
            metadata["reason"] = "\(reason)"
        }
        logger.info("A call ended.", metadata: metadata)
        callEnded?(RPCCallRecord(method: method, code: code, duration: duration))
    }
}

extension ServerConnectionStateMachine.CancelReason {
    /// The code that the call ended with on the wire, or would have.
    var code: ServiceError.Code {
        switch self {
        case .deadline: .deadlineExceeded
        case .cancelled, .connectionLost: .cancelled
        case .drained: .unavailable
        }
    }
}

extension Duration {
    var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
