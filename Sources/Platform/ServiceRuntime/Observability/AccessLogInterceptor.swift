import Core
package import RPC

/// Tells an access log of every call, also of those that fail.
///
/// It stands outside of the authentication, so that refused calls show too, and learns who called
/// from the notes.
package struct AccessLogInterceptor: RPCInterceptor {
    private let log: any AccessLog

    package init(log: any AccessLog) {
        self.log = log
    }

    package func admit(_ context: inout RPCContext) -> RPCAdmission { .proceed }

    package func ended(_ context: RPCContext, _ outcome: inout Result<RPCResponse, any Error>) {
        let end = context.end(outcome)
        var responseByteCount = 0
        if end.code == .ok, case .success(let response) = outcome {
            responseByteCount = response.message?.count ?? 0
        }
        log.callEnded(
            AccessRecord(
                method: context.knownMethod, peer: context.peer, outcome: end,
                nanoseconds: context.arrival.nanoseconds(to: .now),
                caller: (context.notes.identity as? VerifiedCaller)?.caller, trace: context.trace,
                requestByteCount: context.request.byteCount,
                responseByteCount: responseByteCount))
    }
}
