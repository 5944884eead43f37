import CoreMetrics
import IngestionService
import Jobs
import Ledger
import Logging
import Postgres
import Telemetry

/// What a running `tally-worker` tells of itself beside its log.
struct WorkerMetrics: Sendable {
    private let registry: PrometheusRegistry
    private let queue: JobQueue
    private let pool: PostgresPool
    private let kinds: [JobKind]
    private let unsettled: Meter
    private let withError: Meter
    private let setAside: Meter
    private let differingDays: Meter
    private let passedDays: Meter
    private let secondsSinceCheck: Meter
    private let priceAge: Meter
    private let removedEntries: Counter
    private let pricedEvents: Counter

    /// - Parameter kinds: of the jobs that the worker runs.
    init(
        registry: PrometheusRegistry, queue: JobQueue, pool: PostgresPool, kinds: [JobKind]
    ) {
        self.registry = registry
        self.queue = queue
        self.pool = pool
        self.kinds = kinds
        unsettled = Meter(label: "tally_jobs_unsettled", factory: registry)
        withError = Meter(label: "tally_jobs_with_error", factory: registry)
        setAside = Meter(label: "tally_jobs_set_aside", factory: registry)
        differingDays = Meter(label: "tally_rollup_days_differing", factory: registry)
        passedDays = Meter(label: "tally_rollup_days_not_compared", factory: registry)
        secondsSinceCheck = Meter(
            label: "tally_rollups_unchecked_seconds", factory: registry)
        priceAge = Meter(label: "tally_price_catalogue_age_seconds", factory: registry)
        removedEntries = Counter(label: "tally_usage_entries_removed", factory: registry)
        pricedEvents = Counter(label: "tally_usage_events_priced_late", factory: registry)
        registry.describe(PostgresPool.metricsHelp)
        registry.describe([
            "tally_jobs_unsettled": "Jobs that run, are due, or failed and will be tried again.",
            "tally_jobs_with_error": "Jobs whose last run ended in an error.",
            "tally_jobs_set_aside":
                "Jobs that could not be done, and are not tried before somebody revives them.",
            "tally_rollup_days_differing":
                "Days of organizations whose roll-ups are not what their entries come to.",
            "tally_rollup_days_not_compared":
                "Days of organizations whose roll-ups could not be compared when their turn came.",
            "tally_rollups_unchecked_seconds":
                "Time since roll-ups were compared of the organization that has waited longest.",
            "tally_price_catalogue_age_seconds":
                "Time since the day of the newest price catalogue's file, or since its import.",
            "tally_jobs_total": "Runs of jobs by this worker, by kind and how they ended.",
            "tally_job_seconds": "Time that runs of jobs took.",
            "tally_usage_entries_removed_total":
                "Entries that this worker removed since they were not to be kept any more.",
            "tally_usage_events_priced_late_total":
                "Unpriced events that this worker gave the price that came after them.",
        ])
        ProcessMetrics.register(in: registry)
    }

    /// Counts entries that are not kept any more.
    func removed(entries: Int) {
        removedEntries.increment(by: entries)
    }

    /// Counts events that have their price now.
    func priced(events: Int) {
        pricedEvents.increment(by: events)
    }

    /// Counts what happened to a job; some a second, so its metrics may be looked up.
    func count(_ event: JobEvent) {
        switch event {
        case .finished(let job, let outcome, let took):
            count(job, Self.word(outcome))
            let (seconds, attoseconds) = took.components
            CoreMetrics.Timer(
                label: "tally_job", dimensions: [("kind", "\(job.kind)")], factory: registry
            ).recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        case .threw(let job, _): count(job, "threw")
        case .setAside(let job): count(job, "set_aside")
        case .leaseLost(let job): count(job, "lease_lost")
        case .queueFailed: break
        }
    }

    private func count(_ job: Job, _ outcome: String) {
        Counter(
            label: "tally_jobs", dimensions: [("kind", "\(job.kind)"), ("outcome", outcome)],
            factory: registry
        ).increment()
    }

    private static func word(_ outcome: JobOutcome) -> String {
        switch outcome {
        case .completed: "completed"
        case .dueAgain, .dueInStep: "due_again"
        case .interrupted: "interrupted"
        case .failed: "failed"
        case .throttled: "throttled"
        case .blocked: "blocked"
        case .refused: "refused"
        }
    }

    /// Serves the metrics; the worker is ready while its queue answers.
    func listener(at address: MetricsAddress, logger: Logger) -> MetricsListener {
        MetricsListener(
            address: address,
            content: .init(
                registry: registry, refresh: { _ = await refresh() },
                readiness: {
                    await refresh()
                        ? Readiness(isReady: true, detail: "Ready.")
                        : Readiness(isReady: false, detail: "The database does not answer.")
                }), logger: logger)
    }

    /// Asks for the queue's depth and for how roll-ups and prices stand, which are shown as they were last known;
    /// whether the queue answers.
    func refresh() async -> Bool {
        do {
            let counts = try await queue.counts(kinds)
            unsettled.set(counts.unsettled)
            withError.set(counts.withError)
            setAside.set(counts.setAside)
            let options = TransactionOptions(role: "tally_worker", isReadOnly: true)
            let (differing, passed, unchecked, age) = try await pool.transaction(options) {
                transaction in
                (
                    try await transaction.first(CountRollupDifferences()) ?? 0,
                    try await transaction.first(CountRollupDaysPassed()) ?? 0,
                    try await transaction.first(SelectOldestRollupCheck()) ?? nil,
                    try await transaction.first(SelectPriceCatalogueAge()) ?? 0
                )
            }
            differingDays.set(differing)
            passedDays.set(passed)
            secondsSinceCheck.set(unchecked ?? 0)
            priceAge.set(age)
            return true
        } catch {
            return false
        }
    }
}
