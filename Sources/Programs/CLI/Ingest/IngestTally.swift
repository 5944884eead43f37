import API

/// What became of an input's events so far.
struct IngestTally: Hashable, Sendable {
    var accepted = 0
    var duplicate = 0
    var conflict = 0
    var rejected = 0
    /// Accepted, but without a price: their cost is not known yet.
    var unpriced = 0
    /// Lines that are no event; they were never sent.
    var invalid = 0
    /// The first ones by line.
    private(set) var problems: [LineProblem] = []

    /// Problems that are kept to be shown; further ones are only counted.
    static let problemCountMax = 20

    /// Events and lines that were read.
    var read: Int { accepted + duplicate + conflict + rejected + invalid }

    /// Lines whose event is not in the ledger.
    var problemCount: Int { conflict + rejected + invalid }

    mutating func add(_ problem: LineProblem) {
        invalid += 1
        keep([problem])
    }

    /// Adds the answers of one call; `lines` are the input's line numbers of its events.
    mutating func add(_ results: [EventResult], lines: [Int]) {
        for (result, line) in zip(results, lines) {
            if result.unpriced { unpriced += 1 }
            switch result.outcome {
            case .accepted:
                accepted += 1
                continue
            case .duplicate:
                duplicate += 1
                continue
            case .conflict: conflict += 1
            default: rejected += 1
            }
            keep([
                LineProblem(
                    line: line, reason: result.reason, field: Self.withinEvent(result.field),
                    remedy: result.description)
            ])
        }
    }

    mutating func add(_ other: IngestTally) {
        accepted += other.accepted
        duplicate += other.duplicate
        conflict += other.conflict
        rejected += other.rejected
        unpriced += other.unpriced
        invalid += other.invalid
        keep(other.problems)
    }

    private mutating func keep(_ more: [LineProblem]) {
        guard let first = more.first else { return }
        if problems.count == Self.problemCountMax, let last = problems.last,
            first.line >= last.line
        {
            return
        }
        problems = Array(
            (problems + more).sorted { $0.line < $1.line }.prefix(Self.problemCountMax))
    }

    /// `time` of `events[3].time`: the line says which event.
    private static func withinEvent(_ field: String) -> String {
        guard field.hasPrefix("events["), let dot = field.firstIndex(of: ".") else { return field }
        return String(field[field.index(after: dot)...])
    }
}
