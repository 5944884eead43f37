import API
import Core
import ServiceRuntime

/// What a caller asks of a new token, checked.
struct TokenRequest: Sendable {
    let displayName: DisplayName
    let role: CallerRole
    let expireTime: Instant?

    /// Checks the fields in their order; `ROLE_ABOVE_CALLER`; `EXPIRE_TIME_NOT_IN_FUTURE`.
    init(
        wire request: CreateTokenRequest, caller: CallerRole, now: Instant
    ) throws(ServiceError) {
        displayName = try DisplayName(request.displayName)
        role = try CallerRole(wire: request.role)
        try caller.mustCover(role)
        guard let timestamp = request.expireTime else {
            expireTime = nil
            return
        }
        let expiry = try ServiceError.naming("expire_time") { () throws(ServiceError) in
            try timestamp.instant()
        }
        guard expiry > now else {
            throw ServiceError(
                .invalidArgument, "EXPIRE_TIME_NOT_IN_FUTURE", field: "expire_time",
                "A token must expire in the future; leave the time out for one that does not.")
        }
        expireTime = expiry
    }
}
