import API
import Logging
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite(.section(.alwaysThere)) struct HealthTests {
    private static func check(_ pool: PostgresPool) async throws -> CheckResponse {
        await HealthMethods.ask(
            pool: pool, migrations: try MigrationRunner(directory: ProjectFolder.migrations))
    }

    @Test func theAnswerSaysWhatToDo() async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            let session = try await database.session()
            #expect(try await Self.check(pool) == CheckResponse(status: .serving))

            try await session.execute(
                "INSERT INTO schema_migrations VALUES (9999, '9999_newer.sql', '\\x00')")
            let newer = try await Self.check(pool)
            #expect(newer.status == .notServing)
            #expect(newer.detail.contains("Run the same version."))

            try await session.execute(
                """
                DELETE FROM schema_migrations WHERE number = 9999;
                UPDATE schema_migrations SET checksum = '\\x00' WHERE number = 1;
                """)
            let edited = try await Self.check(pool)
            #expect(edited.status == .notServing)
            #expect(edited.detail.contains("Run the same version."))

            try await session.execute("DELETE FROM schema_migrations")
            let missing = try await Self.check(pool)
            #expect(missing.status == .notServing)
            #expect(missing.detail.contains("Run tally-server migrate."))
            await session.close()
            await pool.shutdown()
        }
    }

    /// Without the keys' database some calls fail; others have no need of it.
    @Test func keysThatAreAwayDoNotStopTheServer() async throws {
        try await ScratchDatabase.with { database in
            let migrations = try MigrationRunner(directory: ProjectFolder.keysMigrations)
            let pool = try await database.keysPool()
            let mainPool = database.pool(connectionsMax: 1)
            let installation = Installation(mainPool: mainPool, keysPool: pool)
            let ask = { (keys: PostgresPool) in
                await HealthMethods.askForKeys(
                    pool: keys, migrations: migrations, installation: installation)
            }
            let strange = await ask(pool)
            #expect(strange.status == .notServing)
            #expect(strange.detail.contains("belongs to another installation"))
            try await installation.bind(provenBy: .absent)
            #expect(await ask(pool) == CheckResponse(status: .serving))
            let session = try await database.keysSession()
            try await session.execute("DELETE FROM schema_migrations")
            await session.close()
            let missing = await ask(pool)
            #expect(missing.status == .notServing)
            #expect(missing.detail.contains("Run tally-server migrate."))
            await pool.shutdown()

            let nowhere = PostgresPool(
                configuration: PostgresConfiguration(url: "postgresql://x@/x?host=/nonexistent"),
                logger: Logger(label: "test"))
            let away = await ask(nowhere)
            #expect(away.status == .serving)
            #expect(away.detail == "The database of data keys does not answer.")
            await mainPool.shutdown()
            // Nobody blames the keys for the other database.
            let lost = await HealthMethods.askForKeys(
                pool: nowhere, migrations: migrations,
                installation: Installation(mainPool: nowhere, keysPool: nowhere))
            #expect(lost.status == .notServing)
            #expect(lost.detail == "The database does not answer.")
            await nowhere.shutdown()
        }
    }

    @Test func aDatabaseThatIsAwayIsNotServing() async throws {
        let pool = PostgresPool(
            configuration: PostgresConfiguration(url: "postgresql://x@/x?host=/nonexistent"),
            logger: Logger(label: "test"))
        let away = try await Self.check(pool)
        #expect(away.status == .notServing)
        #expect(away.detail == "The database does not answer.")
        await pool.shutdown()
    }

    /// However many ask while the database is slow, one question is under way.
    @Test func thoseWhoAskTogetherShareOneQuestion() async {
        let questions = Mutex(0)
        let (waits, release) = AsyncStream.makeStream(of: Void.self)
        let (asking, asked) = AsyncStream.makeStream(of: Void.self)
        let shared = SharedAnswer(lifetime: .seconds(3600)) { () -> Int in
            let number = questions.withLock { count in
                count += 1
                return count
            }
            asked.yield()
            for await _ in waits { break }
            return number
        }
        let answers = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { await shared.answer() } }
            for await _ in asking { break }
            release.finish()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: 1, count: 50))
        #expect(await shared.answer() == 1)
    }

    @Test func anAnswerEndsWithItsLifetime() async {
        let questions = Mutex(0)
        let shared = SharedAnswer(lifetime: .zero) { () -> Int in
            questions.withLock { count in
                count += 1
                return count
            }
        }
        #expect(await shared.answer() == 1)
        #expect(await shared.answer() == 2)
    }
}
