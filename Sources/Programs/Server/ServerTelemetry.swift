import API
import CoreMetrics
import Ledger
import Logging
import Postgres
import RPC
import ServiceLifecycle
import ServiceRuntime
import Telemetry

/// What a running `tally-server` tells of itself.
struct ServerTelemetry: Sendable {
    /// Nil where nobody reads metrics: then none are kept.
    var registry: PrometheusRegistry?
    /// Nil where calls are not logged.
    var accessLog: (any AccessLog)?
    let stopNotice = StopNotice()

    /// - Parameter log: where lines go.
    static func running(
        _ settings: TelemetrySettings, level: Logger.Level, log: LogSink
    ) -> ServerTelemetry {
        var telemetry = ServerTelemetry()
        if settings.isAccessLogOn && level <= .info {
            telemetry.accessLog = JSONAccessLog(program: "tally-server", output: log)
        }
        guard settings.metricsAddress != nil else { return telemetry }
        let registry = PrometheusRegistry()
        registry.describe(MetricsInterceptor.help)
        registry.describe(PostgresPool.metricsHelp)
        registry.describe([
            "tally_price_imports_refused_total": "Price files that were refused, by the reason."
        ])
        // The first refusal is to be seen as one more, too.
        for reason in PriceFileError.Problem.allCases.map(\.rawValue) + [
            PriceFileError.missingReason
        ] {
            refusals(reason, in: registry).increment(by: 0)
        }
        ProcessMetrics.register(in: registry)
        log.register(in: registry)
        telemetry.registry = registry
        return telemetry
    }

    /// Counts a price file that was refused; few are, so the metric may be looked up.
    func priceFileRefused(_ reason: String) {
        guard let registry else { return }
        Self.refusals(reason, in: registry).increment()
    }

    private static func refusals(_ reason: String, in registry: PrometheusRegistry) -> Counter {
        Counter(
            label: "tally_price_imports_refused", dimensions: [("reason", reason)],
            factory: registry)
    }

    /// What sees every call as its peer does, the outermost first. What counts and logs a call stands
    /// inside of the tracing, which knows the call's trace.
    func observers(methodNames: Set<String>) -> [any RPCInterceptor] {
        var observers: [any RPCInterceptor] = [TracingInterceptor()]
        if let accessLog { observers.append(AccessLogInterceptor(log: accessLog)) }
        if let registry {
            observers.append(MetricsInterceptor(methodNames: methodNames, factory: registry))
        }
        return observers
    }

    /// The services of the program: metrics, where they are wanted, outlive the calls.
    func services(
        around server: RPCServer, settings: TelemetrySettings, health: HealthMethods,
        logger: Logger
    ) -> [any Service] {
        guard let address = settings.metricsAddress, let registry else { return [server] }
        let stopNotice = stopNotice
        let content = MetricsListener.Content(registry: registry) {
            if stopNotice.isStopping {
                return Readiness(isReady: false, detail: "The server is stopping.")
            }
            let answer = await health.answer()
            let isReady = answer.status == .serving
            return Readiness(isReady: isReady, detail: isReady ? "Ready." : answer.detail)
        }
        return [
            MetricsListener(address: address, content: content, logger: logger), server, stopNotice,
        ]
    }
}
