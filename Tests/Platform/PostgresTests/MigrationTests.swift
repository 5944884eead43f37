import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct MigrationTests {
    /// A folder of migrations that goes away with the test.
    private struct Folder: ~Copyable {
        let path: String

        init(_ files: [String: String]) throws {
            path = NSTemporaryDirectory() + "tally-migrations-\(UUID().uuidString)"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            for (name, sql) in files { try write(name, sql) }
        }

        func write(_ name: String, _ sql: String) throws {
            try Data(sql.utf8).write(to: URL(filePath: path + "/" + name))
        }

        deinit { _ = try? FileManager.default.removeItem(atPath: path) }
    }

    private static let two = [
        "0001_first.sql": "CREATE TABLE a (x int);", "0002_second.sql": "ALTER TABLE a ADD y int;",
    ]

    @Test func filesAreAppliedInOrderAndOnce() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let folder = try Folder(Self.two)
            let runner = try MigrationRunner(directory: folder.path)
            let configuration = database.configuration()
            do {
                let names = try await runner.migrate(configuration)
                #expect(names == ["0001_first.sql", "0002_second.sql"])
            }
            do {
                let names = try await runner.migrate(configuration)
                #expect(names == [])
            }
            try folder.write("0003_third.sql", "DROP TABLE a;")
            let newer = try MigrationRunner(directory: folder.path)
            let newest = try await newer.migrate(configuration)
            #expect(newest == ["0003_third.sql"])
        }
    }

    /// Rows that are copied belong to all organizations, from which row security shuts out the owner.
    @Test func unitsFromBeforeTheirHistoryKeepTheirTree() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let files = try MigrationFile.all(in: ProjectFolder.migrations)
            let before = files.prefix { !$0.name.hasSuffix("_date_business_units.sql") }
            let folder = try Folder(
                Dictionary(uniqueKeysWithValues: before.map { ($0.name, $0.sql) }))
            try await MigrationRunner(directory: folder.path).migrate(database.configuration())
            let session = try await database.session()
            for number in 1...2 {
                let organization = "01900000-0000-7000-8000-00000000000\(number)"
                try await session.execute(
                    """
                    INSERT INTO organizations (id, slug, display_name, time_zone,
                        reporting_currency, created_at)
                    VALUES ('\(organization)', 'o\(number)', 'O', 'UTC', 'USD', now());
                    INSERT INTO business_units (org_id, id, code, display_name, parent_code, depth,
                        owner_email, created_at)
                    VALUES ('\(organization)', gen_random_uuid(), 'top', 'Top', NULL, 0, '', now()),
                        ('\(organization)', gen_random_uuid(), 'team', 'Team', 'top', 1, '', now());
                    """)
            }
            try await MigrationRunner(directory: ProjectFolder.migrations)
                .migrate(database.configuration())
            let versions = try await session.texts(
                """
                SELECT unit_code, effective_from, display_name, parent_code, state, count(*)
                FROM business_unit_versions GROUP BY 1, 2, 3, 4, 5 ORDER BY 1 DESC
                """)
            #expect(
                versions == [
                    ["top", "1970-01-01", "Top", nil, "1", "2"],
                    ["team", "1970-01-01", "Team", "top", "1", "2"],
                ])
            await session.close()
        }
    }

    @Test func editedFileIsRefused() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let folder = try Folder(Self.two)
            try await MigrationRunner(directory: folder.path).migrate(database.configuration())
            try folder.write("0001_first.sql", "CREATE TABLE a (x bigint);")
            await #expect(throws: MigrationError.edited(file: "0001_first.sql")) {
                try await MigrationRunner(directory: folder.path)
                    .migrate(database.configuration())
            }
        }
    }

    @Test func databaseOfANewerVersionIsRefused() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let folder = try Folder(Self.two)
            try await MigrationRunner(directory: folder.path).migrate(database.configuration())
            let older = try Folder(["0001_first.sql": "CREATE TABLE a (x int);"])
            await #expect(throws: MigrationError.unknownToThisVersion(name: "0002_second.sql")) {
                try await MigrationRunner(directory: older.path)
                    .migrate(database.configuration())
            }
        }
    }

    /// A migration gives way to those who hold what it must lock, so that nobody waits behind it, says who they
    /// are, and goes on once they are done.
    @Test func aMigrationWaitsForLocksInSmallSteps() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let folder = try Folder(Self.two)
            let before = try Folder(Self.two.filter { $0.key == "0001_first.sql" })
            try await MigrationRunner(directory: before.path)
                .migrate(database.configuration())
            var configuration = database.configuration()
            configuration.applicationName = "nightly report"
            let reader = try await PostgresSession.open(configuration)
            try await reader.execute("BEGIN; SELECT * FROM a")
            let once = try MigrationRunner(
                directory: folder.path,
                patience: LockPatience(
                    waitMax: .milliseconds(1), attemptsMax: 1, pause: .zero))
            let error = await #expect(throws: MigrationError.self) {
                try await once.migrate(database.configuration())
            }
            guard case .locked("0002_second.sql", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let session = try await database.session()
            let history = "SELECT count(*)::text FROM schema_migrations"
            #expect(try await session.texts(history) == [["1"]])
            let (names, named) = AsyncStream<[LockHolder]>.makeStream()
            let patient = try MigrationRunner(
                directory: folder.path,
                patience: LockPatience(
                    waitMax: .milliseconds(200), attemptsMax: 600, pause: .milliseconds(1))
            ) { named.yield($1) }
            async let applied = {
                defer { named.finish() }
                return try await patient.migrate(database.configuration())
            }()
            for await holders in names where !holders.isEmpty {
                #expect(holders.count == 1)
                #expect(holders[0].description.hasPrefix("nightly report (process "))
                break
            }
            // Whoever reads the table gets through while the migration goes on waiting.
            #expect(try await session.texts("SELECT * FROM a").isEmpty)
            await session.close()
            try await reader.execute("COMMIT")
            #expect(try await applied == ["0002_second.sql"])
            await reader.close()
        }
    }

    /// One that waits for somebody who waits for it is ended, and begun again as often as it takes, and no oftener.
    @Test(arguments: [2, 5])
    func aMigrationThatLosesADeadlockIsBegunAgain(losses: Int) async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try await database.session()
            try await session.execute("CREATE SEQUENCE tries")
            let folder = try Folder([
                "0001_first.sql": """
                CREATE TABLE a (x int);
                DO $$ BEGIN
                    IF nextval('public.tries') <= \(losses) THEN
                        RAISE EXCEPTION 'lost' USING ERRCODE = 'deadlock_detected';
                    END IF;
                END $$;
                """
            ])
            let runner = try MigrationRunner(
                directory: folder.path,
                patience: LockPatience(
                    waitMax: .milliseconds(200), attemptsMax: 3, pause: .milliseconds(1)))
            if losses == 2 {
                #expect(try await runner.migrate(database.configuration()) == ["0001_first.sql"])
            } else {
                await #expect(throws: MigrationError.locked(file: "0001_first.sql", holders: [])) {
                    try await runner.migrate(database.configuration())
                }
            }
            let tries = try await session.texts("SELECT last_value::text FROM tries")
            #expect(tries == [["3"]])
            await session.close()
        }
    }

    @Test func failedMigrationLeavesNothingBehind() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let folder = try Folder(Self.two)
            try folder.write("0003_third.sql", "CREATE TABLE b (x int); SELECT 1/0;")
            let error = await #expect(throws: MigrationError.self) {
                try await MigrationRunner(directory: folder.path)
                    .migrate(database.configuration())
            }
            guard case .failed("0003_third.sql", _, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let session = try await database.session()
            let found = try await session.texts(
                "SELECT to_regclass('b')::text, (SELECT max(number) FROM schema_migrations)::text")
            #expect(found == [[nil, "2"]])
            await session.close()
        }
    }

    @Test func concurrentMigratorsApplyEachFileOnce() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let runner = try MigrationRunner(directory: ProjectFolder.migrations)
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 {
                    group.addTask { try await runner.migrate(database.configuration()) }
                }
                var applied: [String] = []
                for try await names in group { applied += names }
                return applied
            }
            let files = try MigrationFile.all(in: ProjectFolder.migrations)
            #expect(applied == files.map(\.name))
        }
    }

    @Test func readinessComparesHistoryWithFiles() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let runner = try MigrationRunner(directory: ProjectFolder.migrations)
            let pool = database.pool()
            do {
                let isCurrent = try await runner.isCurrent(pool)
                #expect(!isCurrent)
            }
            try await runner.migrate(database.configuration())
            do {
                let isCurrent = try await runner.isCurrent(pool)
                #expect(isCurrent)
            }
            let session = try await database.session()
            let newest = (try MigrationFile.all(in: ProjectFolder.migrations)).count
            try await session.execute(
                "INSERT INTO schema_migrations VALUES (\(newest + 1), 'newer.sql', '\\x00')")
            await #expect(throws: MigrationError.unknownToThisVersion(name: "newer.sql")) {
                try await runner.isCurrent(pool)
            }
            try await session.execute(
                "DELETE FROM schema_migrations WHERE number = \(newest + 1)")
            try await session.execute(
                "UPDATE schema_migrations SET checksum = '\\x00' WHERE number = 1")
            let first = try #require(try MigrationFile.all(in: ProjectFolder.migrations).first)
            await #expect(throws: MigrationError.edited(file: first.name)) {
                try await runner.isCurrent(pool)
            }
            try await session.execute(
                """
                UPDATE schema_migrations SET checksum = sha256(convert_to($sql$\(first.sql)$sql$,
                    'UTF8')) WHERE number = 1
                """)
            try await session.execute(
                "DELETE FROM schema_migrations WHERE number = (SELECT max(number) FROM schema_migrations)"
            )
            do {
                let isCurrent = try await runner.isCurrent(pool)
                #expect(!isCurrent)
            }
            await session.close()
            await pool.shutdown()
        }
    }

    @Test(arguments: ["1_x.sql", "0001-x.sql", "0001_X.sql"])
    func badNamesAreRefused(name: String) throws {
        let folder = try Folder([name: "SELECT 1;"])
        #expect(throws: MigrationError.badName(file: name)) {
            try MigrationFile.all(in: folder.path)
        }
    }

    @Test func gapsAndDoublesAreRefused() throws {
        let gap = try Folder(["0001_a.sql": "", "0003_c.sql": ""])
        #expect(throws: MigrationError.badNumbering(file: "0003_c.sql")) {
            try MigrationFile.all(in: gap.path)
        }
        let double = try Folder(["0001_a.sql": "", "0001_b.sql": ""])
        #expect(throws: MigrationError.badNumbering(file: "0001_b.sql")) {
            try MigrationFile.all(in: double.path)
        }
    }
}
