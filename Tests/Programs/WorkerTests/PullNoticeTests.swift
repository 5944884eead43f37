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
        let connection = try #require(
            try await database.transaction(for: organization) {
                try await $0.first(SelectConnection(organizationID: organization, id: id))
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
                job: job, key: key, connection: connection, limitKey: "test",
                checkpoint: Checkpoint(), run: PullRun(key, worker: "test", now: .init(seconds: 0)))
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

    @Test func noProviderIsLeftAloneForADay() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect()
            let outcome = try await Self.fail(
                id, .usage, attempt: 1, bench, Notices(),
                ProviderError(.rateLimited, status: 429, retryAfter: .seconds(86_400)))
            #expect(
                outcome
                    == .throttled(reason: "PROVIDER_RATE_LIMITED", retryAfter: .seconds(3600)))
            let said = try await bench.connection(id).lastError
            #expect(said.contains("1440 minutes") && said.contains("after 60 minutes"))
            let short = try await Self.fail(
                id, .usage, attempt: 2, bench, Notices(),
                ProviderError(.rateLimited, status: 429, retryAfter: .seconds(90)))
            #expect(
                short == .throttled(reason: "PROVIDER_RATE_LIMITED", retryAfter: .seconds(90)))
            #expect(try await bench.connection(id).lastError.contains("2 minutes"))
        }
    }
}
