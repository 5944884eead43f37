package import Core

/// Which connector reads which provider. A new provider is one line here.
package struct ProviderRegistry: Sendable {
    private let transports: [ProviderName: any ProviderTransport]

    /// - Parameter transports: how each provider is reached; in programs `HTTPProviderTransport`.
    package init(transports: [ProviderName: any ProviderTransport]) {
        self.transports = transports
    }

    /// The connector of an account; nil for a provider that has none or is not reachable here.
    package func connector(
        for provider: ProviderName, key: Secret<String>
    ) -> (any ProviderConnector)? {
        guard let transport = transports[provider] else { return nil }
        switch provider {
        case .openAI: return OpenAIConnector(key: key, transport: transport)
        case .anthropic: return AnthropicConnector(key: key, transport: transport)
        default: return nil
        }
    }
}
