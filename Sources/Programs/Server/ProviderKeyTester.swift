import ConnectionService
import Core
import Providers

/// Tests keys at the providers' admin APIs, whose addresses are the operator's.
struct ProviderKeyTester: KeyTester {
    let registry: ProviderRegistry
    let clock: WallClock

    /// Bytes of an answer: a test asks for little.
    static let bodyBytesMax = 4 * 1024 * 1024
    /// Longest time of one exchange; all are under way at once.
    static let exchange = Duration.seconds(10)

    init(settings: ProviderSettings, client: ProviderHTTPClient, clock: WallClock) {
        var limits = HTTPProviderTransport.Limits()
        limits.bodyBytesMax = Self.bodyBytesMax
        limits.exchange = Self.exchange
        registry = ProviderRegistry(transports: [
            .openAI: HTTPProviderTransport(
                endpoint: settings.openAI, client: client, limits: limits),
            .anthropic: HTTPProviderTransport(
                endpoint: settings.anthropic, client: client, limits: limits),
            .openRouter: HTTPProviderTransport(
                endpoint: settings.openRouter, client: client, limits: limits),
        ])
        self.clock = clock
    }

    func test(
        _ key: Secret<String>, of provider: ConnectedProvider
    ) async throws(ServiceError) -> KeyReport {
        let name = ProviderName(rawValue: provider.rawValue)
        guard let trial = await registry.trial(of: name, key: key, now: clock.now) else {
            throw ServiceError(
                .failedPrecondition, "PROVIDER_UNKNOWN", field: "provider",
                "This server cannot reach the provider. Update Tallystick.")
        }
        return KeyReport(
            usage: Self.finding(trial.failures[.usage]),
            costs: Self.finding(trial.failures[.costs]),
            names: Self.finding(trial.failures[.names]),
            account: trial.account.map { ProviderAccount(id: $0.id, name: $0.name) })
    }

    private static func finding(_ failure: ProviderError?) -> KeyReport.Finding {
        guard let failure else { return KeyReport.Finding(.granted) }
        return KeyReport.Finding(
            failure.refusesKey ? .refused : .undecided, reason: failure.kind.reason,
            message: failure.wordsOfTrial)
    }
}
