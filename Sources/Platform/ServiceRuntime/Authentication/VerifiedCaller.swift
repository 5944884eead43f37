import Core
import Logging
import RPC

/// A caller whose token was verified, and until when that may be taken for granted: what the
/// authentication leaves for the handlers, and, of a token in `Hello`, for the calls that follow.
final class VerifiedCaller: RPCIdentity {
    let caller: Caller
    let limits: TokenLimits
    let until: MonotonicInstant

    init(
        caller: Caller, limits: TokenLimits = .none,
        until: MonotonicInstant = MonotonicInstant(nanoseconds: .max)
    ) {
        self.caller = caller
        self.limits = limits
        self.until = until
    }

    func add(to metadata: inout Logger.Metadata) {
        metadata["token"] = "\(caller.tokenID)"
        if let organizationID = caller.organizationID {
            metadata["organization"] = "\(organizationID)"
        }
    }
}
