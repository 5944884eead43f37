package import Core

/// Which connector reads which provider.
package struct ProviderRegistry: Sendable {
    /// A new provider is one line here.
    private static let connectors: [any ProviderConnector.Type] = [
        OpenAIConnector.self, AnthropicConnector.self, OpenRouterConnector.self,
    ]

    let transports: [ProviderName: any ProviderTransport]

    /// - Parameter transports: how each provider is reached; in programs `HTTPProviderTransport`.
    package init(transports: [ProviderName: any ProviderTransport]) {
        self.transports = transports
    }

    /// The connector of an account; nil for a provider that has none or is not reachable here.
    package func connector(
        for provider: ProviderName, key: Secret<String>
    ) -> (any ProviderConnector)? {
        guard let transport = transports[provider] else { return nil }
        return Self.connector(of: provider)?.init(key: key, transport: transport)
    }

    /// The reports of a provider's accounts; none of a provider that has no connector.
    package static func reports(of provider: ProviderName) -> [ProviderReport] {
        connector(of: provider)?.reports ?? []
    }

    private static func connector(of provider: ProviderName) -> (any ProviderConnector.Type)? {
        connectors.first { $0.provider == provider }
    }
}
