import Core
import ServiceRuntime

/// The public part of a token, as a request names it.
struct TokenID: Sendable, Hashable {
    let text: String

    /// Anything but 16 characters of base32 is `TOKEN_ID_MALFORMED`.
    init(_ text: String) throws(ServiceError) {
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
        self.text = text
    }

    /// `TOKEN_IN_USE` for the token that makes the call, so that an organization never locks itself
    /// out.
    init(revoking text: String, inUse: String) throws(ServiceError) {
        try self.init(text)
        guard text != inUse else {
            throw ServiceError(
                .failedPrecondition, "TOKEN_IN_USE", field: "id",
                "The token cannot revoke itself. Use another token of the organization.")
        }
    }

    static var notFound: ServiceError {
        ServiceError(
            .notFound, "TOKEN_NOT_FOUND", field: "id",
            "The organization has no token with this id.")
    }
}
