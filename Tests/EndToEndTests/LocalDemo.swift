import Foundation
import TestSupport
import Testing

/// The demo of `deploy/local/run`, in a folder of its own, smaller and at a fixed time, with the
/// programs of this test build.
struct LocalDemo: Sendable {
    /// Days that are pulled and ingested, ending before `now`: all of October 2026 and its borders.
    static let days = 40
    static let now = "2026-11-05T12:00:00Z"
    static let month = "2026-10"

    let home: URL
    private let environment: [String: String]

    static let project = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// - Parameter days: pulled and ingested before `now`.
    init(eventsPerDay: Int, days: Int = Self.days) throws {
        // Below the system's temporary folder, which PostgreSQL's user may enter too.
        home = URL(filePath: NSTemporaryDirectory())
            .appending(path: "tally-demo-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        environment = [
            "TALLY_LOCAL_HOME": home.path,
            "TALLY_LOCAL_PROGRAMS": ChildProcess.programs.path,
            "TALLY_DEMO_DAYS": "\(days)",
            "TALLY_DEMO_EVENTS_PER_DAY": "\(eventsPerDay)",
            // Several calls, so that some are on their way while others are answered.
            "TALLY_DEMO_BATCH_SIZE": "500",
            "TALLY_DEMO_NOW": Self.now,
        ]
    }

    /// A started `deploy/local/run`.
    struct Run: Sendable {
        let process: ChildProcess

        /// Waits until it has printed `text`; false when it ended before.
        func hasPrinted(_ text: String, within limit: Duration = .seconds(300)) async throws -> Bool
        {
            let deadline = ContinuousClock.now + limit
            while ContinuousClock.now < deadline {
                if try printed().contains(text) { return true }
                if process.hasEnded { return try printed().contains(text) }
                try await Task.sleep(for: .milliseconds(50))
            }
            return false
        }

        func printed() throws -> String {
            try String(decoding: Data(contentsOf: process.outputFile), as: UTF8.self)
                + String(decoding: Data(contentsOf: process.errorFile), as: UTF8.self)
        }
    }

    func start(_ arguments: [String] = []) throws -> Run {
        Run(
            process: try ChildProcess.start(
                Self.project.appending(path: "deploy/local/run").path, arguments,
                environment: environment, folder: home))
    }

    /// Starts the demo and waits until it is up.
    func startAndWait() async throws -> Run {
        let run = try start()
        let isUp = try await run.hasPrinted("Ctrl-C stops everything.")
        if !isUp { Issue.record("The demo did not come up:\n\(try run.printed())") }
        try #require(isUp)
        return run
    }

    /// Ends what still runs and removes the folder.
    func remove(_ run: Run) async throws {
        _ = await run.process.terminate()
        try FileManager.default.removeItem(at: home)
    }

    /// Process id of `server`, `worker`, `simulator` or `postgresql`, where it runs.
    func processID(of program: String) -> Int32? {
        guard let text = try? String(contentsOf: processFile(of: program), encoding: .utf8)
        else { return nil }
        return text.split(whereSeparator: \.isNewline).first.flatMap { Int32($0) }
    }

    private func processFile(of program: String) -> URL {
        home.appending(
            path: program == "postgresql" ? "postgresql/data/postmaster.pid" : "run/\(program).pid")
    }

    /// SIGKILL to one program of the demo.
    func kill(_ program: String) throws {
        let pid = try #require(processID(of: program), "\(program) does not run")
        try #require(Foundation.kill(pid, SIGKILL) == 0)
    }

    /// What the ledger holds: entries of events and of pulls, each committed with what it belongs to.
    func entries() async throws -> Int {
        let output = try await shell("\(Self.entries); entries")
        return try #require(Int(output))
    }

    /// Waits until a start is at work, that is until the ledger holds more than `count` entries, and
    /// kills a program a moment later. Gives up waiting after a while: the work may be done.
    ///
    /// A process of its own does it. Where many tests run, one of Swift's tasks may wait for longer
    /// than the whole demo takes.
    /// - Returns: Entries in the ledger at the kill.
    func kill(
        _ program: String, of run: Run, whenMoreThan count: Int, after pause: Duration
    ) async throws -> Int {
        let output = try await shell(
            """
            \(Self.entries)
            for ((i = 0; i < 6000; i++)); do
                grep -q 'Demo organization' '\(run.process.outputFile.path)' && break
                sleep 0.05
            done
            for ((i = 0; i < 400; i++)); do
                now=$(entries) && [ "$now" -gt \(count) ] && break
            done
            sleep \(Double(pause.components.attoseconds) / 1e18)
            entries
            kill -KILL "$(head -n 1 '\(processFile(of: program).path)')"
            """)
        return try #require(Int(output))
    }

