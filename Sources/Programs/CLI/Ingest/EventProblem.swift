/// Why a line of the input is no event.
struct EventProblem: Error, Hashable, Sendable {
    /// Stable, UPPER_SNAKE.
    let reason: String
    /// Name as the input has it; empty where the whole line is at fault.
    let field: String
    let remedy: String

    init(_ reason: String, field: String = "", _ remedy: String) {
        self.reason = reason
        self.field = field
        self.remedy = remedy
    }
}

/// Why a line of the input did not become an entry of the ledger.
struct LineProblem: Hashable, Sendable {
    /// From 1.
    let line: Int
    /// Stable, UPPER_SNAKE.
    let reason: String
    /// Empty where the whole line is at fault.
    let field: String
    let remedy: String
}

extension LineProblem {
    init(_ problem: EventProblem, line: Int) {
        self.init(
            line: line, reason: problem.reason, field: problem.field, remedy: problem.remedy)
    }
}
