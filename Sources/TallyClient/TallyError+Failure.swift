import Core
import RPC

extension TallyError {
    init(_ failure: ClientCallFailure) {
        code = Code(rawValue: failure.error.code.rawValue)
        reason = failure.error.reason.rawValue
        field = failure.error.field
        message = failure.error.message
        details = failure.details.map {
            Detail(
                reason: $0.reason, field: $0.field, description: $0.description,
                retryAfter: $0.retryAfter)
        }
        retryAfter = failure.error.retryAfter
    }

    init(_ error: ServiceError) {
        code = Code(rawValue: error.code.rawValue)
        reason = error.reason.rawValue
        field = error.field
        message = error.message
        details = []
        retryAfter = error.retryAfter
    }
}

extension TallyError.Code: CustomStringConvertible {
    /// The canonical name, such as `INVALID_ARGUMENT`.
    public var description: String {
        "\(ServiceError.Code(rawValue: rawValue))"
    }
}
