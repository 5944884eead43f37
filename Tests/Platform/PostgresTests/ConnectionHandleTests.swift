import TestSupport
import Testing

@testable import Postgres

@Suite struct ConnectionHandleTests {
    /// It would stay in pipeline mode, or leave answers for whoever asks next.
    @Test func connectionWhosePipelineFailedIsNotAlive() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let handle = try ConnectionHandle(configuration: database.configuration())
            #expect(try handle.pipeline([.command("SELECT 1")]).count == 1)
            #expect(handle.isIdle)
            try handle.execute("CREATE TEMPORARY TABLE things (id bigint)")
            // libpq begins no pipeline while rows are awaited.
            #expect(try handle.execute("COPY things FROM STDIN").outcome == .copyIn)
            let error = #expect(throws: PostgresError.self) {
                try handle.pipeline([.command("SELECT 1")])
            }
            // Trying again would be no better.
            #expect(error?.sqlState == .protocolViolation)
            #expect(!handle.isAlive && !handle.isIdle)
            // Each would end what is under way first, and go on.
            for sql in ["SELECT 1", "COMMIT"] {
                let error = #expect(throws: PostgresError.self) { try handle.execute(sql) }
                #expect(error?.sqlState == .connectionLost)
            }
            #expect(throws: PostgresError.self) { try handle.pipeline([.command("SELECT 1")]) }
        }
    }

    private static let insert = LastWordsServer.done("INSERT 0 1")
    private static let commit = LastWordsServer.done("COMMIT", isParsed: true)

    /// Whoever is told that it is in doubt would do it again.
    @Test(arguments: [[], LastWordsServer.fatal("57P01")])
    func answeredCommitTookEffectThoughTheServerEnds(behind words: [UInt8]) throws {
        let handle = try handle(Self.insert + Self.insert + Self.commit + words)
        let answers = try handle.pipeline(try twoAndCommit())
        #expect(answers.map(\.commandTag) == ["INSERT 0 1", "INSERT 0 1", "COMMIT"])
        #expect(!handle.isAlive && !handle.isIdle)
    }

    /// A server that waited for long enough, or is shut down, or a proxy that lost it: no fault of the statement's.
    @Test(arguments: ["25P03", "08P01", "57P01", "XX000"], [0, 1, 2])
    func lastWordsOfAServerAreNoFaultOfAStatement(state: String, answeredBefore: Int) throws {
        let answered = Array(repeating: Self.insert, count: answeredBefore).flatMap { $0 }
        let handle = try handle(answered + LastWordsServer.fatal(state))
        let answers = try handle.pipeline(try twoAndCommit())
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
            state = try handle.pipeline(try twoAndCommit())
                .first { $0.outcome == .failed }?.error(isConnectionAlive: handle.isAlive).sqlState
        } catch {
            state = error.sqlState
        }
        #expect(state == .connectionLost)
        #expect(!handle.isAlive)
    }

    /// Only COMMIT's own leaves it in doubt: neither a statement's before it, nor that the server ends behind it.
    @Test func warningsThatLeaveACommitInDoubt() throws {
        let warning = LastWordsServer.warning()
        let insert = LastWordsServer.done("INSERT 0 1", saying: warning)
        let commit = LastWordsServer.done("COMMIT", isParsed: true, saying: warning)
        let cases: [(words: [[UInt8]], isWarned: Bool)] = [
            ([Self.insert, Self.insert, Self.commit, LastWordsServer.ready], false),
            ([insert, insert, Self.commit, LastWordsServer.ready], false),
            ([Self.insert, Self.insert, commit, LastWordsServer.ready], true),
            ([Self.insert, Self.insert, Self.commit, LastWordsServer.warning("57P02")], false),
        ]
        for (words, isWarned) in cases {
            let handle = try handle(Array(words.joined()))
            #expect(try handle.pipeline(try twoAndCommit()).count == 3)
            #expect(handle.hasWarned == isWarned)
        }
    }

    /// Whether the end of the connection, or only that it will end, has come by then.
    @Test func connectionThatEndedIsNoticedBeforeItIsUsed() async throws {
        let ending = try LastWordsServer(LastWordsServer.fatal("57P01"), isAsked: false)
        let ended = try handle(ending)
        #expect(!ended.hasEnded())
        ending.speak()
        try await until { ended.hasEnded() }
        #expect(!ended.isAlive)
        // What else a server may say meanwhile is no end.
        let warning = try LastWordsServer(LastWordsServer.warning(), isAsked: false)
        let warned = try handle(warning)
        warning.speak()
        try await until {
            #expect(!warned.hasEnded())
            return warned.hasWarned
        }
        try await ScratchDatabase.with(migrated: false) { database in
            let handle = try ConnectionHandle(configuration: database.configuration())
            #expect(!handle.hasEnded())
            let session = try await database.session()
            try await session.execute(
                """
                SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            #expect(handle.hasEnded() && !handle.isAlive)
            await session.close()
        }
    }

    private func handle(_ words: [UInt8]) throws -> ConnectionHandle {
        try handle(try LastWordsServer(words))
    }

    private func handle(_ server: LastWordsServer) throws -> ConnectionHandle {
        try ConnectionHandle(
            configuration: PostgresConfiguration(url: server.url, connectionsMax: 1))
    }

    private func twoAndCommit() throws(PostgresError) -> [PipelinedStatement] {
        let statement = ReadyStatement(
            type: ObjectIdentifier(Self.self), sql: "", name: "s1",
            parameters: try PostgresParameters(PostgresBindings(), types: []))
        return [.prepared(statement), .prepared(statement), .command("COMMIT")]
    }
}
