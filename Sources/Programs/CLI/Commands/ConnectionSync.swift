import API
import ArgumentParser

struct ConnectionSync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Pull a connection's reports at once.",
        discussion: """
            They go before everything that is scheduled; what was set aside since
            waiting did not mend it is tried again. Once a minute at most.

            Examples:
              tally connection sync OpenAI
              tally connection sync OpenAI --wait
            """)

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String
    @Flag(help: "Wait until the pulls have ended; exit status 1 where one did not succeed.")
    var wait = false
    @Option(help: "With --wait: seconds to wait at most.")
    var waitSeconds: Int64 = 600
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard waitSeconds > 0 else {
            throw ValidationError("--wait-seconds is 1 or more.")
        }
    }

    func run() async throws {
        try await Session.run { session in
            let found = try ConnectionReplaceKey.find(
                connection, among: try await ConnectionList.all(session))
            let before = try await Self.runs(session, found.id)
            let response = try await session.write(
                ConnectionServiceMethods.SyncConnection.self,
                SyncConnectionRequest(id: found.id))
            guard wait else {
                try output.print(
                    response, table: { Self.text(response) }, csv: { Self.rows(response) })
                return
            }
            let ended = try await Self.ended(
                response, since: before, session, found.id, within: .seconds(waitSeconds))
            try output.print(
                ListConnectionRunsResponse(runs: ended), table: { ConnectionRuns.table(ended) },
                csv: { ConnectionRuns.rows(ended) })
            guard ended.allSatisfy({ $0.outcome == .succeeded }) else {
                throw Failure(
                    "Not all pulls succeeded.", remedy: "See tally connection runs.")
            }
        }
    }

    private static func runs(_ session: Session, _ id: String) async throws -> [ConnectionRun] {
        try await session.read(
            ConnectionServiceMethods.ListConnectionRuns.self,
            ListConnectionRunsRequest(id: id, pageSize: 1000)
        ).runs
    }

    /// The newest pull of each report that was due or ran, once all have ended. One that gave its place to
    /// others, or whose worker died, goes on by another pull.
    private static func ended(
        _ response: SyncConnectionResponse, since before: [ConnectionRun], _ session: Session,
        _ id: String, within limit: Duration
    ) async throws -> [ConnectionRun] {
        let known = Set(before.filter { $0.outcome != .running }.map(\.id))
        let awaited = Set(response.reportsDue + response.reportsRunning)
        let deadline = ContinuousClock.now.advanced(by: limit)
        while true {
            // The newest first: what follows of the same report is older.
            var newest: [String: ConnectionRun] = [:]
            for run in try await runs(session, id)
            where awaited.contains(run.report) && !known.contains(run.id) {
                newest[run.report] = newest[run.report] ?? run
            }
            if newest.count == awaited.count,
                newest.values.allSatisfy({ Self.isOver($0.outcome) })
            {
                return newest.values.sorted { $0.report < $1.report }
            }
            guard ContinuousClock.now < deadline else {
                throw Failure(
                    "The pulls have not ended yet.",
                    remedy: "They go on: see tally connection runs, and that a worker runs.")
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    static func isOver(_ outcome: ConnectionRunOutcome) -> Bool {
        ![.running, .interrupted, .abandoned].contains(outcome)
    }

    static func text(_ response: SyncConnectionResponse) -> String {
        let lines: [(String, [String])] = [
            ("Due now", response.reportsDue), ("Running already", response.reportsRunning),
            ("Waiting, as the provider asked", response.reportsWaiting),
        ]
        return lines.filter { !$0.1.isEmpty }
            .map { "\($0.0): \($0.1.map(Table.printable).joined(separator: ", "))." }
            .joined(separator: "\n")
    }

    private static func rows(_ response: SyncConnectionResponse) -> [[String]] {
        [["report", "state"]] + response.reportsDue.map { [$0, "due"] }
            + response.reportsRunning.map { [$0, "running"] }
            + response.reportsWaiting.map { [$0, "waiting"] }
    }
}
