import Core
import Domain
import Ledger
import Postgres
import TestSupport

/// A migrated database with organizations, and shorthands to write and to look.
struct LedgerFixture: Sendable {
    static let now = CatalogueFixture.time

    let database: ScratchDatabase
    let pool: PostgresPool
    let cache = LedgerCache()
    let keys: TestKeys
    let calculator: CostCalculator
    var mergeLimit = UnmergedRollups.limit

    static func with(_ body: @Sendable (LedgerFixture) async throws -> Void) async throws {
        try await ScratchDatabase.with { database in
            let fixture = LedgerFixture(
                database: database, pool: database.pool(), keys: try TestKeys(),
                calculator: CostCalculator(catalogue: try CatalogueFixture.catalogue()))
            do {
                try await body(fixture)
            } catch {
                await fixture.pool.shutdown()
                throw error
            }
            await fixture.pool.shutdown()
        }
    }

    func makeOrganization(_ slug: String = "acme") async throws -> OrganizationID {
        let organization = OrganizationID.make()
        try await run(
            """
            INSERT INTO organizations
                (id, slug, display_name, time_zone, reporting_currency, created_at)
            VALUES ('\(organization.text)', '\(slug)', '\(slug)', 'UTC', 'USD', now())
            """,
            "INSERT INTO ledger_clocks (org_id) VALUES ('\(organization.text)')")
        return organization
    }

    func makeConnection(
        _ organization: OrganizationID, usageThrough: Instant? = nil, costsThrough: Instant? = nil
    ) async throws -> ConnectionID {
        let connection = ConnectionID.make()
        try await run(
            """
            INSERT INTO connections (org_id, id, provider, display_name, sealed_key, key_hint,
                backfill_from, created_at)
            VALUES ('\(organization.text)', '\(connection.text)', 'openai',
                '\(connection.text)', '\\x00', 'abcd', now(), now())
            """)
        for (stream, through) in [("usage", usageThrough), ("costs", costsThrough)] {
            guard let through else { continue }
            try await run(
                """
                INSERT INTO connection_checkpoints
                    (org_id, connection_id, stream, through, last_success_at)
                VALUES ('\(organization.text)', '\(connection.text)', '\(stream)',
                    '\(through.rfc3339)', '2100-01-01Z')
                """)
        }
        return connection
    }

    /// Runs statements as a superuser.
    func run(_ statements: String...) async throws {
        let session = try await database.session()
        for statement in statements { try await session.execute(statement) }
        await session.close()
    }

    /// Rows of a query as a superuser, cells joined by `|`.
    func rows(_ sql: String) async throws -> [String] {
        let session = try await database.session()
        let rows = try await session.texts(sql)
        await session.close()
        return rows.map { $0.map { $0 ?? "null" }.joined(separator: "|") }
    }

    func transaction<R: Sendable>(
        _ organization: OrganizationID, role: String = "tally_service",
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let uuid = organization.uuid.bytes
        return try await pool.transaction(
            TransactionOptions(
                role: role, organization: PostgresUUID(high: uuid.high, low: uuid.low)), body)
    }

    /// Prepares months, records and commits, as a service does.
    @discardableResult
    func record(
        _ events: [LedgerEvent], _ organization: OrganizationID, now: Instant = now,
        quota: TokenEventQuota? = nil, keptFrom: Instant? = nil
    ) async throws -> [EventOutcome] {
        try await prepareMonths(of: events, organization)
        let priced = try events.map { try PricedEvent($0, calculator: calculator, keys: keys) }
        let writer = EntryWriter(
            organization: organization, cache: cache, keys: keys, mergeLimit: mergeLimit)
        let recorded = try await transaction(organization) {
            try await writer.record(priced, in: $0, now: now, quota: quota, keptFrom: keptFrom)
        }
        cache.committed(recorded.dimensionSets, organization: organization)
        return recorded.outcomes
    }

    func prepareMonths(of events: [LedgerEvent], _ organization: OrganizationID) async throws {
        try await cache.prepareMonths(of: events.map(\.time)) { statement in
            try await transaction(organization, statement)
        }
    }

