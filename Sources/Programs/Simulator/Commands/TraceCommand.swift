import ArgumentParser
import Core
import Foundation

/// `tally-simulator trace`.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Spread one hour of a real request trace over days, as an events file.",
        discussion: """
            Real: the sizes of prompts and completions, and how requests follow each other. From \
            the seed: days, pace, models, teams, tags, errors. The same seed, days and trace give \
            the same file; a longer span begins with the same events. No event lies in the future.

            Try it:
              tally-simulator trace --input deploy/traces/azure-llm-2023-conversation.csv \\
                --output - --from 2026-10-01 --through 2026-10-31 | tally ingest -
            """)

    @Option(help: "The trace, as CSV with the header \(TraceFile.header).")
    var input: String

    @Option(help: "Where to write the events (JSON Lines); - is standard output.")
    var output = "-"

    @Option(help: ArgumentHelp("First UTC day.", valueName: "YYYY-MM-DD"))
    var from: String

    @Option(help: ArgumentHelp("Last UTC day, included.", valueName: "YYYY-MM-DD"))
    var through: String

    @Option(help: "Seed of all that the trace does not say.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "No event is later than this; without it, than the machine's clock.",
            valueName: "RFC3339"))
    var now: String?

    @Option(help: "Events of a mean day; weekdays have more, weekends fewer.")
    var eventsPerDay: Int64 = 1200

    func validate() throws {
        guard let first = CivilTime.midnight(ofDate: from) else {
            throw ValidationError("--from: a day such as 2026-10-01.")
        }
        guard let last = CivilTime.midnight(ofDate: through) else {
            throw ValidationError("--through: a day such as 2026-10-31.")
        }
        guard first <= last, last - first <= 3660 * CivilTime.secondsPerDay else {
            throw ValidationError("--through: at or after --from, at most 3660 days later.")
        }
        guard (1...10_000_000).contains(eventsPerDay) else {
            throw ValidationError("--events-per-day: 1 to 10000000.")
        }
        if let now, CivilTime.seconds(ofRFC3339: now) == nil {
            throw ValidationError("--now: an RFC 3339 time with a zone, as 2026-11-21T06:00:00Z.")
        }
    }

    func run() async throws {
        let loader = TraceLoader(trace: try readTrace(), seed: seed, eventsPerDay: eventsPerDay)
        let known = now.flatMap(CivilTime.seconds(ofRFC3339:)) ?? WallClock.system.now.seconds
        let count: Int
        if output == "-" {
            count = try write(loader, to: .standardOutput, now: known)
        } else {
            // Whole or not at all: a reader never sees half a file under the final name.
            let partial = "\(output).partial"
            guard FileManager.default.createFile(atPath: partial, contents: nil),
                let file = FileHandle(forWritingAtPath: partial)
            else { throw CommandError("--output: cannot write \(partial).") }
            count = try write(loader, to: file, now: known)
            try file.close()
            guard rename(partial, output) == 0 else {
                throw CommandError("--output: cannot write \(output).")
            }
        }
        Console.say(
            "one hour of 2023 (\(loader.trace.rows.count) real requests, Azure Public Dataset, "
                + "CC-BY-4.0), shifted and repeated over \(from) to \(through): \(count) events.")
        Console.say(
            "sizes and order of requests are real; days, pace, models, teams, tags and errors "
                + "are assigned from the seed \(seed).")
    }

    private func readTrace() throws -> TraceFile {
        guard let data = FileManager.default.contents(atPath: input) else {
            throw CommandError("--input: cannot read \(input).")
        }
        do {
            return try TraceFile(text: String(decoding: data, as: UTF8.self))
        } catch {
            throw CommandError("--input: \(input), \(error).")
        }
    }

    /// Writes a day at a time and returns how many events that were.
    private func write(_ loader: TraceLoader, to file: FileHandle, now: Int64) throws -> Int {
        var count = 0
        var day = CivilTime.midnight(ofDate: from) ?? 0
        let last = CivilTime.midnight(ofDate: through) ?? 0
        while day <= last, day <= now {
            let events = loader.events(ofDay: day, now: now)
            count += events.count
            let lines = events.map { $0.json.text + "\n" }.joined()
            try file.write(contentsOf: Data(lines.utf8))
            day += CivilTime.secondsPerDay
        }
        return count
    }
}
