import API
import ArgumentParser
import Foundation

/// `tally ingest`: sends a file of metered events.
struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Send metered events from a file of JSON Lines or CSV.",
        discussion: """
            Each line is one event. Required: id, source, time (RFC 3339 with Z or an offset),
            provider, model. Optional texts: requested_model, operation, region, service_tier,
            project, api_key_id, user, session, run, feature, customer, team, environment,
            connection; usage_state (reported, partial, missing); status (ok, error, aborted).
            Optional numbers: total_tokens, latency_ms, attempt. JSON Lines has quantities and tags
            as objects; CSV has a column quantity:<class> or tag:<key> for each.

              {"id":"r-1","source":"gateway","time":"2026-11-21T04:00:00Z","provider":"openai",
               "model":"gpt-5.4","quantities":{"input":900,"cache_read":100,"output":250}}
              (on one line)

            Running it again is safe: the same id and source count once. While it runs, FILE.tally-
            progress keeps what the server has acknowledged; after an interruption the next run
            goes on there. It is removed at the end.

            Lines that are no events (cut off, a time without zone, a negative count …) are told
            with their number and left out; so are events that the server rejects, and those whose
            id was recorded before with other content (conflict). All others are sent. The exit
            status is then 1, unless --skip-invalid says that this is expected.

            Examples:
              tally ingest events.jsonl
              gateway-export | tally ingest - --format jsonl
              tally ingest events.csv --skip-invalid
            """)

    @Argument(help: "File of events; - for standard input.")
    var file: String

    @Option(help: "jsonl or csv. Default: by the file's ending; jsonl for standard input.")
    var format: EventFormat?

    @Option(help: "Events in one call, 1 to 10000; a call is at most 3 MiB.")
    var batchSize = 2_000

    @Option(help: "Calls under way at once, 1 to 32.")
    var parallel = 4

    @Option(help: "Where to keep what was acknowledged. Default: FILE.tally-progress.")
    var checkpoint: String?

    @Flag(help: "Exit with 0 although some lines were no events, rejected or in conflict.")
    var skipInvalid = false

    @Flag(help: "Read and check the file only; send nothing.")
    var dryRun = false

    func validate() throws {
        guard (1...10_000).contains(batchSize) else {
            throw ValidationError("--batch-size is 1 to 10000.")
        }
        guard (1...32).contains(parallel) else { throw ValidationError("--parallel is 1 to 32.") }
        guard file != "-" || checkpoint == nil else {
            throw ValidationError("Standard input cannot be continued: leave out --checkpoint.")
        }
        guard file == "-" || format != nil || EventFormat(path: file) != nil else {
            throw ValidationError("\(file) ends in neither .jsonl nor .csv: say --format.")
        }
    }

    func run() async throws {
        let input = try IngestInput(
            path: file, format: format ?? EventFormat(path: file) ?? .jsonl,
            checkpoint: checkpoint)
        let summary = dryRun ? try check(input) : try await send(input)
        print(summary.text)
        if !summary.isClean, !skipInvalid { throw ExitCode(1) }
    }

    private func check(_ input: IngestInput) throws -> IngestSummary {
        var summary = IngestSummary()
        var source = try input.source(isContinued: false)
        var count = 0
        while let element = try source.next() {
            switch element.item {
            case .event: count += 1
            case .problem(let problem): summary.count(problem, line: element.line)
            }
        }
        print("\(MoneyText.grouped(String(count))) events could be sent; nothing was.")
        return summary
    }

    private func send(_ input: IngestInput) async throws -> IngestSummary {
        let start = input.start
        if start.end > 0 {
            StandardError.write(
                "Going on at line \(start.line): the lines before were acknowledged.")
        }
        let source = try input.source(isContinued: true)
        var progress = IngestProgress(
            byteCount: input.byteCount, isTerminal: Terminal.isStandardErrorTerminal)
        defer { progress.clear() }
        do {
            let summary = try await Session.run { session in
                let run = IngestRun(
                    client: session.client, batchEventCountMax: batchSize, parallel: parallel,
                    checkpointFile: input.checkpointFile,
                    fingerprint: { input.fingerprint(byteCount: $0) })
                return try await run.send(source, from: start, progress: &progress)
            }
            input.removeCheckpoint()
            return summary
        } catch {
            guard var failure = Failure(error) else { throw error }
            let next =
                "Run the same command again: "
                + (input.checkpointFile == nil
                    ? "what was acknowledged counts once." : "it goes on where this one stopped.")
            failure.remedy = [failure.remedy, next].compactMap { $0 }.joined(separator: " ")
            throw failure
        }
    }
}
