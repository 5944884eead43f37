import API
import ArgumentParser

struct ConnectionSync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Pull a connection's reports at once.",
        discussion: """
            They go before everything that is scheduled; what was set aside since
            waiting did not mend it is tried again. Once a minute at most. A provider
            that asked to be left alone is, up to a day, unless you know better.

            Examples:
              tally connection sync OpenAI
              tally connection sync OpenAI --wait
              tally connection sync OpenAI --break-rest
            """)

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String
    @Flag(
        help:
            "Wait until the pulls have ended; exit status 1 where one did not succeed or will not end."
    )
    var wait = false
    @Flag(
        help: "Ask the provider again although it asked to be left alone, back-fill included.")
    var breakRest = false
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
                SyncConnectionRequest(id: found.id, breakRest: breakRest))
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
        guard !awaited.isEmpty else {
            throw Failure(
                "Nothing is pulled: the provider asked to be left alone.",
                remedy: "See tally connection show until when, or give --break-rest.")
        }
        let deadline = ContinuousClock.now.advanced(by: limit)
        while true {
            // Asked for before the runs: what has ended by then is among them.
            let now = try await session.read(
                ConnectionServiceMethods.GetConnection.self, GetConnectionRequest(id: id))
            // The newest first: what follows of the same report is older.
            var newest: [String: ConnectionRun] = [:]
            for run in try await runs(session, id)
            where awaited.contains(run.report) && !known.contains(run.id) {
                newest[run.report] = newest[run.report] ?? run
            }
            let open = awaited.filter { report in
                newest[report].map { !Self.isOver($0.outcome) } ?? true
            }
            if open.isEmpty { return newest.values.sorted { $0.report < $1.report } }
            if let failure = Self.standstill(of: now, open) { throw failure }
            guard ContinuousClock.now < deadline else {
                throw Failure(
                    "The pulls have not ended yet.",
                    remedy: "They go on: see tally connection runs, and that a worker runs.")
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Why pulls of reports will not end, however long one waits; nil where they may.
    static func standstill(of connection: Connection, _ reports: Set<String>) -> Failure? {
        let name = Table.printable(connection.displayName)
        if connection.deleteTime != nil {
            return Failure(
                "\(name) was deleted meanwhile.", remedy: "Nothing more is pulled of it.")
        }
        if connection.pauseTime != nil {
            return Failure(
                "\(name) was paused meanwhile.",
                remedy: "tally connection resume has it pulled at once.")
        }
        let shown = Dictionary(
            connection.reports.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for report in reports.sorted() {
            guard let state = shown[report] else {
                return Failure(
                    "\(Table.printable(report)) is not pulled any more.",
                    remedy: "See what the connection is the record of: tally connection show.")
            }
            guard state.setAsideReason.isEmpty else {
                return Failure(
                    "\(Table.printable(report)) was set aside: "
                        + "\(Table.printable(state.setAsideReason)).",
                    remedy: "Mend what tally connection show says of it, and sync again.")
            }
        }
        return nil
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
