import API
import Core
import Domain
import Encryption
import Ledger
import Logging
import Postgres
import RPC
import ServiceRuntime
import TestSupport

@testable import IngestionService

/// A migrated database with prices and organizations, and calls of their callers.
struct ServiceFixture: Sendable {
    static let now = LedgerEventWireTests.now

    let database: ScratchDatabase
    let pool: PostgresPool
    let cipher: EnvelopeCipher
    let keySource: KeptDataKeys
    let keys: DataKeyStore
    let batches = EventBatches()
    let connections = ConnectionProviders()
    let dimensions = KnownDimensions()
    let refusedSenders = RefusedSenders()
    let lookTurns = QuotaLookTurns()
    let ledger = LedgerCache()
    let catalogues = PriceCatalogueStore()
    let sets = DimensionSetCache()
    var rules = AttributionRuleStore()

    static func with(_ body: @Sendable (ServiceFixture) async throws -> Void) async throws {
        try await ScratchDatabase.with { database in
            let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
            let source = KeptDataKeys(cipher: cipher)
            let fixture = ServiceFixture(
                database: database, pool: database.pool(), cipher: cipher,
                keySource: source, keys: DataKeyStore(source: source, cipher: cipher))
            do {
                try await fixture.importPrices()
                try await body(fixture)
            } catch {
                await fixture.pool.shutdown()
                throw error
            }
            await fixture.pool.shutdown()
        }
    }

    func importPrices(solInput: String = "2", now: Instant = now) async throws {
        let header = """
            provider,model_key,mode,input,cache_read,cache_write_5m,cache_write_1h,output,\
            tier_threshold_tokens,input_above,cache_read_above,cache_write_above,output_above,\
            batch_input,batch_output,flex_input,flex_output,priority_input,priority_output,notes,\
            date,source
            """
        let rows = [
            "openai,gpt-6-sol,chat,\(solInput),0.2,2.5,,10", "openai,gpt-4o,chat,2.5,1.25,,,10",
            "aws-bedrock,openai.gpt-6-sol,chat,2,0.2,2.5,,10",
        ]
        let alias = "openai,sol-latest,alias,,,,,,,,,,,,,,,,,alias_of=gpt-6-sol,2026-11-21,test"
        let priced = rows.map { "\($0),,,,,,,,,,,,,2026-11-21,test" }
        let file =
            ([header] + priced + [alias]).joined(separator: "\n") + "\n"
        _ = try await pool.transaction(TransactionOptions(role: "tally_operator")) {
            try await PriceCatalogueImporter().importPrices(
                PriceImport(bytes: Array(file.utf8), source: "test"), in: $0, now: now)
        }
    }

    /// A call of a new organization's owner.
    func makeCall(_ slug: String = "acme", zone: String = "UTC") async throws -> Call {
        let organization = OrganizationID.make()
        let session = try await database.session()
        try await session.execute(
            """
            INSERT INTO organizations
                (id, slug, display_name, time_zone, reporting_currency, created_at)
            VALUES ('\(organization.text)', '\(slug)', '\(slug)', '\(zone)', 'USD', now())
            """)
        try await session.execute(
            "INSERT INTO ledger_clocks (org_id) VALUES ('\(organization.text)')")
        await session.close()
        return call(of: organization)
    }

    /// A connection of the caller's organization; answers with its id.
    func makeConnection(provider: String, _ call: Call) async throws -> String {
        let organization = try call.organizationID.text
        let connection = ConnectionID.make().text
        let session = try await database.session()
        try await session.execute(
            """
            INSERT INTO connections (org_id, id, provider, display_name, sealed_key, key_hint,
                backfill_from, created_at)
            VALUES ('\(organization)', '\(connection)', '\(provider)', '\(connection)', '\\x00',
                'abcd', now(), now())
            """)
        await session.close()
        return connection
    }

    func call(of organization: OrganizationID, now: Instant = now) -> Call {
        Call(
            caller: Caller(tokenID: "test", roles: .owner, organizationID: organization),
            context: RPCContext(method: "test", logger: Logger(label: "test")),
            environment: CallEnvironment(pool: pool, clock: .fixed(now), keys: keys))
    }

    var ingest: IngestEvents {
        IngestEvents(
            ledger: ledger, catalogues: catalogues, rules: rules, eventsPerDayMax: .max,
            batches: batches, connections: connections, dimensions: dimensions,
            refusedSenders: refusedSenders, lookTurns: lookTurns)
    }
    var spendReader: SpendReader { SpendReader(catalogues: catalogues, sets: sets) }
    var reports: SpendReports {
        SpendReports(reader: spendReader, unitRowSource: NoUnitRows())
    }
    var attribution: AttributionRuleMethods { AttributionRuleMethods(store: rules) }
    var preview: PreviewAttributionRules {
        PreviewAttributionRules(reports: reports)
    }
    var trend: UsageTrend { UsageTrend(reports: reports) }
    var summary: UsageSummary {
        UsageSummary(reports: reports)
    }
    /// An export in parts that are small enough to be many.
    func export(rows: Int, bytes: Int) -> ExportEntries {
        ExportEntries(
            reports: reports, rowsPerPageMax: rows,
            partByteCountMax: bytes)
    }
    var coverage: TagCoverage { TagCoverage(reports: reports) }
    var models: TopModels { TopModels(reports: reports) }

    func count(_ table: String) async throws -> Int {
        let session = try await database.session()
        let rows = try await session.texts("SELECT count(*) FROM \(table)")
        await session.close()
        return rows.first?.first?.flatMap { $0 }.flatMap { Int($0) } ?? -1
    }
}

/// For callers who see all of their organization.
struct NoUnitRows: UnitRowSource {
    func rows(
        of query: UnitRowQuery, in transaction: PostgresTransaction
    ) async throws -> any UnitRows {
        throw ServiceError(
            .internal, "UNIT_ROWS_ASKED_FOR", "Nobody here is limited to some units.")
    }
}
