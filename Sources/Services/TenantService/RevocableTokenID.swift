import Core
import ServiceRuntime

/// The public part of a token that may be revoked by this call.
struct RevocableTokenID: Sendable {
    let text: String

    /// Checks in order: `TOKEN_ID_MALFORMED`; `TOKEN_IN_USE` for the token that makes the call, so
    /// that an organization never locks itself out.
    init(_ text: String, inUse: String) throws(ServiceError) {
        let isWellFormed = text.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0)
        }
        guard isWellFormed, text.utf8.count == TokenText.idLength else {
            throw ServiceError(
                .invalidArgument, "TOKEN_ID_MALFORMED", field: "id",
                "A token's id is \(TokenText.idLength) characters of a-z and 2-7, the part between "
                    + "`tly_` and the next underscore.")
        }
        guard text != inUse else {
            throw ServiceError(
                .failedPrecondition, "TOKEN_IN_USE", field: "id",
                "The token cannot revoke itself. Use another token of the organization.")
        }
        self.text = text
    }
}
