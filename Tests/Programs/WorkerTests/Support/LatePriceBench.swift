import Core
import Domain
import IngestionService
import Jobs
import Ledger
import Logging
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import Worker

/// Two organizations with events, of which some have no price yet, and a catalogue that grows.
struct LatePriceBench: Sendable {
    let worker: WorkerBench
    let first: OrganizationID
    let other: OrganizationID
    private let cache = LedgerCache()
    private let log = LogRecorder()

    /// When everything here happens, and is recorded.
    static let now = Instant(seconds: 1_795_233_600)

    static func with(_ body: @Sendable (LatePriceBench) async throws -> Void) async throws {
        try await WorkerBench.with(FakeProvider(.init())) { worker in
            let other = try await ScratchOrganization.make(in: worker.database).id
            for id in [worker.organization, other] {
                try await worker.execute(
                    "INSERT INTO organization_slugs VALUES ('s\(id)', '\(id)')")
            }
            let bench = LatePriceBench(worker: worker, first: worker.organization, other: other)
            try await bench.price(["gpt-6-sol": ("2", "10")], day: 20)
            try await body(bench)
        }
    }

    private init(worker: WorkerBench, first: OrganizationID, other: OrganizationID) {
        self.worker = worker
        self.first = first
        self.other = other
    }

    var logLines: [String] { log.lines }

    // MARK: - Prices

    /// Imports a file of these models, each with what a million of input and of output costs, and of aliases.
    func price(
        _ models: KeyValuePairs<String, (String, String)>,
        aliases: KeyValuePairs<String, String> = [:], day: Int
    ) async throws {
        let header = """
            provider,model_key,mode,input,cache_read,cache_write_5m,cache_write_1h,output,\
            tier_threshold_tokens,input_above,cache_read_above,cache_write_above,output_above,\
            batch_input,batch_output,flex_input,flex_output,priority_input,priority_output,notes,\
            date,source

            """
        let rows = models.map { model, rates in
            "openai,\(model),chat,\(rates.0),,,,\(rates.1),,,,,,,,,,,,,2026-11-\(day),test\n"
        }
        let names = aliases.map { name, model in
            "openai,\(name),alias,,,,,,,,,,,,,,,,,alias_of=\(model),2026-11-\(day),test\n"
        }
        let file = PriceImport(
            bytes: Array((header + (rows + names).joined()).utf8), source: "test")
        _ = try await worker.pool.transaction(TransactionOptions(role: "tally_operator")) {
            try await PriceCatalogueImporter().importPrices(file, in: $0, now: Self.now)
        }
    }

    /// What an organization's events cost now.
    func calculator(of id: OrganizationID) async throws -> CostCalculator {
        try await transaction(id) {
            try await PriceCatalogueStore().newestCalculator(of: id, in: $0, now: Self.now)
        }
    }

    func transaction<R: Sendable>(
        _ id: OrganizationID, _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try await WorkerDatabase(pool: worker.pool).transaction(for: id, body)
    }

    // MARK: - Events

    static func event(
        _ id: String, model: String, secondsAgo: Int64 = 0, input: Int64 = 1_000,
        output: Int64 = 100, state: UsageState = .reported
    ) -> LedgerEvent {
        LedgerEvent(
            id: id, time: now.advanced(bySeconds: -secondsAgo),
            dimensions: DimensionSet(
                provider: "openai", model: model, operation: "chat", serviceTier: "standard",
                source: "gateway"),
            quantities: state.isUnknown
                ? UsageQuantities([])
                : UsageQuantities([Quantity(.input, input), Quantity(.output, output)]),
            state: state)
    }

    /// As a server does whose prices are these.
    func record(
        _ events: [LedgerEvent], _ id: OrganizationID, by calculator: CostCalculator
    ) async throws {
        try await cache.prepareMonths(of: events.map(\.time)) { try await transaction(id, $0) }
        let priced = try events.map {
            try PricedEvent($0, calculator: calculator, keys: AwayKeys())
        }
        let writer = EntryWriter(organization: id, cache: cache, keys: AwayKeys())
        _ = try await transaction(id) { try await writer.record(priced, in: $0, now: Self.now) }
    }

    /// As a worker that reads a provider's report does, by these prices.
    func report(
        _ rows: [ReportRow], of connection: ConnectionID, by calculator: CostCalculator
    ) async throws {
        try await cache.prepareMonths(of: rows.map(\.time)) { try await transaction(first, $0) }
        let writer = EntryWriter(organization: first, cache: cache, keys: AwayKeys())
        _ = try await transaction(first) {
            try await writer.record(
                rows, of: connection, calculator: calculator, in: $0, now: Self.now
            ) { _ in }
        }
    }

    func change(
        _ changes: [EventChange], _ id: OrganizationID, by calculator: CostCalculator
    ) async throws {
        let writer = EntryWriter(organization: id, cache: cache, keys: AwayKeys())
        _ = try await transaction(id) {
            try await writer.change(changes, calculator: calculator, in: $0, now: Self.now)
        }
    }