    /// Waits until `run` has a database, and lets each statement that writes entries take `pause` longer from then
    /// on, so that kills find work on its way however fast the machine is.
    func holdBackEntries(of run: Run, by pause: Duration) async throws {
        try await changeEntriesTrigger(
            of: run,
            """
            CREATE OR REPLACE FUNCTION held_back() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN PERFORM pg_sleep(\(pause / .seconds(1))); RETURN NULL; END';
            CREATE OR REPLACE TRIGGER held_back BEFORE INSERT ON usage_entries
                EXECUTE FUNCTION held_back();
            CREATE OR REPLACE TRIGGER held_back BEFORE INSERT ON usage_event_blocks
                EXECUTE FUNCTION held_back();
            """)
    }

    /// Entries are written as fast as they can be again.
    func releaseEntries(of run: Run) async throws {
        try await changeEntriesTrigger(of: run, "DROP FUNCTION IF EXISTS held_back CASCADE")
    }

    private func changeEntriesTrigger(of run: Run, _ statements: String) async throws {
        try #require(try await run.hasPrinted("Demo organization"))
        _ = try await shell(
            """
            set -eu
            "$PSQL" -Xq -v ON_ERROR_STOP=1 -d "$(sed -n 's/^TALLY_DATABASE_URL=//p' database.env)" \
                -c "\(statements)"
            """)
    }

    /// Defines `entries`, which prints how many the ledger holds, without a look into the blocks of events: what
    /// is asked again and again must be told at once.
    private static let entries = """
        set -eu
        entries() {
            "$PSQL" -XAt -d "$(sed -n 's/^TALLY_DATABASE_URL=//p' database.env)" \
                -c 'SELECT (SELECT count(*) FROM usage_entries)
                    + (SELECT coalesce(sum(cardinality(event_time)), 0) FROM usage_event_blocks)'
        }
        """

    private func shell(_ script: String) async throws -> String {
        let output = try await ChildProcess.run(
            "/bin/bash", ["-c", script],
            environment: ["PSQL": try ScratchCluster.serverPrograms() + "/psql"], folder: home)
        try #require(output.status == 0, "the shell failed:\n\(output.standardError)")
        return output.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs `tally` as the owner of the demo organization, or with another token.
    /// - Parameter further: settings beside those that the demo leaves.
    func tally(
        _ arguments: [String], token: String? = nil, input: String? = nil,
        further: [String: String] = [:]
    ) async throws -> ChildProcess.Output {
        var settings = try environmentFile().merging(further) { _, new in new }
        if let token { settings["TALLY_TOKEN"] = token }
        var inputFile: URL?
        if let input {
            let file = home.appending(path: "input-\(UUID().uuidString.prefix(8))")
            try Data(input.utf8).write(to: file)
            inputFile = file
        }
        return try await ChildProcess.run(
            "tally", arguments, environment: settings, input: inputFile, folder: home)
    }

    /// Runs `tally` and expects success.
    func tallySucceeds(_ arguments: [String], token: String? = nil, input: String? = nil)
        async throws -> String
    {
        let output = try await tally(arguments, token: token, input: input)
        try #require(
            output.status == 0,
            "tally \(arguments.joined(separator: " ")) failed:\n\(output.standardError)")
        return output.standardOutput
    }

    var operatorToken: String {
        get throws {
            try String(contentsOf: home.appending(path: "operator.token"), encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    var simulatorURL: String {
        get throws {
            let port = try String(
                contentsOf: home.appending(path: "run/simulator.port"), encoding: .utf8)
            return "http://127.0.0.1:\(port.trimmingCharacters(in: .whitespacesAndNewlines))"
        }
    }

    /// The settings that the demo leaves for `tally`.
    func environmentFile() throws -> [String: String] {
        let text = try String(contentsOf: home.appending(path: "env"), encoding: .utf8)
        var settings: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let pair = line.split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2 { settings[pair[0]] = pair[1] }
        }
        return settings
    }
}