    /// In one commit.
    func record(
        shares: [EventShare], _ organization: OrganizationID
    ) async throws -> [Result<[EventOutcome], ServiceError>] {
        try await cache.prepareMonths(of: shares.flatMap(\.events).map(\.event.time)) { statement in
            try await transaction(organization, statement)
        }
        let writer = EntryWriter(organization: organization, cache: cache, keys: keys)
        let recorded = try await transaction(organization) {
            try await writer.record(shares, in: $0, now: Self.now)
        }
        cache.committed(recorded.dimensionSets, organization: organization)
        return recorded.outcomes
    }

    @discardableResult
    func record(
        _ rows: [ReportRow], _ organization: OrganizationID, _ connection: ConnectionID,
        now: Instant = now,
        checkpoint: @escaping @Sendable (PostgresTransaction) async throws -> Void = { _ in }
    ) async throws -> ReportOutcome {
        try await cache.prepareMonths(of: rows.map(\.time)) { statement in
            try await transaction(organization, role: "tally_worker", statement)
        }
        let writer = EntryWriter(
            organization: organization, cache: cache, keys: keys, mergeLimit: mergeLimit)
        let recorded = try await transaction(organization, role: "tally_worker") {
            try await writer.record(
                rows, of: connection, calculator: calculator, in: $0, now: now,
                checkpoint: checkpoint)
        }
        cache.committed(recorded.dimensionSets, organization: organization)
        return recorded.outcome
    }

    /// The same, whose writers merge roll-ups after so many commits.
    func merging(afterCommits commits: Int) -> LedgerFixture {
        var fixture = self
        fixture.mergeLimit = UnmergedRollups(commits: commits, rollups: .max)
        return fixture
    }

    /// Roll-ups that do not say what their entries say; none if all is well.
    func disagreements() async throws -> [String] {
        var found = try await rows(LedgerAudit.clocks)
        for text in try await rows("SELECT org_id FROM ledger_clocks ORDER BY 1") {
            found += try await differences(OrganizationID(text)).map(\.description)
        }
        return found
    }

    /// What a worker finds that differs.
    func differences(
        _ organization: OrganizationID
    ) async throws -> [RollupVerifier.Difference] {
        let verifier = RollupVerifier(organization: organization)
        return try await transaction(organization, role: "tally_worker") { transaction in
            try await verifier.quarters(LedgerAudit.span, limit: 100, in: transaction)
                + verifier.days(LedgerAudit.span, limit: 100, in: transaction)
                + verifier.months(LedgerAudit.span, limit: 100, in: transaction)
        }
    }

    static func event(
        _ id: String, model: String = "gpt-6-sol", input: Int64 = 1_000, output: Int64 = 100,
        time: Instant = now, feature: String = "", tags: [DimensionSet.Tag] = []
    ) -> LedgerEvent {
        LedgerEvent(
            id: id, time: time,
            dimensions: DimensionSet(
                provider: "openai", model: model, operation: "chat", serviceTier: "standard",
                feature: feature, source: "gateway", tags: tags),
            quantities: UsageQuantities([Quantity(.input, input), Quantity(.output, output)]))
    }
}

/// What else than `RollupVerifier` finds holds of roll-ups.
enum LedgerAudit {
    /// All times that entries have.
    static let span = Instant(seconds: 0)..<Instant(seconds: 4_102_444_800)

    /// Clocks that do not say what is there of what is not merged.
    static let clocks = """
        SELECT 'clock', difference::text
        FROM (
            SELECT c.org_id, c.unmerged_commits, c.unmerged_rollups FROM ledger_clocks AS c
            EXCEPT
            SELECT c.org_id, count(d), coalesce(sum(cardinality(d.bucket_start)), 0)
            FROM ledger_clocks AS c LEFT JOIN usage_rollup_deltas AS d USING (org_id)
            GROUP BY c.org_id) AS difference
        """
}
