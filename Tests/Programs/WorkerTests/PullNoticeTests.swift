import API
import Core
import Domain
import Jobs
import Logging
import Notifications
import Postgres
import Providers
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// What operators are told of pulls that fail, and how long a provider is left alone.
@Suite struct PullNoticeTests {
    private final class Notices: Notifier {
        private let told = Mutex<[ConnectionNotice.Kind]>([])
        var kinds: [ConnectionNotice.Kind] { told.withLock { $0 } }

        func notify(_ notice: ConnectionNotice, _ logger: Logger) async {
            told.withLock { $0.append(notice.kind) }
        }

        func notify(_ notice: RollupNotice, _ logger: Logger) async {}
    }

    /// A failure, after so many in a row, of a report of the connection.
    private static func fail(
        _ id: ConnectionID, _ stream: PullStream, attempt: Int, _ bench: WorkerBench,
        _ notices: Notices, _ error: ProviderError = ProviderError(.unavailable)
    ) async throws -> JobOutcome {
        let organization = bench.organization
        try await bench.execute(
            """
            UPDATE jobs SET lease_token = NULL, lease_owner = NULL, attempt = \(attempt - 1),
                due_at = CASE WHEN key = '\(id.text)/\(stream.rawValue)'
                    THEN now() - interval '1 hour' ELSE now() + interval '1 day' END
            """)
        let job = try #require(
            try await JobQueue(pool: bench.pool, owner: "test").claim(
                [PullConnection.kind], limit: 1, lease: .seconds(600)
            ).first)
        let key = CheckpointKey(
            organizationID: organization, connectionID: id, stream: stream)
        let database = WorkerDatabase(pool: bench.pool)
        let pulled = try #require(
            try await database.transaction(for: organization) {
                try await $0.first(SelectPulledConnection(key))
            })
        let log = bench.log
        let failures = PullFailures(
            database: database, notifier: notices,
            pace: PullPace(pollInterval: .seconds(600), pagePause: .zero),
            clock: .fixed(try Instant(rfc3339: WorkerBench.now)),
            logger: Logger(label: "test") { _ in log })
        return try await failures.record(
            .provider(error),
            of: PullConnectionWorker.Pull(
                job: job, key: key, connection: pulled.connection, checkpoint: pulled.checkpoint,
                run: PullRun(key, worker: "test", now: .init(seconds: 0)))
        )
    }

    /// Whichever failure it is that is seen first from the third on, of whichever report and worker.
    @Test func aDegradedConnectionIsToldOnceUntilItIsWell() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect()
            let notices = Notices()
            for (stream, attempt, count) in [
                (.usage, 1, 0), (.usage, 2, 0), (.usage, 4, 1), (.usage, 5, 1), (.costs, 3, 1),
                (.costs, 9, 1),
            ] as [(PullStream, Int, Int)] {
                _ = try await Self.fail(id, stream, attempt: attempt, bench, notices)
                #expect(notices.kinds.count == count, "\(stream.rawValue) \(attempt)")
            }
            try await bench.execute(
                "UPDATE jobs SET lease_token = NULL, lease_owner = NULL, due_at = now()")
            #expect(try await bench.readOnce())
            #expect(try await bench.connection(id).health == .healthy)
            _ = try await Self.fail(id, .usage, attempt: 3, bench, notices)
            #expect(notices.kinds == [.degraded, .degraded])
        }
    }

    private static let names = PullStream(rawValue: "names/projects")

    /// A mark of before lists and figures were told apart goes with the next figures that are well, and silences none
    /// that fail afterwards.
    @Test func anOldMarkOfListsSilencesNoFigures() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            let notices = Notices()
            _ = try await Self.fail(id, Self.names, attempt: 3, bench, notices)
            try await bench.execute(
                """
                UPDATE connections SET told_degraded_at = told_lists_degraded_at, told_lists_degraded_at = NULL;
                UPDATE jobs SET lease_token = NULL, lease_owner = NULL, due_at = CASE
                    WHEN key LIKE '%/names/%' THEN now() + interval '1 day' ELSE now() END
                """)
            #expect(try await bench.readOnce())
            #expect(
                try await bench.texts("SELECT told_degraded_at::text FROM connections") == [[nil]])
            _ = try await Self.fail(id, .usage, attempt: 3, bench, notices)
            #expect(notices.kinds == [.degraded, .degraded])
        }
    }

    /// Nobody waits for a list of names, so the connection is healthy while it fails.
    @Test func namesThatFailSilenceNoLaterTrouble() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            let notices = Notices()
            _ = try await Self.fail(id, Self.names, attempt: 3, bench, notices)
            #expect(notices.kinds == [.degraded])
            try await bench.execute(
                "UPDATE jobs SET lease_token = NULL, lease_owner = NULL, due_at = now()")
            #expect(try await bench.readOnce())
            #expect(try await bench.connection(id).health == .healthy)
            _ = try await Self.fail(id, .usage, attempt: 3, bench, notices)
            #expect(notices.kinds == [.degraded, .degraded])
            // What figures wait for is well again, and the names are not: nothing of theirs is news.
            _ = try await Self.fail(id, Self.names, attempt: 3, bench, notices)
            #expect(notices.kinds == [.degraded, .degraded])
        }
    }

    @Test func aListThatFailsSilencesNoFigures() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            let notices = Notices()
            for (stream, count) in [(Self.names, 1), (.usage, 2), (Self.names, 2), (.costs, 2)] {
                _ = try await Self.fail(id, stream, attempt: 3, bench, notices)
                #expect(notices.kinds.count == count, "\(stream.rawValue)")
            }
        }
    }

    /// Figures that are well again tell nothing as long as a list fails that was told of, too: be it that it is not
    /// there, or that the key may not read it.
    @Test(arguments: [(404, ProviderError(.notFound)), (401, ProviderError(.keyRefused))])
    func recoveryIsToldOnceAllIsWellThatWasTold(
        status: Int, error: ProviderError
    ) async throws {
        let provider = FakeProvider(.init())
        let hook = NoticeBox()
        let server = try await StubHTTPServer { request in
            hook.append(request)
            return .init(status: 204)
        }
        try await WorkerBench.with(provider) { bench in
            let webhook = ["TALLY_OPERATOR_WEBHOOK_URL": server.baseURL + "/hook"]
            let recoveries = { hook.bodies.count { $0.contains("connection.recovered") } }
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            let notices = Notices()
            _ = try await Self.fail(id, Self.names, attempt: 3, bench, notices, error)
            _ = try await Self.fail(id, .usage, attempt: 3, bench, notices)
            #expect(notices.kinds == [status == 401 ? .keyRefused : .degraded, .degraded])
            try await bench.execute(
                "UPDATE jobs SET lease_token = NULL, lease_owner = NULL, due_at = now()")
            provider.state.withLock { $0.failing = ("/v1/organization/projects", status) }
            #expect(try await !bench.readOnce(webhook))
            #expect(try await bench.connection(id).health == .healthy)
            #expect(recoveries() == 0)

            provider.state.withLock { $0.failing = nil }
            #expect(try await bench.readOnce(webhook, now: "2026-11-20T12:50:00Z"))
            #expect(recoveries() == 1)
            #expect(try await bench.readOnce(webhook, now: "2026-11-20T13:50:00Z"))
            #expect(recoveries() == 1)
        }
        try await server.close()
    }

    @Test func aRefusedListOfNamesIsToldOnce() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            let notices = Notices()
            for _ in 1...3 {
                _ = try await Self.fail(
                    id, Self.names, attempt: 1, bench, notices, ProviderError(.keyRefused))
            }
            #expect(notices.kinds == [.keyRefused])
            _ = try await Self.fail(
                id, .usage, attempt: 1, bench, notices, ProviderError(.keyRefused))
            #expect(notices.kinds == [.keyRefused, .keyRefused])
        }
    }

    @Test func anotherKeyOrARestLetsTroubleBeNews() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect()
            let notices = Notices()
            let fails = { (stream: PullStream, count: Int) in
                _ = try await Self.fail(id, stream, attempt: 3, bench, notices)
                #expect(notices.kinds.count == count)
            }
            try await fails(.costs, 1)
            _ = try await bench.replaceKey(id, "sk-admin-another-key-wxyz")
            try await fails(.costs, 2)
            try await fails(.costs, 2)
            for isPaused in [true, false] {
                try await bench.change { service, call in
                    isPaused
                        ? try await service.pauseConnection(
                            PauseConnectionRequest(id: id.text), call)
                        : try await service.resumeConnection(
                            ResumeConnectionRequest(id: id.text), call)
                }
            }
            try await fails(.costs, 3)
            // The bill is not pulled any more: what fails afterwards is another thing.
            try await bench.change { service, call in
                try await service.updateConnection(
                    UpdateConnectionRequest(
                        id: id.text, recordOf: .attribution, updateMask: ["record_of"]), call)
            }
            try await fails(.usage, 4)
            // A change of its name is none.
            try await bench.change { service, call in
                try await service.updateConnection(
                    UpdateConnectionRequest(
                        id: id.text, displayName: "Other", updateMask: ["display_name"]), call)
            }
            try await fails(.usage, 4)
        }
    }

    @Test func aProviderIsLeftAloneForAsLongAsItAsks() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect()
            for (seconds, minutes) in [(86_400, 1440), (90, 2)] as [(Int64, Int)] {
                let outcome = try await Self.fail(
                    id, .usage, attempt: 1, bench, Notices(),
                    ProviderError(.rateLimited, status: 429, retryAfter: .seconds(seconds)))
                #expect(
                    outcome
                        == .throttled(
                            reason: "PROVIDER_RATE_LIMITED", retryAfter: .seconds(seconds)))
                let said = try await bench.connection(id).lastError
                #expect(said.contains("\(minutes) minutes") && said.contains("--break-rest"))
            }
        }
    }
}
