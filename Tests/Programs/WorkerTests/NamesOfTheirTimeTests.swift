import API
import Core
import Domain
import Encryption
import Jobs
import Ledger
import Logging
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing
import Wire

@testable import AllocationService
@testable import ConnectionService
@testable import IngestionService
@testable import TenantService
@testable import Worker

/// What reports call things, whatever becomes of these later.
struct NamesOfTheirTimeTests {
    private typealias Date = API.Date

    private static let october = (
        from: Date(year: 2026, month: 10, day: 1), through: Date(year: 2026, month: 10, day: 31)
    )
    private static let november = (
        from: Date(year: 2026, month: 11, day: 1), through: Date(year: 2026, month: 11, day: 30)
    )

    // MARK: - Row 21

    /// Row 21: events, usage and a bill under a project, a key and a user; then these are renamed and removed at the
    /// provider, the connection gets another key and is deleted, and the business unit is renamed, moved and retired. The
    /// past month's reports stay the same bytes; the new month's have the new names.
    @Test func whatIsRenamedMovedOrDeletedChangesNoPastReport() async throws {
        let provider = FakeProvider(try Self.state())
        try await WorkerBench.with(provider) { bench in
            let bench = try await Bench(bench)
            let id = try await bench.worker.connect(.anthropic, days: 60)
            try await bench.record(id)
            // The key is listed only after the month.
            Self.list(provider, project: "Apollo", user: "Ann Old", key: nil)
            #expect(try await bench.worker.readOnce(now: "2026-10-31T18:00:00Z"))
            Self.list(provider, project: "Apollo", user: "Ann Old", key: "ci")
            #expect(try await bench.worker.readOnce(now: "2026-11-04T12:00:00Z"))
            let before = try await bench.reports(Self.october, month: 10)
            let names = try await bench.names(Self.october, by: ["project", "api_key_id", "user"])
            #expect(names == ["Apollo, ci, Ann Old"])
            #expect(try await bench.unitNames(month: 10) == ["company", "Research < company"])

            Self.list(provider, project: "Artemis", user: "Ann New", key: "deploy")
            #expect(try await bench.worker.readOnce(now: "2026-11-06T12:00:00Z"))
            #expect(try await bench.reports(Self.october, month: 10) == before)
            _ = try await bench.worker.replaceKey(id, "sk-admin-planted-another-key-abcd")
            Self.list(provider, project: "Artemis", user: nil, key: nil)
            #expect(try await bench.worker.readOnce(now: "2026-11-08T12:00:00Z"))
            let gone = "SELECT kind FROM provider_objects WHERE gone_at IS NOT NULL ORDER BY 1"
            #expect(try await bench.worker.texts(gone) == [["api_key"], ["user"]])
            #expect(try await bench.reports(Self.october, month: 10) == before)
            try await bench.endTheConnection(id)
            try await bench.renameMoveAndRetireTheUnit()
            #expect(try await bench.reports(Self.october, month: 10) == before)

            #expect(
                try await bench.names(Self.november, by: ["project", "api_key_id", "user"])
                    == ["Artemis, deploy, Ann New"])
            #expect(
                try await bench.unitNames(month: 11)
                    == ["company", "Labs < sales", "sales < company"])
            // By the month each has the names of its own; by the day, too; of both as one, the newest.
            let both = (Self.october.from, Self.november.through)
            #expect(
                try await bench.names(both, by: ["month", "project", "user"]).sorted()
                    == ["2026-10, Apollo, Ann Old", "2026-11, Artemis, Ann New"])
            #expect(
                try await bench.names(both, by: ["day", "project"]).sorted()
                    == ["2026-10-12, Apollo", "2026-11-05, Apollo", "2026-11-07, Artemis"])
            #expect(
                try await bench.names(both, by: ["week", "user"]).sorted()
                    == ["2026-10-12, Ann Old", "2026-11-02, Ann New"])
            #expect(try await bench.names(both, by: ["project"]) == ["Artemis"])
        }
    }

    /// Another connection that names the same things later, as one that takes a deleted one's place, says how they are
    /// called since then.
    @Test func anotherConnectionNamesNoPast() async throws {
        let provider = FakeProvider(try Self.state())
        try await WorkerBench.with(provider) { bench in
            let bench = try await Bench(bench)
            let id = try await bench.worker.connect(.anthropic, days: 60)
            Self.list(provider, project: "Apollo", user: "Ann", key: "ci")
            #expect(try await bench.worker.readOnce(now: "2026-10-20T12:00:00Z"))
            try await bench.endTheConnection(id)
            Self.list(provider, project: "Artemis", user: "Zoe", key: "deploy")
            _ = try await bench.worker.connect(
                .anthropic, days: 20, key: "sk-admin-planted-other-0001")
            #expect(try await bench.worker.readOnce(now: "2026-11-08T12:00:00Z"))
            #expect(
                try await bench.names(Self.october, by: ["project", "user"]) == ["Apollo, Ann"])
            #expect(
                try await bench.names(Self.november, by: ["project", "user"]) == ["Artemis, Zoe"])
        }
    }

    // MARK: - The history

    @Test func aNameIsKeptFromTheListThatToldItFirst() async throws {
        let provider = FakeProvider(try Self.state())
        try await WorkerBench.with(provider) { worker in
            let id = try await worker.connect(.anthropic, days: 60)
            for (day, name) in [
                (1, "planted one"), (2, "planted one"), (3, "planted two"), (4, "planted two"),
                (6, "planted one"),
            ] {
                Self.list(provider, project: name, user: name, key: nil)
                #expect(try await worker.readOnce(now: "2026-11-0\(day)T12:00:00Z"))
            }
            let rows = try await worker.texts(
                """
                SELECT kind, extract(day FROM seen_at AT TIME ZONE 'UTC')::text, id,
                    encode(sealed_name, 'hex'), connection_id::text
                FROM provider_object_names ORDER BY kind, seen_at
                """
            ).map { $0.map { $0 ?? "" } }
            #expect(
                rows.map { "\($0[0]) \($0[1])" }
                    == ["project 1", "project 3", "project 6", "user 1", "user 3", "user 6"])
            let keys = try await worker.call.keys()
            let names = try rows.map { row in
                try keys.providerObjectName(
                    Self.bytes(row[3]), connection: id.text, kind: row[0], id: row[2])?.name
            }
            let expected = ["planted one", "planted two", "planted one"]
            #expect(names == expected + expected)
            #expect(rows.allSatisfy { $0[4] == id.text })
            for text in try await worker.log.lines + worker.everyRow() {
                #expect(!text.lowercased().contains("planted") && !text.contains("usr_1"))
            }
            // Nobody changes what was, and a worker removes nothing of it.
            for sql in [
                "UPDATE provider_object_names SET sealed_name = ''",
                """
                BEGIN; SET LOCAL ROLE tally_worker; SET LOCAL app.org_id = '\(worker.organization)';
                DELETE FROM provider_object_names WHERE org_id = '\(worker.organization)'; COMMIT
                """,
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    try await worker.execute(sql)
                }
                #expect(error?.hint == "TABLE_IS_APPEND_ONLY")
            }
        }
    }

    /// A worker of before knows the newest name alone: reports show that rather than none.
    @Test func aNameWithoutHistoryIsShown() async throws {
        let provider = FakeProvider(try Self.state())
        try await WorkerBench.with(provider) { worker in
            _ = try await worker.connect(.anthropic, days: 60)
            Self.list(provider, project: "Apollo", user: "Ann", key: nil)
            #expect(try await worker.readOnce(now: "2026-11-08T12:00:00Z"))
            let bench = try await Bench(worker)
            try await worker.execute("TRUNCATE provider_object_names")
            #expect(
                try await bench.names(Self.october, by: ["project", "user"]) == ["Apollo, Ann"])
        }
    }

    @Test func namesGoOnceNoUsageShowsThem() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { worker in
            let id = try await worker.connect(.anthropic)
            let organization = worker.organization
            try await worker.execute(
                """
                INSERT INTO provider_object_names (org_id, connection_id, kind, id, seen_at, sealed_name)
                SELECT '\(organization)', '\(id.text)', 'project', p,
                    now() - make_interval(months => m), 'x'
                FROM (VALUES ('a', 40), ('a', 30), ('a', 20), ('a', 2), ('b', 50), ('c', 50),
                    ('c', 1)) AS n (p, m)
                """)
            let left = {
                try await worker.texts(
                    """
                    SELECT id, round(extract(epoch FROM now() - seen_at) / 2629800)::int::text
                    FROM provider_object_names ORDER BY id, seen_at
                    """
                ).map { $0.map { $0 ?? "" }.joined() }
            }
            let all = ["a40", "a30", "a20", "a2", "b50", "c50", "c1"]
            #expect(try await left() == all)
            let run = {
                try await worker.pool.transaction(TransactionOptions(role: "tally_worker")) {
                    try await JobQueue.enqueue(
                        RemoveOrganizationUsage(organization),
                        for: RemoveOrganizationUsage.owner, in: $0)
                }
                let queue = JobQueue(pool: worker.pool, owner: "test")
                let jobs = try await queue.claim(
                    [RemoveOrganizationUsage.kind], limit: 1, lease: .seconds(60))
                let remover = RemoveOrganizationUsageWorker(
                    database: WorkerDatabase(pool: worker.pool), logger: Logger(label: "test"),
                    batch: 1)
                let outcome = try await remover.run(try #require(jobs.first), JobControl())
                #expect(outcome == .completed)
                try await worker.execute(
                    "DELETE FROM jobs WHERE kind = 'remove_organization_usage'")
            }
            // Nothing says how long.
            try await run()
            #expect(try await left() == all)
            try await worker.execute(
                """
                INSERT INTO organization_states (org_id, retention_months, retention_begins_at)
                VALUES ('\(organization)', 13, now() - interval '1 minute')
                ON CONFLICT (org_id) DO UPDATE SET retention_months = excluded.retention_months,
                    retention_begins_at = excluded.retention_begins_at
                """)
            try await run()
            // What was in force when the kept months begin stays, and all that came later.
            #expect(try await left() == ["a20", "a2", "b50", "c50", "c1"])
        }
    }

    private static func bytes(_ digits: String) -> [UInt8] {
        let digits = Array(digits.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
    }

    // MARK: - The provider

    /// Usage in October and November, and October's bill.
    private static func state() throws -> FakeProvider.State {
        var state = FakeProvider.State()
        for time in ["2026-10-12T10:00:00Z", "2026-11-05T10:00:00Z", "2026-11-07T10:00:00Z"] {
            state.usage[try Instant(rfc3339: time).seconds] = [
                .init(
                    project: "wrk_1", model: "claude-sonnet-5", input: 1_000_000, output: 1000,
                    account: "usr_1", apiKey: "key_1")
            ]
        }
        state.charges[try Instant(rfc3339: "2026-10-12T00:00:00Z").seconds] = [
            .init(project: "wrk_1", lineItem: "Claude Sonnet 5 Usage - Input Tokens", amount: "450")
        ]
        return state
    }

    private static func list(
        _ provider: FakeProvider, project: String, user: String?, key: String?
    ) {
        let body = { (items: [String]) in
            """
            {"data":[\(items.joined(separator: ","))],"has_more":false,"first_id":null,\
            "last_id":null}
            """
        }
        provider.state.withLock { state in
            state.bodies["/v1/organizations/workspaces"] = body([
                #"{"id":"wrk_1","name":"\#(project)","archived_at":null}"#
            ])
            state.bodies["/v1/organizations/users"] = body(
                user.map { [#"{"id":"usr_1","name":"\#($0)","email":"a@person.test"}"#] } ?? [])
            state.bodies["/v1/organizations/api_keys"] = body(
                key.map { [#"{"id":"key_1","name":"\#($0)","status":"active"}"#] } ?? [])
        }
    }
}

/// An organization with prices and business units, and what its admins ask for.
private struct Bench: Sendable {
    let worker: WorkerBench
    private let catalogues = PriceCatalogueStore()
    private let tenants: TenantService.Service

    init(_ worker: WorkerBench) async throws {
        self.worker = worker
        tenants = TenantService.Service(keyedHash: KeyedHash(key: try SecretKey.random()))
        let header = """
            provider,model_key,mode,input,cache_read,cache_write_5m,cache_write_1h,output,\
            tier_threshold_tokens,input_above,cache_read_above,cache_write_above,output_above,\
            batch_input,batch_output,flex_input,flex_output,priority_input,priority_output,notes,\
            date,source

            """
        let row = "anthropic,claude-sonnet-5,chat,3,0.3,3.75,6,15,,,,,,,,,,,,,2026-11-20,test\n"
        _ = try await worker.pool.transaction(TransactionOptions(role: "tally_operator")) {
            try await PriceCatalogueImporter().importPrices(
                PriceImport(bytes: Array((header + row).utf8), source: "test"), in: $0,
                now: try Instant(rfc3339: WorkerBench.now))
        }
        let call = try worker.call
        for (code, name, parent) in [
            ("company", "", ""), ("sales", "", "company"), ("research", "Research", "company"),
        ] {
            _ = try await tenants.createBusinessUnit(
                CreateBusinessUnitRequest(
                    code: code, displayName: name.isEmpty ? code : name, parentCode: parent,
                    effectiveDate: API.Date(
                        year: 2026, month: code == "sales" ? 11 : 9, day: 1)), call)
        }
        _ = try await allocation.setAllocationRules(
            SetAllocationRulesRequest(rules: [
                API.AllocationRule(
                    id: "all", conditions: [.init(dimension: "project", value: "wrk_1")],
                    target: .unit("research"))
            ]), call)
    }

    private var reader: SpendReader { SpendReader(catalogues: catalogues) }
    private var allocation: AllocationService.Service {
        AllocationService.Service(spend: AllocatedSpend(reader: reader))
    }
    private var summary: UsageSummary {
        UsageSummary(reports: SpendReports(reader: reader, unitRowSource: NoUnitRows()))
    }

    /// An event in each month, of the same project, key and user.
    func record(_ connection: ConnectionID) async throws {
        let ingest = IngestEvents(
            ledger: LedgerCache(), catalogues: catalogues, rules: AttributionRuleStore(),
            eventsPerDayMax: .max, batches: EventBatches(), connections: ConnectionProviders(),
            dimensions: KnownDimensions(), refusedSenders: RefusedSenders(),
            lookTurns: QuotaLookTurns())
        let events = try ["2026-10-12T10:05:00Z", "2026-11-05T10:05:00Z"].map { time in
            Event(
                id: time, source: "gateway", time: Timestamp(try Instant(rfc3339: time)),
                provider: "anthropic", model: "claude-sonnet-5",
                quantities: [
                    API.Quantity(quantityClass: "input", amount: 400_000),
                    API.Quantity(quantityClass: "output", amount: 400),
                ], project: "wrk_1", apiKeyID: "key_1", user: "usr_1",
                connection: connection.text)
        }
        let answer = try await ingest.answer(IngestEventsRequest(events: events), worker.call)
        #expect(answer.results.map { $0.outcome } == [.accepted, .accepted])
    }

    func endTheConnection(_ id: ConnectionID) async throws {
        let name = try await worker.connection(id).displayName
        try await worker.change { service, call in
            try await service.deleteConnection(
                DeleteConnectionRequest(id: id.text, confirmDisplayName: name), call)
        }
    }

    func renameMoveAndRetireTheUnit() async throws {
        let call = try worker.call
        _ = try await tenants.updateBusinessUnit(
            UpdateBusinessUnitRequest(
                code: "research", displayName: "Labs", parentCode: "sales",
                updateMask: ["display_name", "parent_code"],
                effectiveDate: API.Date(year: 2026, month: 11, day: 2)), call)
        _ = try await tenants.retireBusinessUnit(
            RetireBusinessUnitRequest(
                code: "research", effectiveDate: API.Date(year: 2026, month: 11, day: 18)), call)
    }

    /// Reports of a month as bytes, without what says how the ledger stands now: when it was asked, and when its
    /// sources were read.
    func reports(_ span: (from: API.Date, through: API.Date), month: Int32) async throws
        -> [[UInt8]]
    {
        var reports: [[UInt8]] = []
        for basis in [API.Basis.effective, .metered, .billed] {
            for breakdowns in [
                ["project"], ["api_key_id"], ["user"], ["connection"],
                ["day", "project", "api_key_id", "user"], ["week", "user"], ["month", "project"],
            ] {
                var report = try await summary.answer(
                    UsageSummaryRequest(
                        from: span.from, through: span.through, basis: basis,
                        breakdowns: breakdowns), worker.call)
                #expect(!report.rows.isEmpty)
                report.completeness = report.completeness.map(Self.ofItsTime)
                reports.append(report.serialized())
            }
            var report = try await allocation.getChargebackReport(
                GetChargebackReportRequest(
                    month: API.Month(year: 2026, month: month), basis: basis), worker.call)
            report.completeness = report.completeness.map(Self.ofItsTime)
            reports.append(report.serialized())
        }
        return reports
    }

    private static func ofItsTime(_ completeness: API.Completeness) -> API.Completeness {
        var completeness = completeness
        completeness.knownAt = nil
        completeness.sources = []
        // It goes on as sources are read.
        completeness.finalThrough = nil
        return completeness
    }

    /// What the rows of a summary are called: of times, the values.
    func names(
        _ span: (from: API.Date, through: API.Date), by breakdowns: [String]
    ) async throws -> [String] {
        try await summary.answer(
            UsageSummaryRequest(
                from: span.from, through: span.through, basis: .metered, breakdowns: breakdowns),
            worker.call
        ).rows.map { row in
            zip(breakdowns, row.values).map { part, value in
                ["day", "week", "month"].contains(part) ? value.value : value.displayName
            }.joined(separator: ", ")
        }
    }

    func unitNames(month: Int32) async throws -> [String] {
        try await allocation.getChargebackReport(
            GetChargebackReportRequest(month: API.Month(year: 2026, month: month)), worker.call
        ).units.map { unit in
            unit.parentCode.isEmpty ? unit.displayName : "\(unit.displayName) < \(unit.parentCode)"
        }
    }
}
