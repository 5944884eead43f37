import TestSupport
import Testing

@testable import Postgres

@Suite struct ConnectionHandleTests {
    /// It would stay in pipeline mode, or leave answers for whoever asks next.
    @Test func connectionWhosePipelineFailedIsNotAlive() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let handle = try ConnectionHandle(configuration: database.configuration())
            #expect(try handle.pipeline([], then: "SELECT 1").count == 1)
            #expect(handle.isIdle)
            try handle.execute("CREATE TEMPORARY TABLE things (id bigint)")
            // libpq begins no pipeline while rows are awaited.
            #expect(try handle.execute("COPY things FROM STDIN").outcome == .copyIn)
            let error = #expect(throws: PostgresError.self) {
                try handle.pipeline([], then: "SELECT 1")
            }
            // Trying again would be no better.
            #expect(error?.sqlState == .protocolViolation)
            #expect(!handle.isAlive && !handle.isIdle)
            // Each would end what is under way first, and go on.
            for sql in ["SELECT 1", "COMMIT"] {
                let error = #expect(throws: PostgresError.self) { try handle.execute(sql) }
                #expect(error?.sqlState == .connectionLost)
            }
            #expect(throws: PostgresError.self) { try handle.pipeline([], then: "SELECT 1") }
        }
    }

    private static let insert = LastWordsServer.done("INSERT 0 1")
    private static let commit = LastWordsServer.done("COMMIT", isParsed: true)

    /// Whoever is told that it is in doubt would do it again.
    @Test(arguments: [[], LastWordsServer.fatal("57P01")])
    func answeredCommitTookEffectThoughTheServerEnds(behind words: [UInt8]) throws {
        let handle = try handle(Self.insert + Self.insert + Self.commit + words)
        let answers = try handle.pipeline(try statements(2), then: "COMMIT")
        #expect(answers.map(\.commandTag) == ["INSERT 0 1", "INSERT 0 1", "COMMIT"])
        #expect(!handle.isAlive && !handle.isIdle)
    }

    /// A server that waited for long enough, or is shut down, or a proxy that lost it: no fault of the statement's.
    @Test(arguments: ["25P03", "08P01", "57P01", "XX000"], [0, 1, 2])
    func lastWordsOfAServerAreNoFaultOfAStatement(state: String, answeredBefore: Int) throws {
        let answered = Array(repeating: Self.insert, count: answeredBefore).flatMap { $0 }
        let handle = try handle(answered + LastWordsServer.fatal(state))
        let answers = try handle.pipeline(try statements(2), then: "COMMIT")
        let failed = try #require(answers.firstIndex { $0.outcome == .failed })
        #expect(failed == answeredBefore)
        let error = answers[failed].error(isConnectionAlive: handle.isAlive)
        #expect(error.sqlState.isUnavailable)
        #expect(!handle.isAlive && !handle.isIdle)
    }

    @Test(arguments: [0, 1, 2])
    func serverThatEndsWithoutAWordIsLost(answered: Int) throws {
        let handle = try handle(Array(repeating: Self.insert, count: answered).flatMap { $0 })
        var state: SQLState?
        do throws(PostgresError) {
            state = try handle.pipeline(try statements(2), then: "COMMIT")
                .first { $0.outcome == .failed }?.error(isConnectionAlive: handle.isAlive).sqlState
        } catch {
            state = error.sqlState
        }
        #expect(state == .connectionLost)
        #expect(!handle.isAlive)
    }

    private func handle(_ words: [UInt8]) throws -> ConnectionHandle {
        let server = try LastWordsServer(words)
        return try ConnectionHandle(
            configuration: PostgresConfiguration(url: server.url, connectionsMax: 1))
    }

    private func statements(_ count: Int) throws(PostgresError) -> [ReadyStatement] {
        let none = try PostgresParameters(PostgresBindings(), types: [])
        return (0..<count).map { _ in
            ReadyStatement(
                type: ObjectIdentifier(Self.self), sql: "", name: "s1", parameters: none)
        }
    }
}
