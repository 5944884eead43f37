import API
import Core
import Domain
import Foundation
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// What people did with coding tools is kept beside the ledger: exactly, sealed, and in no total.
struct CodingActivityTests {
    private static let stream = PullStream(rawValue: "activity/claude_code")
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

    @Test func activityIsSummedByPerson() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let connections = [
                try await bench.connect(.anthropic, streams: [.usage, .costs, Self.stream]),
                try await bench.connect(.openai),
            ]
            let keys = try await bench.call.keysToSeal()
            // A program, and two people; one of them on two days, with both connections, and in two currencies.
            for (number, (actor, connection, day, currency, isTakenBack)) in [
                ("ada@person.test", 0, 10, "USD", false), ("ada@person.test", 0, 11, "EUR", false),
                ("ada@person.test", 1, 11, "USD", false), ("bo@person.test", 0, 11, "USD", false),
                ("ci-key", 0, 11, "USD", false), ("bo@person.test", 0, 12, "USD", true),
                ("bo@person.test", 0, 19, "USD", false),
            ].enumerated() {
                let isPerson = actor.contains("@")
                let id = connections[connection].text
                let rowKey = try keys.codingActivityKey(of: "\(number)", connection: id)
                let row = try ConnectionService.CodingActivity(
                    rowKey: rowKey, day: Instant(rfc3339: "2026-11-\(day)T00:00:00Z"),
                    actorKey: keys.codingActorKey(of: actor, isPerson: isPerson),
                    sealedActor: keys.seal(codingActor: actor, connection: id, rowKey: rowKey),
                    told: .init(
                        isPerson: isPerson, customer: "api", subscription: "", terminal: "vscode",
                        isRemote: false, sessions: 5, linesAdded: 4, linesRemoved: 3, commits: 2,
                        pullRequests: 1,
                        suggestions: [
                            .init(tool: "edit", accepted: 3, rejected: 1),
                            .init(tool: "write", accepted: 1, rejected: 0),
                        ],
                        models: (1...2).map { _ in
                            .init(
                                model: "m", input: 10, cacheRead: 20, cacheWrite: 30, output: 40,
                                estimatedCost: Domain.Money(
                                    picos: 1_500_000_000_000, currency: try Currency(currency)))
                        }))
                _ = try await WorkerDatabase(pool: bench.pool).transaction(
                    for: bench.organization
                ) {
                    try await $0.execute(
                        UpsertCodingActivity(
                            organizationID: bench.organization,
                            connectionID: connections[connection], rows: [row],
                            toldAt: row.day))
                }
                if isTakenBack {
                    try await bench.execute(
                        "UPDATE coding_activity SET taken_back_at = now() WHERE bucket_start = '\(row.day.rfc3339)'"
                    )
                }
            }
            let list = { (connection: String, size: Int32, token: String) in
                try await bench.service.listCodingActivity(
                    ListCodingActivityRequest(
                        from: API.Date(year: 2026, month: 11, day: 10),
                        through: API.Date(year: 2026, month: 11, day: 18), connectionID: connection,
                        pageSize: size, pageToken: token), bench.call)
            }
            var all: [API.CodingActivity] = []
            var token = ""
            repeat {
                let page = try await list("", 1, token)
                #expect(page.activity.count == 1)
                // Nobody has read it of the connection that has it.
                #expect(page.readThrough == nil)
                all += page.activity
                token = page.nextPageToken
            } while !token.isEmpty
            all.sort { $0.actor < $1.actor }
            #expect(all.map(\.actor) == ["ada@person.test", "bo@person.test", "ci-key"])
            #expect(all.map(\.person) == [true, true, false])
            #expect(all.map(\.days) == [2, 1, 1] && all.map(\.sessions) == [15, 5, 5])
            let ada = try #require(all.first)
            #expect(ada.lastDay == API.Date(year: 2026, month: 11, day: 11))
            #expect(
                [ada.linesAdded, ada.linesRemoved, ada.commits, ada.pullRequests] == [12, 9, 6, 3])
            #expect([ada.suggestionsAccepted, ada.suggestionsRejected] == [12, 3])
            #expect(
                [ada.inputTokens, ada.cacheReadTokens, ada.cacheWriteTokens, ada.outputTokens]
                    == [60, 120, 180, 240])
            #expect(ada.estimatedCosts.map(\.currencyCode) == ["EUR", "USD"])
            #expect(
                ada.estimatedCosts.map { $0.amount.prefix(4) } == ["3.00", "6.00"])
            let ofOne = try await list(connections[1].text, 0, "")
            #expect(ofOne.activity.map(\.sessions) == [5] && ofOne.activity.map(\.days) == [1])

            try await bench.execute(
                "UPDATE connection_checkpoints SET through = '2026-11-12Z' WHERE stream LIKE 'act%'"
            )
            let read = try await list("", 0, "").readThrough
            #expect(read?.seconds == (try Instant(rfc3339: "2026-11-12T00:00:00Z").seconds))
            let unknown = await #expect(throws: ServiceError.self) {
                _ = try await list(ConnectionID.make().text, 0, "")
            }
            #expect(unknown?.reason == "CONNECTION_NOT_FOUND")
            let reversed = await #expect(throws: ServiceError.self) {
                _ = try await bench.service.listCodingActivity(
                    ListCodingActivityRequest(
                        from: API.Date(year: 2026, month: 11, day: 10),
                        through: API.Date(year: 2026, month: 11, day: 9)), bench.call)
            }
            #expect(reversed?.reason == "DAYS_REVERSED")
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
