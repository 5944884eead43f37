import API

/// What an ingestion came to, as it is printed at the end.
struct IngestSummary {
    /// All of the input, earlier runs of it included.
    let tally: IngestTally
    /// What earlier runs of the same input had acknowledged.
    let before: IngestProgress
    /// Of this run.
    let elapsed: Duration

    /// Formats of the summary.
    enum Format: String, CaseIterable, Sendable {
        /// For people.
        case table
        /// One object, for programs.
        case json
    }

    func text(_ format: Format) -> String {
        switch format {
        case .table: table
        case .json: json
        }
    }

    private var milliseconds: Int {
        let (seconds, attoseconds) = elapsed.components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }

    private var seconds: String {
        let digits = String(milliseconds % 1000)
        return "\(milliseconds / 1000)."
            + String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// Of this run.
    var eventsPerSecond: Int {
        (tally.read - before.tally.read) * 1000 / max(1, milliseconds)
    }

    private var counts: [(name: String, count: Int)] {
        [
            ("read", tally.read), ("accepted", tally.accepted), ("duplicate", tally.duplicate),
            ("conflict", tally.conflict), ("rejected", tally.rejected),
            ("invalid", tally.invalid), ("unpriced", tally.unpriced),
        ]
    }

    private var json: String {
        var members = counts.map { JSONValue.Member($0.name, .number("\($0.count)")) }
        members.append(JSONValue.Member("seconds", .number(seconds)))
        members.append(JSONValue.Member("events_per_second", .number("\(eventsPerSecond)")))
        return JSONValue.object(members).text()
    }

    private var table: String {
        let rows =
            counts.map { ($0.name, Self.grouped($0.count)) }
            + [("seconds", seconds), ("events/s", Self.grouped(eventsPerSecond))]
        let width = rows.map(\.1.count).max() ?? 0
        var lines = rows.map { name, value in
            name + String(repeating: " ", count: 11 - name.count + width - value.count) + value
        }
        if tally.unpriced > 0 {
            lines.append(
                "Unpriced events are recorded; reports count them as unpriced, never as zero.")
        }
        return lines.joined(separator: "\n")
    }

    /// Told before the summary where more lines had problems than were shown; nil else.
    var furtherProblems: String? {
        let count = tally.problemCount - before.tally.problemCount - tally.problems.count
        return count > 0 ? "… and \(Self.grouped(count)) more lines with a problem." : nil
    }

    /// Why the command failed although it ran to the end; nil where it did not.
    func failure(isInvalidTolerated: Bool) -> Failure? {
        let open = tally.problemCount - (isInvalidTolerated ? tally.invalid : 0)
        guard open > 0 else { return nil }
        return Failure(
            "\(Self.grouped(open)) of \(Self.grouped(tally.read)) lines are not in the ledger; "
                + "all others are.",
            remedy: "Mend those lines and run the command again: what is recorded counts once."
                + (tally.invalid > 0 && !isInvalidTolerated
                    ? " Where invalid lines are expected, say --skip-invalid." : ""))
    }

    private static func grouped(_ count: Int) -> String {
        MoneyText.grouped(String(count))
    }
}
