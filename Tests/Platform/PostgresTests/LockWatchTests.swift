import TestSupport
import Testing

@testable import Postgres

/// Who is named where a migration waits for a lock.
@Suite struct LockWatchTests {
    /// Those who hold it at this attempt, also where the connection that looks for them broke at the one before.
    @Test func onlyThoseWhoHoldItNowAreNamed() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let (first, second) = (try await database.session(), try await database.session())
            try await first.execute("CREATE TABLE a (x int)")
            for holder in [first, second] { try await holder.execute("BEGIN; SELECT * FROM a") }
            let waiter = try await database.session()
            let processID = try await waiter.texts("SELECT pg_backend_pid()::text")[0][0] ?? ""
            async let waiting: Void = waiter.execute("BEGIN; LOCK TABLE a; COMMIT")
            var configuration = database.configuration()
            configuration.applicationName = "watch"
            let watch = LockWatch(
                configuration, processID: processID, interval: .milliseconds(1))
            let broken = Task { await watch.run() }
            try await until { await watch.holders.count == 2 }
            let observer = try await database.session()
            try await observer.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = 'watch' AND datname = current_database()
                """)
            await broken.value
            try await first.execute("COMMIT")
            let next = Task { await watch.run() }
            try await until { await watch.holders.count == 1 }
            next.cancel()
            await next.value
            try await second.execute("COMMIT")
            try await waiting
            let last = Task { await watch.run() }
            last.cancel()
            await last.value
            #expect(await watch.holders == [])
            await watch.close()
            for session in [first, second, waiter, observer] { await session.close() }
        }
    }
}
