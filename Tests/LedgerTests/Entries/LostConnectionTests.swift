import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// What is left of events whose connection to the database ends while their last statements, which are sent together
/// with COMMIT, are under way.
@Suite struct LostConnectionTests {
    private typealias Fixture = LedgerFixture

    private static let waiting = """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
        """
    private static let recorded = """
        SELECT (SELECT count(*) FROM ledger_entries), (SELECT count(*) FROM idempotency_keys)
        """

    /// COMMIT of this transaction waits for a standby server.
    private struct WaitForStandby: PostgresStatement {
        typealias Row = Void
        static let sql = "SELECT set_config('synchronous_commit', 'on', true)"
    }

    /// Each of those statements in turn waits for somebody else: nothing of the commit is there, and sent again the
    /// events are there once. The clock, which the writer has locked by then, may still not be changed.
    @Test(arguments: ["usage_event_blocks", "usage_rollup_deltas", "ledger_clocks"])
    func eventsThatWereNotAcknowledgedAreSentAgain(waitsFor table: String) async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let first = (0..<3).map { Fixture.event("first-\($0)") }
            try await fixture.record(first, organization)
            let further = (0..<5).map { Fixture.event("further-\($0)", feature: "\($0)") }
            let holder = try await fixture.database.session()
            try await holder.execute("BEGIN; LOCK TABLE \(table) IN SHARE MODE")
            let writing = Task { try await fixture.record(further, organization) }
            var pid = ""
            try await until {
                pid = try await fixture.rows(Self.waiting).first ?? ""
                return !pid.isEmpty
            }
            _ = try await fixture.rows("SELECT pg_terminate_backend(\(pid), 5000)")
            let error = await #expect(throws: PostgresError.self) { try await writing.value }
            #expect(error?.sqlState.isUnavailable == true)
            try await holder.execute("COMMIT")
            await holder.close()

            #expect(try await fixture.rows(Self.recorded) == ["3|3"])
            #expect(try await fixture.disagreements() == [])
            // What did not come about is forgotten here, too: the numbers of its dimensions.
            let outcomes = try await fixture.record(first + further, organization)
            #expect(
                outcomes.map { $0 == .duplicate }
                    == first.map { _ in true } + further.map { _ in false })
            #expect(try await fixture.rows(Self.recorded) == ["8|8"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// COMMIT takes effect, and the connection ends before it is answered: the sender, who cannot know, sends the
    /// events again, and all of them are duplicates.
    @Test(.timeLimit(.minutes(3))) func eventsWhoseCommitWasNotAnsweredAreThereOnce() async throws {
        let cluster = try ScratchCluster.start(settings: [
            "synchronous_commit=local", "synchronous_standby_names=nobody",
        ])
        let database = try await ScratchDatabase.migrated(in: cluster)
        let fixture = Fixture(
            database: database, pool: database.pool(), keys: try TestKeys(),
            calculator: CostCalculator(catalogue: try CatalogueFixture.catalogue()))
        let organization = try await fixture.makeOrganization()
        let first = (0..<3).map { Fixture.event("first-\($0)") }
        try await fixture.record(first, organization)
        let further = (0..<5).map { Fixture.event("further-\($0)", feature: "\($0)") }
        let priced = try further.map {
            try PricedEvent($0, calculator: fixture.calculator, keys: fixture.keys)
        }
        let writer = EntryWriter(
            organization: organization, cache: fixture.cache, keys: fixture.keys)
        let writing = Task {
            try await fixture.transaction(organization) { transaction in
                try await transaction.execute(WaitForStandby())
                return try await writer.record(priced, in: transaction, now: Fixture.now).outcomes
            }
        }
        var pid = ""
        try await until {
            pid =
                try await fixture.rows(
                    "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                ).first ?? ""
            return !pid.isEmpty
        }
        #expect(try await fixture.rows(Self.recorded) == ["3|3"])
        _ = try await fixture.rows("SELECT pg_terminate_backend(\(pid), 60000)")
        let error = await #expect(throws: PostgresError.self) { try await writing.value }
        #expect(error?.sqlState.isUnavailable == true)
        #expect(try await fixture.rows(Self.recorded) == ["8|8"])
        #expect(try await fixture.disagreements() == [])

        let outcomes = try await fixture.record(first + further, organization)
        #expect(outcomes == Array(repeating: .duplicate, count: 8))
        #expect(try await fixture.rows(Self.recorded) == ["8|8"])
        #expect(try await fixture.disagreements() == [])
        await fixture.pool.shutdown()
        try cluster.stop()
    }
}
