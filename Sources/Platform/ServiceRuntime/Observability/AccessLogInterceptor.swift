package import Core
package import RPC

/// Tells an access log of every call, also of those that fail; but of failures of nobody that is known, only
/// so many a second of each network, and how many more there were: whoever can connect could else fill the
/// disk.
///
/// It stands outside of the authentication, so that refused calls show too, and learns who called
/// from the notes.
package struct AccessLogInterceptor: RPCInterceptor {
    private let log: any AccessLog
    private let strangers: StrangerMeter

    package init(log: any AccessLog, clock: MonotonicClock = .system) {
        self.log = log
        strangers = StrangerMeter(clock: clock)
    }

    package func admit(_ context: inout RPCContext) -> RPCAdmission { .proceed }

    package func ended(_ context: RPCContext, _ outcome: inout Result<RPCResponse, any Error>) {
        let end = context.end(outcome)
        let caller = (context.notes.identity as? VerifiedCaller)?.caller
        var omittedCount = 0
        if caller == nil, end.code != .ok {
            guard let count = strangers.admit(PeerNetwork(context.peer.address)) else { return }
            omittedCount = count
        }
        var responseByteCount = 0
        if end.code == .ok, case .success(let response) = outcome {
            responseByteCount = response.message?.count ?? 0
        }
        log.callEnded(
            AccessRecord(
                method: context.knownMethod, peer: context.peer, outcome: end,
                nanoseconds: context.arrival.nanoseconds(to: .now),
                caller: caller, trace: context.trace,
                requestByteCount: context.request.byteCount,
                responseByteCount: responseByteCount, omittedCount: omittedCount))
    }
}
