import ArgumentParser
import Foundation

/// `tally ingest`: sends a file of metered events.
struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Send metered events from a file of JSON Lines or CSV.",
        discussion: """
            One event a line. Needed: id, source, time (RFC 3339 with Z or an offset), \
            provider, model. Texts: requested_model, operation, region, service_tier, project, \
            api_key_id, user, session, run, feature, customer, team, environment, connection; \
            usage_state is reported (default), partial, missing or pending; status is ok \
            (default), error or aborted. Whole numbers: total_tokens, latency_ms, attempt. What \
            the provider says it cost: provider_cost, a decimal, and provider_cost_currency; \
            provider_request_id, by which a call that two sources tell of counts once: \
            tally source --help.

            JSON Lines (.jsonl) has quantities by class and tags by key, all on one line:

              {"id":"r-1","source":"gw","time":"2026-11-21T04:00:00Z",
               "provider":"openai","model":"gpt-5.4",
               "quantities":{"input":900,"output":250},"tags":{"team":"42"}}

            Instead of quantities, a line may have the usage as the provider answered it, or null \
            where it gave none, and whose shape that is: openai_chat, openai_responses, \
            openai_embeddings, anthropic_messages, gemini or bedrock_converse (in CSV, as text):

              {"id":"r-2","source":"gw","time":"2026-11-21T04:00:00Z",
               "provider":"anthropic","model":"claude-opus-5-5",
               "usage_format":"anthropic_messages",
               "usage_object":{"input_tokens":900,"output_tokens":250}}

            CSV (RFC 4180) has a header and a column for each; an empty cell is absent:

              id,source,time,provider,model,quantity:input,quantity:output,tag:team
              r-1,gw,2026-11-21T04:00:00Z,openai,gpt-5.4,900,250,42

            Running it twice is safe: an id of a source counts once (duplicate). Meanwhile \
            FILE.tally-progress keeps what the server has acknowledged; after an interruption \
            the same command goes on there. It is removed when everything was read.

            A line that is no event (cut off, a time without zone, a negative count, an unknown \
            field) is told with its number, field, reason and remedy, and left out; so is an \
            event that the server rejects, or whose id it has with other content (conflict). \
            All others go in. The first 20 are shown, all are counted. The last row of a CSV \
            file counts as cut off unless a line break or a closing quote ends it: half a \
            number looks like a number.

            Exit status: 0 where every line is in the ledger, 1 otherwise; --skip-invalid \
            tolerates lines that are no events, but neither rejections nor conflicts.

            Examples:
              tally ingest events.jsonl
              tally ingest export.csv --skip-invalid
              zcat 2026-10-*.jsonl.gz | tally ingest - --format json
              tail -F gateway.log | tally ingest - --input-format jsonl
              tally ingest backlog.jsonl --stream
            """)

    @Argument(help: "File of events; - for standard input.")
    var file: String

    @Option(help: "jsonl or csv. Default: by the file's ending; jsonl for standard input.")
    var inputFormat: EventFormat?

    @Option(help: "How to print the summary: table for people, json for programs.")
    var format: IngestSummary.Format = .table

    @Option(help: "Where to keep what was acknowledged. Default: FILE.tally-progress.")
    var checkpoint: String?

    @Option(help: "Seconds to keep trying while the server is unavailable.")
    var patience = 60

    @Option(help: "Events in one call, 1 to 10000; a call has at most 3 MiB.")
    var batchSize = 5_000

    @Flag(help: "Send over one stream instead of a call for each batch.")
    var stream = false

    @Flag(help: "Exit with 0 although some lines were no events.")
    var skipInvalid = false

    func validate() throws {
        guard (1...IngestBatcher.eventCountLimit).contains(batchSize) else {
            throw ValidationError("--batch-size is 1 to \(IngestBatcher.eventCountLimit).")
        }
        guard (0...86_400).contains(patience) else {
            throw ValidationError("--patience is 0 to 86400 seconds.")
        }
        guard file != InputFile.standardInput || checkpoint == nil else {
            throw ValidationError("Standard input cannot be gone on with: omit --checkpoint.")
        }
        guard eventFormat != nil else {
            throw ValidationError(
                "\(file) ends in neither .jsonl nor .csv: say --input-format jsonl or csv.")
        }
    }

    private var eventFormat: EventFormat? {
        inputFormat ?? (file == InputFile.standardInput ? .jsonl : EventFormat(path: file))
    }

    func run() async throws {
        guard let eventFormat else { return }
        let input = try InputFile(name: file)
        // What cannot be gone on with, such as a pipe, has no checkpoint.
        let checkpointFile = input.byteCount.map { _ in
            CheckpointFile(
                path: checkpoint ?? "\(file).tally-progress", isAskedFor: checkpoint != nil)
        }
        let job = IngestJob(
            input: input, format: eventFormat, checkpointFile: checkpointFile,
            batchEventCountMax: batchSize, isTerminal: Terminal.isStandardErrorTerminal)
        let summary = try await Session.run { session in
            let sender: any EventSender =
                stream
                ? StreamEventSender(client: session.client)
                : ClientEventSender(client: session.client)
            return try await job.run(sender, patience: .seconds(patience))
        }
        if let further = summary.furtherProblems { StandardError.write(further) }
        StandardOutput.say(summary.text(format))
        if let failure = summary.failure(isInvalidTolerated: skipInvalid) { throw failure }
    }
}

extension EventFormat: ExpressibleByArgument {}
extension IngestSummary.Format: ExpressibleByArgument {}
