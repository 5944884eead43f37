package import RPC

/// Where one line for each call goes.
package protocol AccessLog: Sendable {
    /// A call ended. It runs on the call's way to its peer, so it must not wait.
    func callEnded(_ record: AccessRecord)
}

/// What is told of a call that ended: no payload, no secret.
package struct AccessRecord: Sendable {
    /// The method's name; `unknown` where the server has none of that name.
    package let method: String
    package let peer: RPCPeer
    package let outcome: RPCOutcome
    /// How long it took until the response was made, which has not gone out yet.
    package let nanoseconds: Int64
    /// Nil where nobody was authenticated.
    package let caller: Caller?
    /// Nil where the call belongs to no trace.
    package let trace: TraceContext?
    /// Bytes of the first message; streams may have had more.
    package let requestByteCount: Int
    /// Bytes of the answer in `Close`; 0 for errors and streams.
    package let responseByteCount: Int
    /// Failed calls of this peer's network that are not logged one by one, since the last that is.
    package let omittedCount: Int

    package init(
        method: String, peer: RPCPeer, outcome: RPCOutcome, nanoseconds: Int64, caller: Caller?,
        trace: TraceContext?, requestByteCount: Int, responseByteCount: Int, omittedCount: Int = 0
    ) {
        self.method = method
        self.peer = peer
        self.outcome = outcome
        self.nanoseconds = nanoseconds
        self.caller = caller
        self.trace = trace
        self.requestByteCount = requestByteCount
        self.responseByteCount = responseByteCount
        self.omittedCount = omittedCount
    }
}
