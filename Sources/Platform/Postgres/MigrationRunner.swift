internal import Synchronization

/// Brings a database to the state that a folder of migrations describes.
///
/// Each file is one transaction together with its line in `schema_migrations`. Runners of several
/// processes wait for each other on an advisory lock, so each migration runs once. One that does not get a
/// lock in time, or waits for somebody who waits for it, is undone and begun again, so that it holds up nobody for long.
package struct MigrationRunner: Sendable {
    /// Any number will do, as long as it never changes.
    private static let lockNumber = 7_258_201_634

    /// Role, table or the right to read it are missing before the first migration.
    private static let meansNeverMigrated: Set<SQLState> = [
        .invalidParameter, .undefinedTable, .insufficientPrivilege,
    ]

    /// Others have a lock: for too long, or they wait for one of the migration's meanwhile.
    private static let meansLocked: Set<SQLState> = [.lockNotAvailable, .deadlock]

    /// Longest time that `isCurrent` lets one statement take.
    private static let readinessTimeout = Duration.seconds(5)

    private let files: [MigrationFile]
    private let checksums = KnownChecksums()
    private let patience: LockPatience
    private let isLocked: @Sendable (_ file: String, _ holders: [LockHolder]) -> Void

    /// - Parameter isLocked: Is told of each attempt that did not get a lock, and who held it.
    /// - Throws: `MigrationError` where the folder is not as it must be.
    package init(
        directory: String, patience: LockPatience = .standard,
        isLocked: @escaping @Sendable (_ file: String, _ holders: [LockHolder]) -> Void = { _, _ in
        }
    ) throws {
        files = try MigrationFile.all(in: directory)
        self.patience = patience
        self.isLocked = isLocked
    }

    /// Applies what is missing and returns the names of what it applied.
    ///
    /// The login must own the schema, or be a superuser the first time, when roles are created.
    /// - Throws: `MigrationError`; `PostgresError` where the database is away.
    @discardableResult
    package func migrate(_ configuration: PostgresConfiguration) async throws -> [String] {
        let connection = try PostgresConnection()
        try await connection.open(configuration)
        do {
            let watch = LockWatch(
                configuration,
                processID: try await connection.texts("SELECT pg_backend_pid()")[0][0] ?? "",
                interval: patience.waitMax / 4)
            let applied: [String]
            do {
                applied = try await migrate(on: connection, watch)
            } catch {
                await watch.close()
                throw error
            }
            await watch.close()
            await connection.close()
            return applied
        } catch {
            // Closing gives the lock back and undoes what was under way.
            await connection.close()
            throw error
        }
    }

    /// Whether the database has exactly these migrations; false where some are missing.
    /// - Throws: `MigrationError` where it has others, or they were edited since;
    ///   `PostgresError` where the database is away.
    package func isCurrent(_ pool: PostgresPool) async throws -> Bool {
        let options = TransactionOptions(
            role: "tally_directory", isReadOnly: true, statementTimeout: Self.readinessTimeout)
        do {
            return try await pool.transaction(options) { transaction in
                let applied = try await transaction.run(AppliedMigrations())
                let checksums = try await self.checksums(in: transaction)
                return try pending(applied: applied, checksums: checksums).isEmpty
            }
        } catch let error as PostgresError where Self.meansNeverMigrated.contains(error.sqlState) {
            return false
        }
    }

    private func migrate(
        on connection: PostgresConnection, _ watch: LockWatch
    ) async throws -> [String] {
        try await connection.script("SELECT pg_advisory_lock(\(Self.lockNumber))")
        try await connection.script(
            """
            CREATE TABLE IF NOT EXISTS public.schema_migrations (
                number     integer PRIMARY KEY,
                name       text NOT NULL,
                checksum   bytea NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        let checksums = try await inTransaction(connection) { transaction in
            try await self.checksums(in: transaction)
        }
        let applied = try await inTransaction(connection) { transaction in
            try await transaction.run(AppliedMigrations())
        }
        let missing = try pending(applied: applied, checksums: checksums)
        for file in missing {
            do {
                try await apply(file, on: connection, watch)
            } catch let error as PostgresError {
                throw MigrationError.failed(
                    file: file.name, sqlState: error.sqlState, message: error.message)
            }
        }
        return missing.map(\.name)
    }

    /// Applies one file, as often as it takes to get its locks.
    private func apply(
        _ file: MigrationFile, on connection: PostgresConnection, _ watch: LockWatch
    ) async throws {
        var attempts = 0
        while true {
            do {
                return try await attempt(file, on: connection, watch)
            } catch let error as PostgresError where Self.meansLocked.contains(error.sqlState) {
                attempts += 1
                let holders = await watch.holders
                isLocked(file.name, holders)
                guard attempts < patience.attemptsMax else {
                    throw MigrationError.locked(file: file.name, holders: holders)
                }
                try await Task.sleep(for: patience.pause)
            }
        }
    }

    private func attempt(
        _ file: MigrationFile, on connection: PostgresConnection, _ watch: LockWatch
    ) async throws {
        let milliseconds = max(1, Int64(patience.waitMax / .milliseconds(1)))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await watch.run() }
            defer { tasks.cancelAll() }
            try await inTransaction(connection) { transaction in
                try await connection.script("SET LOCAL lock_timeout = \(milliseconds)")
                try await connection.script(file.sql)
                // Migrations act as the schema's owner; the history is the login's.
                try await connection.script("SET LOCAL ROLE NONE")
                try await transaction.execute(RecordMigration(file: file))
            }
        }
    }

    /// The files' checksums, which the database computes once: their texts are long.
    private func checksums(in transaction: PostgresTransaction) async throws -> [[UInt8]] {
        if let known = checksums.values { return known }
        let computed = try await transaction.run(Checksums(texts: files.map(\.sql)))
        checksums.keep(computed)
        return computed
    }

    /// The files that were not applied yet.
    private func pending(
        applied: [AppliedMigrations.Row], checksums: [[UInt8]]
    ) throws -> [MigrationFile] {
        for (index, row) in applied.enumerated() {
            guard files.indices.contains(index), row.number == index + 1 else {
                throw MigrationError.unknownToThisVersion(name: row.name)
            }
            guard files[index].name == row.name, checksums[index] == row.checksum else {
                throw MigrationError.edited(file: files[index].name)
            }
        }
        return Array(files.dropFirst(applied.count))
    }

    private func inTransaction<R: Sendable>(
        _ connection: PostgresConnection, _ body: (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let number = connection.begin(try TransactionOptions().beginStatements())
        do {
            let value = try await body(
                PostgresTransaction(connection: connection, number: number))
            try await connection.commit()
            return value
        } catch {
            try await connection.rollback()
            throw error
        }
    }
}

/// Checksums of a runner's files, in their order, once they are computed.
private final class KnownChecksums: Sendable {
    private let kept = Mutex<[[UInt8]]?>(nil)

    var values: [[UInt8]]? { kept.withLock { $0 } }

    func keep(_ values: [[UInt8]]) {
        kept.withLock { $0 = values }
    }
}

private struct AppliedMigrations: PostgresStatement {
    struct Row: Sendable {
        let number: Int
        let name: String
        let checksum: [UInt8]
    }

    static let sql = """
        SELECT number, name, checksum FROM public.schema_migrations ORDER BY number
        """

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(number: try row.int(0), name: try row.string(1), checksum: try row.bytes(2))
    }
}

private struct Checksums: PostgresStatement {
    let texts: [String]

    static let sql = """
        SELECT sha256(convert_to(content, 'UTF8'))
        FROM unnest($1::text[]) WITH ORDINALITY AS files (content, number) ORDER BY number
        """

    func bind(into bindings: inout PostgresBindings) { bindings.append(texts) }
    static func decode(_ row: PostgresRow) throws -> [UInt8] { try row.bytes(0) }
}

private struct RecordMigration: PostgresStatement {
    let file: MigrationFile

    static let sql = """
        INSERT INTO public.schema_migrations (number, name, checksum)
        VALUES ($1, $2, sha256(convert_to($3::text, 'UTF8')))
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(file.number)
        bindings.append(file.name)
        bindings.append(file.sql)
    }

    static func decode(_ row: PostgresRow) {}
}
