import Foundation
import TestSupport
import Testing

/// The demo as a new user runs it: the real programs, the real script, killed on the way.
@Suite(.serialized) struct DemoTests {
    /// Rows 11 and 12: killing any program in the middle and starting again loses nothing and doubles
    /// nothing; and the totals equal, to the pico, those of an independent calculation.
    @Test func demoSurvivesKillsAndEqualsTheOracle() async throws {
        let demo = try LocalDemo(eventsPerDay: 150)
        var random = SeededRandom(seed: 20_261_105)
        var whenKilled: [Int] = []
        // The first death comes while the organization is created.
        for victim in ["server", "server", "worker", "postgresql", "server"] {
            let run = try demo.start()
            if !whenKilled.isEmpty {
                try await demo.holdBackEntries(of: run, by: .milliseconds(100))
            }
            // Something of this start is in the ledger, and more is on its way.
            whenKilled.append(
                try await demo.kill(
                    victim, of: run, whenMoreThan: whenKilled.last ?? -1,
                    after: .milliseconds(Int.random(in: 0...60, using: &random))))
            // Either the script noticed and said so, or it waits for us to look.
            _ = await run.process.terminate()
        }

        let run = try await demo.startAndWait()
        try await demo.releaseEntries(of: run)
        let all = try await demo.entries()
        let inTheMiddle = whenKilled.filter { $0 > 0 && $0 < all }
        #expect(inTheMiddle.count >= 3, "killed at \(whenKilled) of \(all) entries")
        let oracle = Oracle(demo: demo)
        let inputs = Oracle.Inputs(
            definition: LocalDemo.project.appending(path: "deploy/local/demo/organization.json"),
            events: demo.home.appending(path: "demo/events-2026-11-04.jsonl"),
            openAIKey: "sk-admin-sim-northwind-0001",
            anthropicKey: "sk-ant-admin01-sim-northwind-0001", from: "2026-09-26")
        for basis in ["effective", "metered", "billed"] {
            try await oracle.compare(inputs, basis: basis, token: nil)
        }

        // Everything again: each event is a duplicate, and no figure moves.
        let again = try await demo.tallySucceeds([
            "ingest", inputs.events.path, "--checkpoint", demo.home.appending(path: "again").path,
            "--format", "json",
        ])
        #expect(again.contains("\"accepted\":0") || again.contains("\"accepted\": 0"), "\(again)")
        try await oracle.compare(inputs, basis: "effective", token: nil)

        try await secondOrganizationKeepsToItself(demo, oracle: oracle, first: inputs)
        try await demo.remove(run)
    }

    /// No list of today has a unit that begins later; a definition that names it changes nothing when it
    /// is applied again.
    private func aDefinitionMayNameUnitsAhead(_ demo: LocalDemo, token: String) async throws {
        let definition = demo.home.appending(path: "planned.json")
        let text = """
            {"units": [{"code": "planned", "display_name": "Planned", "effective_date": "2099-01-01"}]}
            """
        try Data(text.utf8).write(to: definition)
        for expected in ["(1 created)", "(0 created)"] {
            let output = try await demo.tallySucceeds(
                ["org", "apply", definition.path], token: token)
            #expect(output.contains(expected), "\(output)")
            #expect(!output.contains("other details"), "\(output)")
        }
    }

    /// Somebody whose command was not answered runs it again under the same key, and gets what was made.
    private func aCommandThatIsRunAgainChangesThingsOnce(
        _ demo: LocalDemo, token: String
    ) async throws {
        let arguments = ["token", "create", "repeated", "--role", "ingest"]
        let key = ["TALLY_IDEMPOTENCY_KEY": UUID().uuidString]
        let first = try await demo.tally(arguments, token: token, further: key)
        let again = try await demo.tally(arguments, token: token, further: key)
        #expect(first.status == 0, "\(first.standardError)")
        #expect(again.standardOutput == first.standardOutput)
        let list = try await demo.tallySucceeds(["token", "list", "--format", "csv"], token: token)
        #expect(list.ranges(of: "repeated").count == 1)
        let other = try await demo.tally(
            ["token", "create", "another", "--role", "ingest"], token: token, further: key)
        #expect(other.standardError.contains("IDEMPOTENCY_KEY_REUSED"))
    }

