import Core
import Postgres
import TestSupport
import Testing

/// Statements that are sent with what follows them.
extension TransactionTests {
    /// Before the next statement, and before COMMIT.
    @Test func deferredStatementsRunBeforeWhatFollows() async throws {
        try await withThings(connectionsMax: 1) { pool, _ in
            let count = try await pool.transaction { transaction in
                try transaction.executeLater(Insert(id: 1, name: "a"))
                try transaction.executeLater(Insert(id: 2, name: "b"))
                let count = try await transaction.first(Count())
                try transaction.executeLater(Insert(id: 3, name: "c"))
                return count
            }
            #expect(count == 2)
            let after = try await pool.transaction { try await $0.first(Count()) }
            #expect(after == 3)
            // A part of a transaction has its own.
            try await pool.transaction { transaction in
                try transaction.executeLater(Insert(id: 4, name: "d"))
                try? await transaction.nested(TransactionOptions()) { part in
                    try part.executeLater(Insert(id: 5, name: "e"))
                    try part.executeLater(Insert(id: 1, name: "again"))
                }
                try transaction.executeLater(Insert(id: 6, name: "f"))
            }
            let last = try await pool.transaction { try await $0.first(Count()) }
            #expect(last == 5)
        }
    }

    /// Whichever fails, whether the server or the binding finds it out, and whoever hides it.
    @Test func failureOfADeferredStatementUndoesAll() async throws {
        try await withThings(connectionsMax: 1) { pool, _ in
            await expect(state: .check) {
                try await pool.transaction { transaction in
                    try transaction.executeLater(Insert(id: 1, name: "a"))
                    try transaction.executeLater(Insert(id: 2, name: "secret-value"))
                    try transaction.executeLater(Insert(id: 3, name: "c"))
                }
            }
            await expect(state: .check) {
                try await pool.transaction { transaction in
                    try transaction.executeLater(Insert(id: 2, name: "secret-value"))
                    _ = try await transaction.first(Count())
                }
            }
            await expect(state: .failedTransaction) {
                try await pool.transaction { transaction in
                    try transaction.executeLater(Insert(id: 2, name: "secret-value"))
                    _ = try? await transaction.first(Count())
                }
            }
            await expect(state: .failedTransaction) {
                try await pool.transaction { transaction in
                    try await transaction.execute(Insert(id: 1, name: "a"))
                    try transaction.executeLater(InsertNumber(id: 1))
                    _ = try? await transaction.first(Count())
                    try transaction.executeLater(Insert(id: 3, name: "c"))
                }
            }
            let count = try await pool.transaction { try await $0.first(Count()) }
            #expect(count == 0)
        }
    }

    /// The server never hears of it, so the transaction goes on with all that came before.
    @Test func whatCannotBeSentLosesNoDeferredStatement() async throws {
        try await withThings(connectionsMax: 1) { pool, _ in
            try await pool.transaction { transaction in
                try transaction.executeLater(Insert(id: 1, name: "a"))
                await #expect(throws: PostgresError.self) {
                    try await transaction.execute(InsertNumber(id: 2))
                }
            }
            let count = try await pool.transaction { try await $0.first(Count()) }
            #expect(count == 1)
        }
    }

    /// What a part left to be sent is not sent only to be undone, and what could not be sent is undone with it.
    @Test func undoingAPartForgetsItsDeferredStatements() async throws {
        struct Stop: Error {}
        try await withThings(connectionsMax: 1) { pool, _ in
            try await pool.transaction { transaction in
                try await transaction.execute(Insert(id: 1, name: "a"))
                await #expect(throws: Stop.self) {
                    try await transaction.nested(TransactionOptions()) { part in
                        try part.executeLater(Insert(id: 1, name: "again"))
                        throw Stop()
                    }
                }
                await #expect(throws: PostgresError.self) {
                    try await transaction.nested(TransactionOptions()) { part in
                        try part.executeLater(InsertNumber(id: 2))
                    }
                }
                try transaction.executeLater(Insert(id: 3, name: "c"))
            }
            let count = try await pool.transaction { try await $0.first(Count()) }
            #expect(count == 2)
            // But what was lost before a part is not found again by undoing it.
            await expect(state: .failedTransaction) {
                try await pool.transaction { transaction in
                    try transaction.executeLater(InsertNumber(id: 4))
                    _ = try? await transaction.first(Count())
                    try? await transaction.nested(TransactionOptions()) { _ in throw Stop() }
                }
            }
        }
    }

    @Test func deferringEndsWithTheTransaction() async throws {
        try await withThings(connectionsMax: 1) { pool, _ in
            struct Stop: Error {}
            let escaped = try await pool.transaction { $0 }
            await expect(state: .noActiveTransaction) {
                try escaped.executeLater(Insert(id: 1, name: "a"))
            }
            await #expect(throws: Stop.self) {
                try await pool.transaction { transaction in
                    try transaction.executeLater(Insert(id: 1, name: "a"))
                    throw Stop()
                }
            }
            let count = try await pool.transaction { try await $0.first(Count()) }
            #expect(count == 0)
        }
    }

    /// It says that it ends before the connection ends, and what is sent meanwhile is answered by neither.
    @Test(arguments: [true, false])
    func serverThatEndsBeforeDeferredStatementsIsUnavailable(atCommit: Bool) async throws {
        try await withThings { pool, database in
            let session = try await database.session()
            let error = await #expect(throws: PostgresError.self) {
                try await pool.transaction { transaction in
                    let backend = try #require(await transaction.first(BackendID()))
                    try transaction.executeLater(Insert(id: 1, name: "a"))
                    try transaction.executeLater(Insert(id: 2, name: "b"))
                    try await session.execute("SELECT pg_terminate_backend(\(backend), 60000)")
                    if !atCommit { _ = try await transaction.first(Count()) }
                }
            }
            #expect(error?.sqlState.isUnavailable == true)
            #expect(try await pool.transaction { try await $0.first(Count()) } == 0)
            await session.close()
        }
    }

    /// The first that is under way is ended, the others are answered by nobody.
    @Test func serverThatEndsAmongDeferredStatementsIsUnavailable() async throws {
        try await withThings { pool, database in
            let session = try await database.session()
            let (backends, found) = AsyncStream<Int>.makeStream()
            async let ended: Void = {
                for await backend in backends {
                    try await until {
                        try await session.texts(
                            """
                            SELECT 1 FROM pg_stat_activity
                            WHERE pid = \(backend) AND query LIKE '%pg_sleep%' AND state = 'active'
                            """
                        ).count == 1
                    }
                    try await session.execute("SELECT pg_terminate_backend(\(backend), 60000)")
                }
            }()
            let error = await #expect(throws: PostgresError.self) {
                defer { found.finish() }
                try await pool.transaction { transaction in
                    found.yield(try #require(await transaction.first(BackendID())))
                    try transaction.executeLater(Insert(id: 1, name: "a"))
                    try transaction.executeLater(Sleep())
                    try transaction.executeLater(Insert(id: 2, name: "b"))
                }
            }
            try await ended
            #expect(error?.sqlState == .adminShutdown)
            #expect(try await pool.transaction { try await $0.first(Count()) } == 0)
            await session.close()
        }
    }
}
