import Configuration
import Core
import Domain
import Jobs
import Logging
import Postgres
import Providers
import ServiceRuntime
import Telemetry

/// What `tally-worker` reads from its environment.
struct WorkerSettings: Sendable {
    /// `TALLY_DATABASE_URL`: libpq address. Secret, required.
    var databaseURL: Secret<String>
    /// `TALLY_DATABASE_CONNECTIONS`: most connections at once, 2 to 100. Default 8.
    var databaseConnections: Int
    /// The keys' database and the master key.
    var keys: DataKeySettings
    /// `TALLY_OPENAI_BASE_URL`. Default `https://api.openai.com`.
    var openAI: ProviderEndpoint
    /// `TALLY_ANTHROPIC_BASE_URL`. Default `https://api.anthropic.com`.
    var anthropic: ProviderEndpoint
    /// `TALLY_OPENROUTER_BASE_URL`. Default `https://openrouter.ai/api`.
    var openRouter: ProviderEndpoint
    /// `TALLY_POLL_INTERVAL_SECONDS`: between two pulls of a report, 1 to 86,400. Default 600. The
    /// second one follows the first after half to one and a half of it, at its connection's time.
    var pollInterval: Duration
    /// `TALLY_PAGE_PAUSE_MILLISECONDS`: between two pages of a connection, 0 to 60,000. Default
    /// 1000: providers ask for at most one request a second.
    var pagePause: Duration
    /// `TALLY_CONCURRENCY`: reports pulled at once, 1 to 64. Default 16.
    var concurrency: Int
    /// `TALLY_ACCOUNT_CONCURRENCY`: reports of one provider account pulled at once, by all workers
    /// together, 1 to 64. Default 2: the usage of an account does not wait for its costs.
    var accountConcurrency: Int
    /// `TALLY_PROVIDER_ANSWER_BYTES_MAX`: most bytes of one answer of a provider, 65,536 to 1,073,741,824; of
    /// what is larger, smaller pages are asked for. Default 33,554,432. `TALLY_CONCURRENCY` answers are held at
    /// a time.
    var providerAnswerBytesMax: Int
    /// `TALLY_LEASE_SECONDS`: how long a killed worker's pulls rest, 3 to 3600. Default 15.
    var lease: Duration
    /// `TALLY_OPERATOR_WEBHOOK_URL`: told when a connection fails or recovers. Default none. Secret:
    /// such addresses often carry a token.
    var operatorWebhookURL: Secret<String>?
    /// `TALLY_OPERATOR_WEBHOOK_KEY_FILE`: key that signs those messages. Default unsigned.
    var operatorWebhookKeyFile: String?
    /// Metrics and the log's buffer; a worker has no access log.
    var telemetry: TelemetrySettings
    /// `TALLY_FIXED_NOW`: RFC 3339 instant that the worker takes for now. For demos and tests only.
    var fixedNow: Instant?
    /// `TALLY_LOG_LEVEL`. Default `info`.
    var logLevel: Logger.Level

    init(reader: ConfigReader) throws {
        let tally = reader.scoped(to: "tally")
        let url = try Self.required(
            "TALLY_DATABASE_URL", tally.string(forKey: "database.url", isSecret: true))
        guard PostgresConfiguration.isWellFormed(url: url) else {
            throw ServiceError(
                .invalidArgument, "SETTING_MALFORMED", field: "TALLY_DATABASE_URL",
                "TALLY_DATABASE_URL is postgresql://user:password@host:port/database. Write special "
                    + "characters of the password with %, such as %40 for @.")
        }
        databaseURL = Secret(url)
        databaseConnections = try Self.checked(
            "TALLY_DATABASE_CONNECTIONS", tally.int(forKey: "database.connections", default: 8),
            2...100)
        let variable = { (name: String) in
            reader.string(
                forKey: ConfigKey(name.lowercased().split(separator: "_").map(String.init)))
        }
        keys = try DataKeySettings(variable)
        // For networks that are trusted as a whole, such as one of containers.
        let plaintext = tally.bool(forKey: "providers.plaintext", default: false)
        openAI = try Self.endpoint(
            tally.string(forKey: "openai.base.url"), plaintext, .openAI)
        anthropic = try Self.endpoint(
            tally.string(forKey: "anthropic.base.url"), plaintext, .anthropic)
        openRouter = try Self.endpoint(
            tally.string(forKey: "openrouter.base.url"), plaintext, .openRouter)
        pollInterval = .seconds(
            try Self.checked(
                "TALLY_POLL_INTERVAL_SECONDS",
                tally.int(forKey: "poll.interval.seconds", default: 600), 1...86_400))
        pagePause = .milliseconds(
            try Self.checked(
                "TALLY_PAGE_PAUSE_MILLISECONDS",
                tally.int(forKey: "page.pause.milliseconds", default: 1000), 0...60_000))
        concurrency = try Self.checked(
            "TALLY_CONCURRENCY",
            tally.int(forKey: "concurrency", default: JobRunner.Configuration().concurrency), 1...64
        )
        accountConcurrency = try Self.checked(
            "TALLY_ACCOUNT_CONCURRENCY",
            tally.int(
                forKey: "account.concurrency",
                default: JobRunner.Configuration().perConcurrencyKey), 1...64)
        providerAnswerBytesMax = try Self.checked(
            "TALLY_PROVIDER_ANSWER_BYTES_MAX",
            tally.int(
                forKey: "provider.answer.bytes.max",
                default: HTTPProviderTransport.Limits().bodyBytesMax), 65_536...1_073_741_824)
        lease = .seconds(
            try Self.checked(
                "TALLY_LEASE_SECONDS", tally.int(forKey: "lease.seconds", default: 15),
                3...3600))
        operatorWebhookURL = tally.string(forKey: "operator.webhook.url", isSecret: true)
            .map { Secret($0) }
        operatorWebhookKeyFile = tally.string(forKey: "operator.webhook.key.file")
        telemetry = try TelemetrySettings(variable)
        fixedNow = try tally.string(forKey: "fixed.now").map { try Instant(rfc3339: $0) }
        let level = tally.string(forKey: "log.level", default: "info")
        guard let logLevel = Logger.Level(rawValue: level) else {
            throw ServiceError(
                .invalidArgument, "SETTING_OUT_OF_RANGE", field: "TALLY_LOG_LEVEL",
                "TALLY_LOG_LEVEL is one of trace, debug, info, notice, warning, error, critical.")
        }
        self.logLevel = logLevel
    }

    var clock: WallClock { fixedNow.map { .fixed($0) } ?? .system }

    private static func required(_ name: String, _ value: String?) throws(ServiceError) -> String {
        guard let value, !value.isEmpty else {
            throw ServiceError(
                .invalidArgument, "SETTING_MISSING", field: name,
                "Set \(name); deploy/README.md describes every setting.")
        }
        return value
    }

    private static func checked(
        _ name: String, _ value: Int, _ range: ClosedRange<Int>
    ) throws(ServiceError) -> Int {
        guard range.contains(value) else {
            throw ServiceError(
                .invalidArgument, "SETTING_OUT_OF_RANGE", field: name,
                "\(name) must be \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    private static func endpoint(
        _ url: String?, _ allowsPlaintext: Bool, _ usual: ProviderEndpoint
    ) throws(ServiceError) -> ProviderEndpoint {
        guard let url, !url.isEmpty else { return usual }
        return try ProviderEndpoint(url, allowsPlaintext: allowsPlaintext)
    }
}
