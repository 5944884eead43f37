package import Core
import Wire

/// Why a client's call has no response.
package struct ClientCallFailure: Error, Sendable {
    /// What went wrong: the server's own words, or the client's about the connection.
    package let error: ServiceError
    /// Every detail the server gave.
    package var details: [ErrorDetailText] = []
    /// Whether the server cannot have begun the call, so that repeating it does no harm.
    package let isNeverSent: Bool

    /// One detail of the server's status.
    package struct ErrorDetailText: Sendable, Hashable {
        package let reason: String
        package let field: String
        package let description: String
        package let retryAfter: Duration?
    }

    package init(_ error: ServiceError, isNeverSent: Bool) {
        self.error = error
        self.isNeverSent = isNeverSent
    }

    /// Whether the server says that it had no room to begin the call in, which passes.
    package var isForWantOfRoom: Bool {
        switch error.code {
        case .resourceExhausted: error.reason == "TOO_MANY_STREAMS"
        case .unavailable: error.reason == "OVERLOADED"
        default: false
        }
    }

    /// What a server's `Close` says.
    init(status: Status) {
        details = status.details.map {
            ErrorDetailText(
                reason: $0.reason, field: $0.field, description: $0.description,
                retryAfter: $0.retryAfterMs > 0 ? .milliseconds(Int64($0.retryAfterMs)) : nil)
        }
        let first = details.first
        error = ServiceError(
            ServiceError.Code(rawValue: status.code),
            ServiceError.Reason(rawValue: first?.reason ?? ""),
            field: first.flatMap { $0.field.isEmpty ? nil : $0.field }, status.message,
            retryAfter: first?.retryAfter)
        isNeverSent = false
    }

    /// The program cancelled the call, which may have begun.
    package static let cancelled = ClientCallFailure(
        ServiceError(.cancelled, "CANCELLED", "The call was cancelled."), isNeverSent: false)

    static func requestTooLarge(_ frameByteCountMax: UInt32) -> ClientCallFailure {
        ClientCallFailure(
            ServiceError(
                .resourceExhausted, "REQUEST_TOO_LARGE",
                "The request does not fit the server's limit of \(frameByteCountMax) bytes."),
            isNeverSent: true)
    }

    static func unavailable(
        _ reason: ServiceError.Reason, _ message: String, isNeverSent: Bool,
        cause: (any Error)? = nil
    ) -> ClientCallFailure {
        ClientCallFailure(
            ServiceError(.unavailable, reason, message, cause: cause), isNeverSent: isNeverSent)
    }
}
