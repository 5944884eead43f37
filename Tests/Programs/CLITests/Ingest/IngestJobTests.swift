import API
import Foundation
import TestSupport
import Testing

@testable import CLI

@Suite struct IngestJobTests {
    /// A folder of its own for each test.
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "tally-ingest-\(UUID().uuidString)")
    private let lines = Lines()

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String {
        folder.appending(path: name).path
    }

    private func write(_ text: String, _ name: String = "events.jsonl") throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    private func jsonl(_ range: Range<Int>) -> String {
        range.map { EventInput.line(id: "e-\($0)") + "\n" }.joined()
    }

    private func job(
        _ name: String = "events.jsonl", checkpoint: String? = nil, batchEventCountMax: Int = 3
    ) throws -> IngestJob {
        IngestJob(
            input: try InputFile(name: path(name)),
            format: try #require(EventFormat(path: name)),
            checkpointFile: CheckpointFile(
                path: checkpoint ?? path("\(name).tally-progress"), isAskedFor: checkpoint != nil),
            batchEventCountMax: batchEventCountMax, isTerminal: false)
    }

    private func run(
        _ job: IngestJob, _ server: FakeServer, patience: Duration = .seconds(60)
    ) async throws -> IngestSummary {
        try await job.run(
            server, patience: patience, pace: FakeTime().pace, write: lines.write)
    }

    private func checkpoint(_ name: String = "events.jsonl") -> IngestCheckpoint? {
        guard let data = FileManager.default.contents(atPath: path("\(name).tally-progress")) else {
            return nil
        }
        return IngestCheckpoint(text: String(decoding: data, as: UTF8.self))
    }

    @Test func everyLineIsCountedAndGoodOnesGoIn() async throws {
        try write(
            """
            \(EventInput.line(id: "a"))
            {broken
            \(EventInput.line(id: "reject-1"))
            \(EventInput.line(id: "a"))
            \(EventInput.line(id: "a", #","user":"other""#))
            \(EventInput.line(id: "b").replacing("gpt-5.4", with: FakeServer.unpricedModel))
            \(EventInput.line(id: "c").dropLast(4))
            """)
        let server = FakeServer()
        let summary = try await run(try job(batchEventCountMax: 100), server)
        #expect(server.ids == ["a", "b"])
        let tally = summary.tally
        #expect(tally.accepted == 2 && tally.duplicate == 1 && tally.conflict == 1)
        #expect(tally.rejected == 1 && tally.invalid == 2 && tally.unpriced == 1)
        #expect(tally.read == 7)
        #expect(
            tally.problems.map { "\($0.line) \($0.reason) \($0.field)" } == [
                "2 LINE_NOT_JSON ", "3 FIELD_TOO_LONG id", "5 EVENT_ID_CONFLICT id",
                "7 LINE_TRUNCATED ",
            ])
        #expect(lines.text.contains("line 3: id: FIELD_TOO_LONG: Shorten it.\n"))
        #expect(checkpoint() == nil)
    }

    @Test func anEmptyFileIsFine() async throws {
        try write("")
        let summary = try await run(try job(), FakeServer())
        #expect(summary.tally == IngestTally())
        #expect(summary.failure(isInvalidTolerated: false) == nil)
    }

    @Test func severalCallsAreUnderWayButNoMoreThanFour() async throws {
        try write(jsonl(0..<200))
        let server = FakeServer(Array(repeating: .lostAnswer, count: 20))
        let summary = try await run(try job(), server)
        #expect(summary.tally.read == 200)
        #expect(summary.tally.accepted + summary.tally.duplicate == 200)
        #expect(server.ids.count == 200)
        #expect((1...IngestRun.callCountMax).contains(server.callsUnderWayMax))
    }

    @Test(arguments: ["events.jsonl", "events.csv"])
    func anInterruptedRunGoesOnWhereALineBegins(name: String) async throws {
        let rows =
            name.hasSuffix("csv")
            ? EventInput.header + "\n"
                + (0..<40).map { EventInput.row(id: "e-\($0)", note: "\"x\ny\"") + "\n" }.joined()
            : jsonl(0..<40)
        try write(rows, name)
        let server = FakeServer(Array(repeating: .answer, count: 5) + [.refused])
        await #expect(throws: FakeServer.Refused.self) { try await run(try job(name), server) }
        let kept = try #require(checkpoint(name))
        let offset = kept.progress.position.offset
        #expect(offset > 0 && Array(rows.utf8)[offset - 1] == .lineFeed)
        #expect(server.ids.count >= kept.progress.tally.accepted)

        let callCount = server.callCount
        let summary = try await run(try job(name), server)
        #expect(server.ids.count == 40)
        #expect(summary.tally.read == 40)
        #expect(summary.tally.problemCount == 0)
        #expect(server.callCount - callCount <= (40 - kept.progress.tally.read + 2) / 3)
        #expect(lines.text.contains("Going on at line \(kept.progress.position.line)"))
        #expect(checkpoint(name) == nil)
    }

    /// The checkpoint never passes a batch without an answer, whichever call fails.
    @Test(arguments: 0..<14)
    func whateverCallFailsNothingIsLost(failing: Int) async throws {
        try write(jsonl(0..<40) + "{broken\n")
        let server = FakeServer(Array(repeating: .answer, count: failing) + [.refused])
        await #expect(throws: FakeServer.Refused.self) { try await run(try job(), server) }
        if let kept = checkpoint() {
            let covered = (0..<kept.progress.tally.accepted).map { "e-\($0)" }
            #expect(server.ids.isSuperset(of: covered))
            #expect(kept.progress.position.line == kept.progress.tally.read + 1)
        }
        let summary = try await run(try job(), server)
        #expect(server.ids.count == 40)
        #expect(summary.tally.read == 41 && summary.tally.invalid == 1)
    }

    @Test func whatEarlierRunsFoundStillCounts() async throws {
        try write("{broken\n" + jsonl(0..<40))
        let server = FakeServer(Array(repeating: .answer, count: 6) + [.refused])
        await #expect(throws: FakeServer.Refused.self) { try await run(try job(), server) }
        #expect(checkpoint()?.progress.tally.invalid == 1)
        let summary = try await run(try job(), server)
        #expect(summary.failure(isInvalidTolerated: false) != nil)
        #expect(summary.failure(isInvalidTolerated: true) == nil)
        #expect(summary.furtherProblems == nil)
    }

    @Test func aCheckpointOfAnotherInputIsNotUsed() async throws {
        try write(jsonl(0..<40))
        let server = FakeServer(Array(repeating: .answer, count: 6) + [.refused])
        await #expect(throws: FakeServer.Refused.self) { try await run(try job(), server) }
        try write(jsonl(100..<140))
        let summary = try await run(try job(), server)
        #expect(summary.before == IngestProgress())
        #expect(summary.tally.accepted == 40)
        #expect(lines.text.contains("belongs to another input"))
    }

    @Test func aShorterOrOtherwiseReadInputHasAnotherCheckpoint() async throws {
        try write(jsonl(0..<9))
        let input = try InputFile(name: path("events.jsonl"))
        let file = CheckpointFile(path: path("kept"), isAskedFor: true)
        let end = Array(jsonl(0..<6).utf8).count
        let progress = IngestProgress(position: InputPosition(offset: end, line: 7))
        try file.save(progress, of: input, .jsonl)
        #expect(try file.load(for: input, .jsonl) == .progress(progress))
        #expect(try file.load(for: input, .csv) == .ofAnotherInput)
        try write(jsonl(0..<12))
        #expect(try file.load(for: input, .jsonl) == .progress(progress))
        try write(jsonl(0..<3))
        #expect(try file.load(for: input, .jsonl) == .ofAnotherInput)
    }

    @Test func aFileThatIsNoCheckpointIsNeverWrittenOver() async throws {
        try write(jsonl(0..<3))
        try write("precious", "other.txt")
        await #expect(throws: Failure.self) {
            try await run(try job(checkpoint: path("other.txt")), FakeServer())
        }
        let kept = FileManager.default.contents(atPath: path("other.txt"))
        #expect(kept == Data("precious".utf8))
    }

    @Test func aFolderThatCannotBeWrittenToCostsTheCheckpointOnly() async throws {
        try write(jsonl(0..<9))
        var job = try job(checkpoint: path("missing/kept"))
        await #expect(throws: Failure.self) { try await run(job, FakeServer()) }
        job = IngestJob(
            input: try InputFile(name: path("events.jsonl")), format: .jsonl,
            checkpointFile: CheckpointFile(path: path("missing/kept"), isAskedFor: false),
            batchEventCountMax: 3, isTerminal: false)
        let summary = try await run(job, FakeServer())
        #expect(summary.tally.accepted == 9)
        #expect(lines.text.contains("An interrupted run will begin at the top."))
    }

    /// Servers and paths are quoted beside a bar, which a terminal obeys.
    @Test func nothingThatATerminalObeysIsToldOnTheWay() async throws {
        let interrupted = Array(repeating: FakeServer.Step.answer, count: 6) + [.refused]
        let kept = path("kept\u{1b}[2J\n next")
        for next in [0..<40, 100..<140] {
            try write(jsonl(0..<40))
            await #expect(throws: FakeServer.Refused.self) {
                try await run(try job(checkpoint: kept), FakeServer(interrupted))
            }
            try write(jsonl(next))
            _ = try await run(try job(checkpoint: kept), FakeServer([.unavailable]))
        }
        let unkept = IngestJob(
            input: try InputFile(name: path("events.jsonl")), format: .jsonl,
            checkpointFile: CheckpointFile(path: "\(kept)/missing", isAskedFor: false),
            batchEventCountMax: 3, isTerminal: false)
        _ = try await run(unkept, FakeServer())
        for words in ["Going on at", "belongs to another", "No answer (", "will begin at the top"] {
            #expect(lines.text.contains(words))
        }
        #expect(lines.text.contains("\u{fffd}[2J\u{fffd} next"))
        #expect(!lines.text.unicodeScalars.contains { "\u{1b}\u{9b}".unicodeScalars.contains($0) })
        #expect(!lines.text.contains("\n next"))
    }

    @Test func checkpointsReadAsTheyWereWritten() throws {
        var tally = IngestTally()
        (tally.accepted, tally.duplicate, tally.conflict) = (1, 2, 3)
        (tally.rejected, tally.unpriced, tally.invalid) = (4, 5, 6)
        let checkpoint = IngestCheckpoint(
            fingerprint: "abc", format: .csv,
            progress: IngestProgress(position: InputPosition(offset: 99, line: 7), tally: tally))
        #expect(IngestCheckpoint(text: checkpoint.text) == checkpoint)
        for text in ["", "{}", "[]", checkpoint.text.replacing("99", with: "-1")] {
            #expect(IngestCheckpoint(text: text) == nil)
        }
        for byteCount in 0..<checkpoint.text.utf8.count - 1 {
            #expect(IngestCheckpoint(text: String(checkpoint.text.prefix(byteCount))) == nil)
        }
    }

    @Test func aMissingFileAndAFolderAreNoInput() {
        #expect(throws: Failure.self) { try InputFile(name: path("none.jsonl")) }
        #expect(throws: Failure.self) { try InputFile(name: folder.path) }
    }

    @Test func aWrongHeaderIsAFailureThatNamesTheColumn() async throws {
        try write("id,source,time,provider,model,tokens\n", "events.csv")
        do {
            _ = try await run(try job("events.csv"), FakeServer())
            Issue.record("The header was taken.")
        } catch let failure as Failure {
            #expect(failure.field == "tokens")
            #expect(failure.problem.contains("COLUMN_UNKNOWN"))
        }
    }
}
