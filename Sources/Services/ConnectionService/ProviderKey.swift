import Core

/// A provider's admin key as somebody gave it, checked.
struct ProviderKey: Sendable {
    static let lengths = 12...512

    let secret: Secret<String>

    /// The key goes into an HTTP header, so nothing but visible ASCII may be in it.
    /// - Throws: `API_KEY_TOO_SHORT`, `API_KEY_MALFORMED`.
    init(_ text: String) throws(ServiceError) {
        let length = text.utf8.count
        guard length >= Self.lengths.lowerBound else {
            throw Self.missing
        }
        guard length <= Self.lengths.upperBound,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw ServiceError(
                .invalidArgument, "API_KEY_MALFORMED", field: "api_key",
                "api_key has at most 512 visible ASCII characters and no spaces")
        }
        secret = Secret(text)
    }

    /// What a key that is too short is answered with, or one that is not there.
    static let missing = ServiceError(
        .invalidArgument, "API_KEY_TOO_SHORT", field: "api_key",
        "api_key is the provider's whole admin key, at least 12 characters")

    /// The last four characters, to tell keys apart.
    var hint: String { String(secret.reveal().suffix(4)) }
}
