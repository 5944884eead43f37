import API
import Core
import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// What people did with coding tools is kept beside the ledger: exactly, sealed, and in no total.
struct CodingActivityTests {
    private static let path = "/v1/organizations/usage_report/claude_code"

    /// One row of each day that is asked for, of a person by each name.
    private static func body(_ people: [String], sessions: Int) -> @Sendable (String) -> String {
        { day in
            let rows = people.map { person in
                """
                {"date":"\(day)T00:00:00Z","actor":{"type":"user_actor",\
                "email_address":"\(person)@person.test"},"organization_id":"o",\
                "customer_type":"api","subscription_type":null,"terminal_type":"vscode",\
                "is_remote":false,"core_metrics":{"num_sessions":\(sessions),\
                "lines_of_code":{"added":10,"removed":1},"commits_by_claude_code":2,\
                "pull_requests_by_claude_code":1},\
                "tool_actions":{"edit_tool":{"accepted":3,"rejected":1}},\
                "model_breakdown":[{"model":"claude-sonnet-5","tokens":{"input":1000,\
                "output":200,"cache_read":30,"cache_creation":4},\
                "estimated_cost":{"amount":86,"currency":"USD"}}]}
                """
            }
            return #"{"data":[\#(rows.joined(separator: ","))],"has_more":false,"next_page":null}"#
        }
    }

    /// By what is still told: rows, people, sessions, tokens and the estimate.
    private static let sums = """
        SELECT count(*)::text, count(DISTINCT actor_key)::text, sum(sessions)::text,
            sum((m ->> 'input')::bigint)::text, sum((m ->> 'estimated_picos')::numeric)::text
        FROM coding_activity, jsonb_array_elements(models) AS m WHERE taken_back_at IS NULL
        """

    @Test func activityIsKeptSealedAndInNoTotal() async throws {
        let provider = FakeProvider(
            .random(
                from: try Instant(rfc3339: "2026-11-10T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: 21))
        try await WorkerBench.with(provider) { bench in
            let connection = try await bench.connect(.anthropic)
            #expect(try await bench.readOnce())
            let without = try await bench.totals()
            provider.state.withLock {
                $0.bodiesByDay[Self.path] = Self.body(["planted-ada", "planted-eli"], sessions: 5)
            }
            // Three days before the last read are read again, and what came since.
            #expect(try await bench.readOnce(now: "2026-11-21T13:00:00Z"))
            #expect(
                try await bench.texts(Self.sums)
                    == [["10", "2", "50", "10000", "8600000000000"]])
            // No total has it: neither as usage nor as money.
            #expect(try await bench.totals() == without)
            let sources = try await bench.texts(
                "SELECT count(*)::text FROM dimension_sets WHERE source LIKE '%claude_code%'")
            #expect(sources == [["0"]])
            for text in try await bench.log.lines + bench.everyRow() {
                #expect(!text.lowercased().contains("planted"))
            }
            let shown = try await bench.connection(connection)
            let report = try #require(shown.reports.first { $0.name == "activity/claude_code" })
            #expect(report.health == .healthy && report.pagesRead > 5)

            // A restated day replaces, and what a day lacks is taken back; a day that is not read again stays.
            provider.state.withLock {
                $0.bodiesByDay[Self.path] = Self.body(["planted-eli"], sessions: 7)
            }
            #expect(try await bench.readOnce(now: "2026-11-22T13:00:00Z"))
            #expect(
                try await bench.texts(Self.sums)
                    == [["7", "2", "45", "7000", "6020000000000"]])
            #expect(
                try await bench.texts(
                    "SELECT count(*)::text FROM coding_activity WHERE taken_back_at IS NOT NULL")
                    == [["4"]])
            #expect(try await bench.totals() == without)
        }
    }

    /// It is kept as long as usage is, and nobody removes it sooner.
    @Test func activityGoesWhenUsageDoes() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let connection = try await bench.connect(.anthropic)
            for (key, months) in [("old", 30), ("new", 1)] {
                try await bench.execute(
                    """
                    INSERT INTO coding_activity (org_id, connection_id, row_key, bucket_start,
                        actor_key, sealed_actor, is_person, customer, subscription, terminal,
                        is_remote, sessions, lines_added, lines_removed, commits, pull_requests,
                        suggestions, models, told_at)
                    VALUES ('\(bench.organization)', '\(connection)', '\(key)',
                        date_bin('1 day', now() - interval '\(months) months', '1970-01-01Z'), '',
                        '', true, 'api', '', '', false, 1, 1, 1, 1, 1, '[]', '[]', now())
                    """)
            }
            let keys = "SELECT convert_from(row_key, 'UTF8') FROM coding_activity"
            let sooner = """
                SELECT set_config('app.org_id', '\(bench.organization)', false);
                SET ROLE tally_worker; DELETE FROM coding_activity
                """
            await #expect(throws: (any Error).self) { try await bench.execute(sooner) }
            #expect(try await bench.texts(keys).count == 2)
            try await bench.execute(
                """
                INSERT INTO organization_states (org_id, retention_months, retention_begins_at)
                VALUES ('\(bench.organization)', 13, now() - interval '1 minute')
                ON CONFLICT (org_id) DO UPDATE SET retention_months = excluded.retention_months,
                    retention_begins_at = excluded.retention_begins_at;
                UPDATE jobs SET due_at = now() WHERE kind = 'remove_old_usage'
                """)
            #expect(try await bench.readOnce())
            #expect(try await bench.texts(keys) == [["new"]])
        }
    }
}