    /// A second company with the same unit codes and event ids: its own figures equal the
    /// calculation, and the first company's stay as they were.
    private func secondOrganizationKeepsToItself(
        _ demo: LocalDemo, oracle: Oracle, first: Oracle.Inputs
    ) async throws {
        let definition = demo.home.appending(path: "globex.json")
        let text = try String(contentsOf: first.definition, encoding: .utf8)
            .replacingOccurrences(of: "\"slug\": \"northwind\"", with: "\"slug\": \"globex\"")
        try Data(text.utf8).write(to: definition)
        let tokenFile = demo.home.appending(path: "globex.token")
        _ = try await demo.tallySucceeds(
            [
                "org", "create", "--from", definition.path, "--owner-token-file", tokenFile.path,
            ], token: demo.operatorToken)
        let token = try String(contentsOf: tokenFile, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        _ = try await demo.tallySucceeds(["org", "apply", definition.path], token: token)
        try await aDefinitionMayNameUnitsAhead(demo, token: token)
        try await aCommandThatIsRunAgainChangesThingsOnce(demo, token: token)

        let keys = [
            "openai": "sk-admin-sim-globex-0002", "anthropic": "sk-ant-admin01-sim-globex-0002",
        ]
        for (provider, key) in keys.sorted(by: { $0.key < $1.key }) {
            _ = try await demo.tallySucceeds(
                [
                    "connection", "create", "--provider", provider, "--name", provider,
                    "--backfill-days", "\(LocalDemo.days)", "--key-file", "-",
                ], token: token, input: key + "\n")
        }
        // Half of the first company's events, under the same ids.
        let lines = try String(contentsOf: first.events, encoding: .utf8)
            .split(separator: "\n").enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        let events = demo.home.appending(path: "globex.jsonl")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: events)
        _ = try await demo.tallySucceeds(["ingest", events.path], token: token)
        try await waitForPulls(demo, token: token)

        let inputs = Oracle.Inputs(
            definition: definition, events: events, openAIKey: keys["openai"] ?? "",
            anthropicKey: keys["anthropic"] ?? "", from: first.from)
        try await oracle.compare(inputs, basis: "effective", token: token)
        try await oracle.compare(first, basis: "effective", token: nil)
        try await expectWholeAuditLog(demo, token: token)
    }

    /// Row 28: who changed what stands in a chain that the command line recomputes, also from an export.
    private func expectWholeAuditLog(_ demo: LocalDemo, token: String) async throws {
        let verified = try await demo.tallySucceeds(["audit", "verify"], token: token)
        let end = try #require(verified.split(separator: "\n").last.map(String.init))
        let export = demo.home.appending(path: "audit.jsonl")
        let lines = try await demo.tallySucceeds(["audit", "export"], token: token)
        try Data(lines.utf8).write(to: export)
        let again = try await demo.tallySucceeds(
            ["audit", "verify", "--file", export.path, "--end", end], token: token)
        #expect(again == verified)
        let altered = lines.replacing("globex", with: "acme", maxReplacements: 1)
        #expect(altered != lines)
        try Data(altered.utf8).write(to: export)
        let refused = try await demo.tally(
            ["audit", "verify", "--file", export.path], token: token)
        #expect(refused.status == 1)
    }

    private func waitForPulls(_ demo: LocalDemo, token: String) async throws {
        for _ in 0..<600 {
            let table = try await demo.tallySucceeds(
                ["connection", "list", "--format", "csv"], token: token)
            let rows = table.split(whereSeparator: \.isNewline).dropFirst()
            if rows.allSatisfy({ $0.contains("healthy") }) { return }
            try await Task.sleep(for: .milliseconds(200))
        }
        Issue.record("the second organization's pulls did not finish")
    }

    /// Row 12, over a stream: the server dies with batches under way; what is sent again then makes each
    /// event count once, and what was acknowledged needs no sending.
    @Test func streamedEventsSurviveKillAndCountOnce() async throws {
        let demo = try LocalDemo(eventsPerDay: 1)
        var run = try await demo.startAndWait()
        let count = 30_000
        let file = demo.home.appending(path: "stream.jsonl")
        let lines = (0..<count).map { number in
            """
            {"id":"s-\(number)","source":"stream","time":"2026-11-04T10:00:00Z",\
            "provider":"openai","model":"gpt-4.1","quantities":{"input":1000}}
            """
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        let arguments = [
            "ingest", file.path, "--stream", "--batch-size", "50", "--patience", "0", "--format",
            "json",
        ]
        let before = try await demo.entries()
        let sender = Task { try await demo.tally(arguments) }
        _ = try await demo.kill("server", of: run, whenMoreThan: before + 500, after: .zero)
        #expect(try await sender.value.status != 0, "nothing was under way")
        _ = await run.process.end()
        run = try await demo.startAndWait()
        // On from what was acknowledged; then all of it anew.
        _ = try await demo.tallySucceeds(arguments)
        let again = try await demo.tallySucceeds(
            arguments + ["--checkpoint", demo.home.appending(path: "again").path])
        #expect(again.contains("\"accepted\":0") || again.contains("\"accepted\": 0"), "\(again)")
        let exported = try await demo.tallySucceeds([
            "usage", "export", "--month", "2026-11", "--filter", "source=stream",
            "--format", "csv",
        ]).split(whereSeparator: \.isNewline).dropFirst()
        #expect(exported.count == count)
        #expect(Set(exported.map { $0.split(separator: ",")[4] }).count == count)
        try await demo.remove(run)
    }

    /// Ctrl-C stops everything that was started.
    @Test func endingTheDemoLeavesNothingRunning() async throws {
        let demo = try LocalDemo(eventsPerDay: 1)
        let run = try await demo.startAndWait()
        let programs = ["server", "worker", "simulator", "postgresql"]
        let pids = programs.compactMap(demo.processID)
        #expect(pids.count == programs.count)
        #expect(await run.process.terminate() == 143)
        for (program, pid) in zip(programs, pids) {
            #expect(await hasGone(pid), "\(program), process \(pid), still runs")
        }
        try FileManager.default.removeItem(at: demo.home)
    }

    /// Whether the process ends within moments; whoever inherited it may take one to collect it.
    private func hasGone(_ pid: Int32) async -> Bool {
        for _ in 0..<100 {
            if Foundation.kill(pid, 0) != 0 { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}
