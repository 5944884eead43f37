import Core
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Postgres

/// Where a transaction's code runs, and what waits for it.
extension TransactionTests {
    private struct Thread: PostgresStatement {
        static let sql = "SELECT 1"
        /// On which it was answered.
        static func decode(_ row: PostgresRow) throws -> UInt { currentThread() }
    }

    /// Ends its connection's server process.
    private struct EndServer: PostgresStatement {
        typealias Row = Void
        static let sql = "SELECT pg_terminate_backend(pg_backend_pid())::text"
    }

    private struct Server: PostgresStatement {
        static let sql = "SELECT pg_backend_pid()"
        static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
    }

    private actor Counter {
        var count = 0
        func add() { count += 1 }
    }

    private static let options = TransactionOptions(organization: PostgresUUID(high: 1, low: 1))

    private func withPool(
        waitMax: Duration = .seconds(10),
        _ body: @Sendable (PostgresPool) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            var configuration = database.configuration()
            configuration.connectionsPerOrganizationMax = 1
            configuration.shortTransactionsPerOrganizationMax = 1
            configuration.waitMax = waitMax
            let pool = PostgresPool(configuration: configuration, logger: Logger(label: "test"))
            try await body(pool)
            await pool.shutdown()
        }
    }

    /// Its statements need the connection's thread anyway; the changes of threads are what a short one costs most.
    @Test func transactionRunsOnItsConnectionsThread() async throws {
        try await withPool { pool in
            let threads = try await pool.transaction { transaction in
                var threads = [currentThread()]
                for _ in 0..<3 {
                    threads += try await transaction.run(Thread())
                    threads.append(currentThread())
                }
                return threads
            }
            // What follows is no business of a connection that may be another's by now.
            let thread = currentThread()
            #expect(threads.count == 7)
            #expect(Set(threads).count == 1)
            #expect(!threads.contains(thread))
        }
    }

    /// Tasks of a transaction, and actors that many transactions ask, share a thread without waiting for each other
    /// for ever, also where the connection is closed behind the transaction.
    @Test(.timeLimit(.minutes(2))) func whatATransactionStartsComesToItsEnd() async throws {
        try await withPool { pool in
            let counter = Counter()
            let first = try await pool.transaction { try await $0.first(Server()) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        do {
                            try await pool.transaction { transaction in
                                async let one: Void = counter.add()
                                async let two = transaction.run(Thread())
                                try await Task.sleep(for: .microseconds(100))
                                await one
                                _ = try await two
                                if number.isMultiple(of: 3) {
                                    try transaction.executeLater(EndServer())
                                }
                                await counter.add()
                            }
                        } catch {
                            #expect(number.isMultiple(of: 3))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(await counter.count == 120)
            let last = try await pool.transaction { try await $0.first(Server()) }
            #expect(last != first)
        }
    }

    /// One task looks for all that waited for too long; each gives up at its own time.
    @Test(.timeLimit(.minutes(2))) func eachGivesUpAtItsOwnTime() async throws {
        try await withPool(waitMax: .milliseconds(400)) { pool in
            for _ in 0..<2 {
                let (end, ender) = AsyncStream<Void>.makeStream()
                let gaveUp = Counter()
                let holder = Task {
                    try await pool.transaction(Self.options) { _ in
                        for await _ in end {}
                    }
                }
                while pool.load.inUse == 0 { await Task.yield() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<12 {
                        group.addTask {
                            try await Task.sleep(for: .milliseconds(number * 30))
                            let start = ContinuousClock.now
                            do {
                                try await pool.transaction(Self.options) { _ in }
                            } catch let error as ServiceError {
                                #expect(error.reason == "POOL_EXHAUSTED")
                                #expect(ContinuousClock.now - start >= .milliseconds(400))
                                await gaveUp.add()
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(await gaveUp.count == 12)
                ender.finish()
                try await holder.value
                #expect(pool.load == (0, 0))
            }
        }
    }
}
