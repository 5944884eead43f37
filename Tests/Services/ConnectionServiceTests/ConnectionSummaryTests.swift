import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// All connections as one.
struct ConnectionSummaryTests {
    private static let names = PullStream(rawValue: "names/projects")

    private func summary(
        _ bench: ConnectionBench, _ filter: ConnectionFilter? = nil,
        of organization: OrganizationID? = nil
    ) async throws -> SummarizeConnectionsResponse {
        try await bench.service.summarizeConnections(
            SummarizeConnectionsRequest(filter: filter), bench.call(of: organization))
    }

    private func setAside(
        _ session: PostgresSession, _ id: String, _ stream: PullStream, _ reason: String
    ) async throws {
        try await session.execute(
            """
            UPDATE jobs SET is_ready = false, dead_at = now(), dead_reason = '\(reason)'
            WHERE key = '\(id)/\(stream.rawValue)'
            """)
    }

    /// Connections of every kind, by their names: well, late, failing, refused, set aside, paused, never synced, deleted.
    private func fill(_ bench: ConnectionBench) async throws -> [String: String] {
        let service = Service(streams: { _ in [.usage, .costs, Self.names] })
        var ids: [String: String] = [:]
        for (index, name) in [
            "well", "late", "failing", "refused", "aside", "paused", "never", "deleted",
        ].enumerated() {
            let made = try await service.createConnection(
                CreateConnectionRequest(
                    provider: index % 2 == 0 ? .openai : .anthropic, displayName: name,
                    apiKey: "sk-admin-counted-00\(index)\(index)",
                    labels: index < 3 ? [Label(key: "team", value: "ml")] : [],
                    recordOf: name == "aside" ? .attribution : .both), bench.call())
            ids[name] = made.id
        }
        for (name, stream, health) in [
            ("well", PullStream.usage, PullHealth.healthy), ("well", .costs, .healthy),
            ("well", Self.names, .degraded), ("late", .usage, .healthy),
            ("late", .costs, .healthy), ("failing", .usage, .degraded),
            ("failing", .costs, .keyRefused), ("refused", .usage, .keyRefused),
            ("refused", .costs, .degraded), ("aside", .usage, .degraded),
            // It is no record of costs: nobody waits for them.
            ("aside", .costs, .degraded), ("paused", .usage, .keyRefused),
        ] {
            let update = try bench.update(try #require(ids[name]), stream, health)
            try await bench.pool.transaction(bench.worker) { try await update.store(in: $0) }
        }
        let id = { (name: String) throws in try #require(ids[name]) }
        _ = try await bench.service.pauseConnection(
            PauseConnectionRequest(id: id("paused")), bench.call())
        _ = try await bench.service.deleteConnection(
            DeleteConnectionRequest(id: id("deleted"), confirmDisplayName: "deleted"),
            bench.call())
        let session = try await bench.database.session()
        try await session.execute(
            """
            UPDATE connections SET health = 3, last_success_at = '2026-11-19T01:00Z'
                WHERE id = '\(id("failing"))';
            UPDATE connections SET last_success_at = '2026-11-01Z' WHERE id = '\(id("paused"))';
            UPDATE connections SET last_success_at = '2026-11-02Z' WHERE id = '\(id("deleted"))';
            UPDATE connection_checkpoints SET late_at = '2026-11-20T12:00Z'
                WHERE connection_id = '\(id("late"))' AND stream = 'costs';
            UPDATE jobs SET due_at = '2026-11-21Z', is_ready = false;
            UPDATE jobs SET due_at = '2026-11-20T12:40Z' WHERE key = '\(id("late"))/costs';
            UPDATE jobs SET due_at = '2026-11-20T12:30Z' WHERE key = '\(id("aside"))/costs';
            UPDATE jobs SET due_at = '2026-11-20T12:20Z' WHERE key = '\(id("paused"))/usage';
            UPDATE jobs SET due_at = '2026-11-20T12:10Z' WHERE key = '\(id("never"))/usage';
            INSERT INTO job_holds (concurrency_key, held_until)
                SELECT concurrency_key, '2026-11-20T13:30Z' FROM jobs
                WHERE key = '\(id("never"))/usage';
            """)
        try await setAside(session, id("refused"), .usage, "KEY_LACKS_PERMISSION")
        try await setAside(session, id("refused"), .costs, "KEY_LACKS_PERMISSION")
        try await setAside(session, id("aside"), .usage, "PROVIDER_ANSWER_UNREADABLE")
        try await setAside(session, id("aside"), .costs, "KEY_REFUSED")
        try await setAside(session, id("well"), Self.names, "KEY_LACKS_PERMISSION")
        try await setAside(session, id("paused"), .costs, "KEY_REFUSED")
        await session.close()
        return ids
    }

    @Test func aSummaryCountsEachConnectionOnce() async throws {
        try await ConnectionBench.with { bench in
            #expect(try await summary(bench) == SummarizeConnectionsResponse())
            _ = try await fill(bench)
            let found = try await summary(bench)
            let time = { (text: String) throws in Timestamp(try Instant(rfc3339: text)) }
            #expect(found.connections == 7)
            #expect(
                found.healths.map { [$0.health.rawValue, $0.connections] } == [
                    [ConnectionHealth.pending.rawValue, 1], [ConnectionHealth.healthy.rawValue, 1],
                    [ConnectionHealth.degraded.rawValue, 2],
                    [ConnectionHealth.keyRefused.rawValue, 1],
                    [ConnectionHealth.paused.rawValue, 1], [ConnectionHealth.late.rawValue, 1],
                ])
            #expect(
                found.providers.map { [$0.provider.rawValue, $0.connections] } == [
                    [Provider.openai.rawValue, 4], [Provider.anthropic.rawValue, 3],
                ])
            #expect(found.neverSynced == 3)
            // Nobody waits for the paused one, whose last success is the oldest.
            #expect(try found.oldestSuccessTime == time("2026-11-19T01:00:00Z"))
            #expect(try found.newestSuccessTime == time("2026-11-20T13:00:00Z"))
            // What is held, set aside, paused or not of record waits longer, or for nothing.
            #expect(try found.nextRunTime == time("2026-11-20T12:40:00Z"))
            #expect(found.needAdmin == 2)
            #expect(
                found.attentions == [
                    .init(reason: "KEY_LACKS_PERMISSION", connections: 1),
                    .init(reason: "PROVIDER_ANSWER_UNREADABLE", connections: 1),
                ])
            #expect(found.reportsFailing == 6)
            #expect(found.reportsSetAside == 3 && found.listsSetAside == 1)
            #expect(found.reportsRunning == 0)

            // A key is refused before its job is set aside, too.
            let session = try await bench.database.session()
            try await session.execute("UPDATE jobs SET dead_at = NULL, dead_reason = NULL")
            await session.close()
            let sooner = try await summary(bench)
            #expect(sooner.needAdmin == 1 && sooner.reportsSetAside == 0)
            #expect(sooner.attentions == [.init(reason: "KEY_REFUSED", connections: 1)])
        }
    }

    /// The list is the oracle: a summary says of every filter what it adds up to.
    @Test func aSummarySaysWhatTheListShows() async throws {
        try await ConnectionBench.with { bench in
            _ = try await fill(bench)
            try await agree(bench)
            let queue = JobQueue(pool: bench.pool, owner: "worker")
            let claimed = try await queue.claim(
                [PullConnection.kind], limit: 4, lease: .seconds(600))
            #expect(!claimed.isEmpty)
            #expect(try await summary(bench).reportsRunning > 0)
            try await agree(bench)
        }
    }

    private func agree(_ bench: ConnectionBench) async throws {
        for filter in [
            ConnectionFilter(), .init(providers: [.openai]), .init(providers: [.openrouter]),
            .init(healths: [.degraded, .paused]), .init(healths: [.late]),
            .init(healths: [.deleted]), .init(labels: [Label(key: "team", value: "ml")]),
            .init(recordOf: .billing), .init(search: "a"), .init(search: "0033"),
        ] {
            let listed = try await bench.service.listConnections(
                ListConnectionsRequest(filter: filter), bench.call()
            ).connections
            let found = try await summary(bench, filter)
            let read = listed.filter { $0.health != .paused }
            let successes = read.compactMap(\.lastSuccessTime).map(\.seconds)
            let reports = read.flatMap(\.reports)
            let spend = { (report: ConnectionReport) in !report.name.hasPrefix("names") }
            #expect(Int(found.connections) == listed.count, "\(filter)")
            for count in found.healths {
                #expect(
                    Int(count.connections) == listed.count { $0.health == count.health })
            }
            #expect(found.healths.map(\.connections).reduce(0, +) == found.connections)
            #expect(found.providers.map(\.connections).reduce(0, +) == found.connections)
            #expect(Int(found.neverSynced) == listed.count { $0.lastSuccessTime == nil })
            #expect(found.oldestSuccessTime?.seconds == successes.min())
            #expect(found.newestSuccessTime?.seconds == successes.max())
            #expect(
                found.nextRunTime?.seconds == read.compactMap(\.nextRunTime?.seconds).min(),
                "\(filter)")
            #expect(
                Int(found.reportsSetAside)
                    == reports.count { spend($0) && !$0.setAsideReason.isEmpty })
            #expect(
                Int(found.listsSetAside)
                    == reports.count { !spend($0) && !$0.setAsideReason.isEmpty })
            #expect(Int(found.reportsRunning) == reports.count(where: \.running))
            let needing = read.count {
                $0.health == .keyRefused
                    || $0.reports.contains { spend($0) && !$0.setAsideReason.isEmpty }
            }
            #expect(Int(found.needAdmin) == needing, "\(filter)")
        }
    }

    @Test func anotherOrganizationIsNotCounted() async throws {
        try await ConnectionBench.with { bench in
            let before = try await summary(bench)
            let other = try await ConnectionBench.makeOrganization("other", in: bench.database)
            try await bench.keys.makeKeys(of: other)
            for index in 0..<3 {
                _ = try await bench.service.createConnection(
                    CreateConnectionRequest(
                        provider: .openai, displayName: "theirs \(index)",
                        apiKey: "sk-admin-theirs-00\(index)\(index)"), bench.call(of: other))
            }
            #expect(try await summary(bench) == before)
            #expect(try await summary(bench, of: other).connections == 3)
            let mine = try await bench.create()
            let one = try await summary(bench)
            #expect(one.connections == 1 && one.neverSynced == 1)
            #expect(try await summary(bench, of: other).connections == 3)
            // A list's checks are a summary's.
            let error = await #expect(throws: ServiceError.self) {
                _ = try await summary(bench, .init(healths: [.init(rawValue: 99)]))
            }
            #expect(error?.reason == "CONNECTION_HEALTH_UNKNOWN")
            #expect(one.nextRunTime == mine.nextRunTime)
        }
    }
}
