package import Core

/// The base URL of one provider's admin API: a setting of the operator, never of a tenant.
package struct ProviderEndpoint: Sendable, Hashable {
    /// Without a trailing slash, and without the `/v1` that every path begins with.
    package let baseURL: String

    /// Checks an operator's setting: an origin, perhaps with a path before the provider's own.
    /// OpenAI documents its base with `/v1` and Anthropic without; either is taken either way.
    ///
    /// Plain HTTP would show admin keys to the network, so it is refused but to this machine,
    /// unless `allowsPlaintext` says the network between is trusted.
    /// - Throws: `PROVIDER_URL_INVALID` or `PROVIDER_URL_NOT_ENCRYPTED`.
    package init(_ url: String, allowsPlaintext: Bool = false) throws(ServiceError) {
        let scheme = url.hasPrefix("https://") ? "https://" : "http://"
        guard url.hasPrefix(scheme) else { throw Self.invalid }
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" }
        guard !authority.isEmpty,
            url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !url.contains(where: { "@?#".contains($0) })
        else { throw Self.invalid }
        guard scheme == "https://" || allowsPlaintext || Self.isLoopback(authority) else {
            throw ServiceError(
                .invalidArgument, "PROVIDER_URL_NOT_ENCRYPTED",
                "the base URL of a provider must be https: admin keys go over it")
        }
        var trimmed = url[...]
        while trimmed.last == "/" { trimmed = trimmed.dropLast() }
        if trimmed.hasSuffix("/v1") { trimmed = trimmed.dropLast(3) }
        self.baseURL = String(trimmed)
    }

    private init(constant baseURL: String) {
        self.baseURL = baseURL
    }

    package static let openAI = ProviderEndpoint(constant: "https://api.openai.com")
    package static let anthropic = ProviderEndpoint(constant: "https://api.anthropic.com")

    package static let openRouter = ProviderEndpoint(constant: "https://openrouter.ai/api")

    private static let invalid = ServiceError(
        .invalidArgument, "PROVIDER_URL_INVALID",
        "the base URL of a provider must look like https://host[:port][/path]")

    private static func isLoopback(_ authority: Substring) -> Bool {
        if authority.hasPrefix("[::1]") { return true }
        let host = authority.prefix { $0 != ":" }
        return host == "localhost" || host == "127.0.0.1"
    }
}
