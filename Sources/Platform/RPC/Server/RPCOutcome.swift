package import Core
import Wire

/// How a call ends, as its peer sees it: for those who count and log calls.
package struct RPCOutcome: Sendable, Hashable {
    package let code: ServiceError.Code
    /// Nil where the call succeeded.
    package let reason: ServiceError.Reason?

    package init(_ code: ServiceError.Code, _ reason: ServiceError.Reason?) {
        self.code = code
        self.reason = reason
    }

    package static let ok = RPCOutcome(.ok, nil)

    /// What `ErrorStatus` makes of `error`; `outcomeIsWhatThePeerSees` holds them together.
    package init(of error: any Error) {
        switch error {
        case let error as ServiceError:
            switch error.code {
            case .internal, .unknown, .dataLoss, .ok: self = Self.incident
            default: self.init(error.code, error.reason)
            }
        case is WireError: self.init(.invalidArgument, "MALFORMED_MESSAGE")
        case is CancellationError: self.init(.cancelled, "CANCELLED")
        default: self = Self.incident
        }
    }

    /// What a call ends with that its peer gave up, or that time or the server's end cut off.
    package init(cancelledWith code: ServiceError.Code) {
        switch code {
        case .deadlineExceeded: self.init(code, "DEADLINE_EXCEEDED")
        case .unavailable: self.init(code, "SERVER_STOPPING")
        default: self.init(code, "CANCELLED")
        }
    }

    private static let incident = RPCOutcome(.internal, "INTERNAL")
}
