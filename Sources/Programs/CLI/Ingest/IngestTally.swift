import API

/// What became of an input's events so far.
struct IngestTally: Sendable {
    private(set) var accepted = 0
    private(set) var duplicate = 0
    private(set) var conflict = 0
    private(set) var rejected = 0
    /// Accepted, but without a price: their cost is not known yet.
    private(set) var unpriced = 0
    /// Lines that are no event; they were never sent.
    private(set) var invalid = 0
    private(set) var problems: [LineProblem] = []

    /// Problems that are kept to be shown; further ones are only counted.
    static let problemsMax = 20

    /// Events and lines that were read.
    var read: Int { accepted + duplicate + conflict + rejected + invalid }

    /// Whether everything that was read is in the ledger now.
    var isClean: Bool { conflict == 0 && rejected == 0 && invalid == 0 }

    mutating func add(_ problem: LineProblem) {
        invalid += 1
        keep(problem)
    }

    /// Adds the answers of one call; `lines` are the input's line numbers of its events.
    mutating func add(_ results: [EventResult], lines: [Int]) {
        for (result, line) in zip(results, lines) {
            switch result.outcome {
            case .accepted: accepted += 1
            case .duplicate: duplicate += 1
            case .conflict: conflict += 1
            default: rejected += 1
            }
            if result.unpriced { unpriced += 1 }
            if result.outcome != .accepted, result.outcome != .duplicate {
                keep(
                    LineProblem(
                        line: line, reason: result.reason, field: Self.withinEvent(result.field),
                        remedy: result.description))
            }
        }
    }

    private mutating func keep(_ problem: LineProblem) {
        if problems.count < Self.problemsMax { problems.append(problem) }
    }

    /// `time` of `events[3].time`: the line says which event.
    private static func withinEvent(_ field: String) -> String {
        guard field.hasPrefix("events["), let dot = field.firstIndex(of: ".") else { return field }
        return String(field[field.index(after: dot)...])
    }
}

/// Why a line of the input did not become an entry of the ledger.
struct LineProblem: Error, Sendable, Hashable {
    /// From 1.
    let line: Int
    /// Stable, UPPER_SNAKE.
    let reason: String
    /// Empty where the whole line is at fault.
    let field: String
    let remedy: String
}