    /// What each event comes to by its entries, in picos; `unpriced` where nobody knows.
    func amounts(_ id: OrganizationID) async throws -> [String: String] {
        let rows = try await worker.texts(
            """
            SELECT event_id, CASE WHEN (array_agg(amount_picos IS NULL
                    ORDER BY correction_no DESC NULLS LAST))[1] THEN 'unpriced'
                ELSE sum(amount_picos)::text END
            FROM ledger_entries WHERE org_id = '\(id)' GROUP BY 1
            """)
        return Dictionary(
            rows.map { ($0[0] ?? "", $0[1] ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    /// Every entry of an organization.
    func entries(_ id: OrganizationID) async throws -> [[String?]] {
        try await worker.texts(
            "SELECT e::text FROM ledger_entries AS e WHERE org_id = '\(id)' ORDER BY entry_id")
    }

    /// Corrections of a worker: event, number, reason.
    func corrections(_ id: OrganizationID) async throws -> [[String?]] {
        try await worker.texts(
            """
            SELECT event_id, correction_no, reason, price_version_id FROM usage_entries
            WHERE org_id = '\(id)' AND reason LIKE 'Its price came later%' ORDER BY 1, 2
            """)
    }

    /// Roll-ups that do not say what their entries say; none if all is well.
    func disagreements() async throws -> [[String?]] {
        try await worker.texts(
            """
            WITH last AS (
                SELECT DISTINCT ON (org_id, coalesce(root_entry_id, entry_id))
                    org_id, entry_id, amount_picos IS NULL AS unpriced
                FROM ledger_entries
                ORDER BY org_id, coalesce(root_entry_id, entry_id), correction_no DESC NULLS LAST
            ), entries AS (
                SELECT e.org_id, date_bin('15 minutes', e.event_time, '1970-01-01 00:00+00'),
                    e.dimension_set_id, e.currency, sum(e.requests),
                    coalesce(sum(e.amount_picos), 0), coalesce(sum(e.input), 0),
                    coalesce(sum(e.output), 0), count(*) FILTER (WHERE l.unpriced)
                FROM ledger_entries AS e
                LEFT JOIN last AS l ON l.org_id = e.org_id AND l.entry_id = e.entry_id
                GROUP BY 1, 2, 3, 4
            ), rollups AS (
                SELECT org_id, bucket_start, dimension_set_id, currency, sum(requests),
                    sum(amount_picos), sum(input), sum(output), sum(unpriced_entries)
                FROM current_usage_rollups GROUP BY 1, 2, 3, 4
            )
            SELECT 'entries', e::text FROM (TABLE entries EXCEPT TABLE rollups) AS e
            UNION ALL
            SELECT 'roll-ups', r::text FROM (TABLE rollups EXCEPT TABLE entries) AS r
            """)
    }

    // MARK: - Jobs

    /// Lets a worker look whose events there are prices for; answers with those that have a job now.
    func look() async throws -> Set<String> {
        try await worker.execute(
            """
            UPDATE jobs SET due_at = now(), lease_token = NULL, lease_owner = NULL
            WHERE kind = 'fill_in_prices'
            """)
        let queue = JobQueue(pool: worker.pool, owner: "test")
        let job = try #require(
            try await queue.claim([FillInPrices.kind], limit: 1, lease: .seconds(600)).first)
        _ = try await FillInPricesWorker(pool: worker.pool).run(job, JobControl())
        return try await jobs()
    }

    /// Organizations that have a job.
    func jobs() async throws -> Set<String> {
        Set(
            try await worker.texts(
                "SELECT org_id FROM jobs WHERE kind = 'fill_in_organization_prices'"
            ).compactMap { $0[0] })
    }

    /// Claims the organization's job, whoever has it.
    func claimed(_ id: OrganizationID) async throws -> Job {
        try await worker.pool.transaction(TransactionOptions(role: "tally_worker")) {
            try await JobQueue.enqueue(FillInOrganizationPrices(), for: id, in: $0)
        }
        try await worker.execute(
            """
            UPDATE jobs SET lease_token = NULL, lease_owner = NULL, due_at = CASE
                WHEN org_id = '\(id)' THEN now() ELSE now() + interval '1 day' END
            WHERE kind = 'fill_in_organization_prices'
            """)
        let queue = JobQueue(pool: worker.pool, owner: "test")
        return try #require(
            try await queue.claim(
                [FillInOrganizationPrices.kind], limit: 1, lease: .seconds(600)
            ).first)
    }

    func filler(eventLimit: Int = 1_000, partsMax: Int = 200) -> FillInOrganizationPricesWorker {
        let log = log
        var filler = FillInOrganizationPricesWorker(
            database: WorkerDatabase(pool: worker.pool), keys: .absent, clock: .fixed(Self.now),
            logger: Logger(label: "test") { _ in log })
        filler.eventLimit = eventLimit
        filler.partsMax = partsMax
        filler.pause = .zero
        return filler
    }

    /// Runs the organization's job as often as it wants to go on at once.
    @discardableResult
    func fillIn(
        _ id: OrganizationID, eventLimit: Int = 1_000, partsMax: Int = 200
    ) async throws -> JobOutcome {
        let filler = filler(eventLimit: eventLimit, partsMax: partsMax)
        var outcome = JobOutcome.interrupted
        var runs = 0
        while outcome == .interrupted {
            runs += 1
            try #require(runs < 500)
            outcome = try await filler.run(claimed(id), JobControl())
        }
        return outcome
    }

    /// Lets the time pass that is between two looks.
    func letTimePass() async throws {
        try await worker.execute(
            "UPDATE price_looks SET begun_at = begun_at - interval '1 hour'")
    }
}
