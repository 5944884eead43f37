import Core
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Postgres

/// Cancelling statements while a server does not answer.
///
/// One after another: each has a server of its own, whose postmaster is stopped. What is connected
/// goes on; a cancel request is a new connection, and waits.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct CancellationTests {
    private struct Sleep: PostgresStatement {
        typealias Row = Void
        static let sql = "SELECT pg_sleep($1::int8)::text"
        let seconds: Int
        func bind(into bindings: inout PostgresBindings) { bindings.append(seconds) }
    }

    private struct BackendID: PostgresStatement {
        static let sql = "SELECT pg_backend_pid()"
        static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
    }

    private func withSilentServer(
        connectionsMax: Int,
        _ body: (PostgresPool, PostgresSession, _ silence: Silence) async throws -> Void
    ) async throws {
        let cluster = try ScratchCluster.start()
        let pidFile = cluster.directory + "/data/postmaster.pid"
        let pid = try #require(
            try String(contentsOfFile: pidFile, encoding: .utf8)
                .split(separator: "\n").first.flatMap { pid_t($0) })
        let silence = Silence(postmaster: pid)
        let pool = PostgresPool(
            configuration: PostgresConfiguration(
                url: cluster.url(), connectionsMax: connectionsMax),
            logger: Logger(label: "test"))
        let session = try await PostgresSession.open(.patient(url: cluster.url()))
        do {
            try await body(pool, session, silence)
        } catch {
            silence.end()
            try cluster.stop()
            throw error
        }
        silence.end()
        await session.close()
        await pool.shutdown()
        try cluster.stop()
    }

    /// A server that accepts connections and answers none of them.
    private struct Silence {
        let postmaster: pid_t
        func begin() { kill(postmaster, SIGSTOP) }
        func end() { kill(postmaster, SIGCONT) }
    }

    private func waitForSleepers(_ count: Int, _ session: PostgresSession) async throws {
        // Nothing tells that a statement runs but the server.
        try await until {
            try await session.texts(
                "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' "
                    + "AND state = 'active'"
            ).count >= count
        }
    }

    @Test(.rule(7)) func cancelTowardASilentServerDelaysNoOther() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            try await withSilentServer(connectionsMax: 4) { silent, silentSession, silence in
                let answering = database.pool(connectionsMax: 1)
                let session = try await database.session()
                let stuck = (1...4).map { _ in
                    Task {
                        try await silent.transaction { try await $0.execute(Sleep(seconds: 60)) }
                    }
                }
                try await waitForSleepers(4, silentSession)
                let other = Task {
                    try await answering.transaction { try await $0.execute(Sleep(seconds: 60)) }
                }
                try await waitForSleepers(1, session)
                silence.begin()
                for task in stuck { task.cancel() }
                let start = ContinuousClock.now
                other.cancel()
                await #expect(throws: CancellationError.self) { try await other.value }
                #expect(ContinuousClock.now - start < .seconds(20))
                silence.end()
                for task in stuck {
                    await #expect(throws: CancellationError.self) { try await task.value }
                }
                // Those that waited for the silent server reached it in the end.
                #expect(ContinuousClock.now - start < .seconds(50))
                await session.close()
                await answering.shutdown()
            }
        }
    }

    /// Or its request, once it arrives, would cancel what is somebody else's by then.
    @Test func connectionWithACancelUnderWayIsNotUsedAgain() async throws {
        try await withSilentServer(connectionsMax: 1) { pool, session, silence in
            let first = try await pool.transaction { try await $0.first(BackendID()) }
            let again = try await pool.transaction { try await $0.first(BackendID()) }
            #expect(first == again)
            let task = Task {
                try await pool.transaction { try await $0.execute(Sleep(seconds: 3)) }
            }
            try await waitForSleepers(1, session)
            silence.begin()
            task.cancel()
            // The statement ends by itself; the request has not arrived.
            await #expect(throws: (any Error).self) { try await task.value }
            silence.end()
            let next = try await pool.transaction { try await $0.first(BackendID()) }
            #expect(next != first)
        }
    }

    @Test func requestsBeyondTheBoundWaitForAThread() async {
        let threads = CancelThreads(countMax: 2)
        let counts = Mutex((running: 0, most: 0, done: 0))
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        for _ in 1...20 {
            threads.perform {
                counts.withLock {
                    $0.running += 1
                    $0.most = max($0.most, $0.running)
                }
                usleep(5_000)
                let isLast = counts.withLock {
                    $0.running -= 1
                    $0.done += 1
                    return $0.done == 20
                }
                if isLast { end.finish() }
            }
        }
        for await _ in ended {}
        #expect(counts.withLock { $0.most } == 2)
        // And threads that rest are used again.
        let (further, over) = AsyncStream.makeStream(of: Void.self)
        threads.perform { over.finish() }
        for await _ in further {}
    }
}
