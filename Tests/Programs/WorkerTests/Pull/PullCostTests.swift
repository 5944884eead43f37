import ConnectionService
import Core
import Domain
import Jobs
import Logging
import Postgres
import Providers
import Synchronization
import TestSupport
import Testing

@testable import Worker

/// What pulls cost that find nothing new, which most do.
@Suite struct PullCostTests {
    /// An account that uses nothing.
    private struct Unused: ProviderTransport {
        func send(_ request: ProviderRequest) async throws(ProviderError) -> ProviderResponse {
            let start = request.query.first { $0.name == "start_time" }.flatMap { Int64($0.value) }
            let bucket = start.map {
                #"{"object":"bucket","start_time":\#($0),"end_time":\#($0 + 3600),"results":[]}"#
            }
            let body = #"{"data":[\#(bucket ?? "")],"has_more":false,"next_page":null}"#
            return ProviderResponse(status: 200, headers: [:], body: Array(body.utf8))
        }
    }

    /// One to know what to read, and one for the page, the checkpoint, and that the report is read to the present.
    @Test func aPullOfNothingNewIsTwoTransactions() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect()
            #expect(try await bench.readOnce())
            try await bench.execute(
                "UPDATE jobs SET due_at = now() WHERE key = '\(id.text)/usage'")
            let job = try #require(
                try await JobQueue(pool: bench.pool, owner: "test").claim(
                    [PullConnection.kind], limit: 1, lease: .seconds(600)
                ).first)
            let statements = Mutex<[String]>([])
            var configuration = bench.database.configuration()
            configuration.statementObserver = { sql, _, _ in
                statements.withLock { $0.append(sql) }
            }
            let log = bench.log
            let logger = Logger(label: "test") { _ in log }
            let pool = PostgresPool(configuration: configuration, logger: logger)
            let worker = PullConnectionWorker(
                database: WorkerDatabase(pool: pool), keys: try bench.keys,
                registry: ProviderRegistry(transports: [.openAI: Unused()]),
                pace: PullPace(pollInterval: .seconds(3600), pagePause: .zero), notifier: nil,
                worker: "test", clock: .fixed(try Instant(rfc3339: "2026-11-20T13:34:56Z")),
                logger: logger)
            // The second time, as the first one asks whose account it is.
            for _ in 0..<2 {
                statements.withLock { $0 = [] }
                guard case .dueInStep = try await worker.run(job, JobControl()) else {
                    Issue.record("the pull has not succeeded")
                    break
                }
            }
            await pool.shutdown()
            let sent = statements.withLock { $0 }
            #expect(sent.count { $0 == "BEGIN" } == 2)
            #expect(sent.count <= 15, "\(sent.joined(separator: "\n"))")
            #expect(
                try await bench.texts(
                    "SELECT count(*)::text FROM connection_runs WHERE outcome = 2 AND worker = 'test'"
                ) == [["2"]])
        }
    }
}
