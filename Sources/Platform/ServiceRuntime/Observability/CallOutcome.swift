import Core
import RPC

extension RPCContext {
    /// How the call ends for its peer, given what its interceptors and handler came to.
    ///
    /// A call that is cancelled ends at that moment for its peer, whatever becomes of its handler.
    func end(_ outcome: Result<RPCResponse, any Error>) -> RPCOutcome {
        if let code = notes.cancellation { return RPCOutcome(cancelledWith: code) }
        switch outcome {
        case .success: return .ok
        case .failure(let error): return RPCOutcome(of: error)
        }
    }
}
