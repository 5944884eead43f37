/// Tells how far an ingestion is: a bar that moves on a terminal, a line now and then elsewhere;
/// and which lines have problems, as they are met.
struct IngestDisplay {
    private let byteCount: Int?
    private let isTerminal: Bool
    private let write: (String) -> Void
    private var lastShown: ContinuousClock.Instant
    private var isBarShown = false
    private var problemCount = 0

    // A bar that moves more often costs more than it tells; a log needs fewer lines.
    private static let barInterval = Duration.milliseconds(100)
    private static let lineInterval = Duration.seconds(5)
    private static let barWidth = 30
    static let clearLine = "\r\u{1b}[K"

    /// - Parameters:
    ///   - byteCount: Size of the input; nil where nobody knows.
    ///   - write: Takes text for standard error, line breaks included.
    init(
        byteCount: Int?, isTerminal: Bool, now: ContinuousClock.Instant,
        write: @escaping (String) -> Void
    ) {
        self.byteCount = byteCount
        self.isTerminal = isTerminal
        self.write = write
        lastShown = now
    }

    mutating func advanced(_ advance: IngestRun.Advance, now: ContinuousClock.Instant) {
        let problems = advance.progress.tally.problems
        for problem in problems.dropFirst(problemCount) { tell(problem) }
        problemCount = problems.count
        guard now - lastShown >= (isTerminal ? Self.barInterval : Self.lineInterval) else { return }
        lastShown = now
        let text = Self.text(
            offset: advance.progress.position.offset, of: byteCount,
            eventCount: advance.total.read, hasBar: isTerminal)
        write(isTerminal ? Self.clearLine + text : text + "\n")
        isBarShown = isTerminal
    }

    /// Removes the bar.
    mutating func clear() {
        if isBarShown { write(Self.clearLine) }
        isBarShown = false
    }

    private mutating func tell(_ problem: LineProblem) {
        clear()
        write(problem.text + "\n")
    }

    static func text(offset: Int, of byteCount: Int?, eventCount: Int, hasBar: Bool) -> String {
        let events = "\(MoneyText.grouped(String(eventCount))) events"
        guard let byteCount, byteCount > 0 else { return events }
        // The input may have grown since its size was taken.
        let percent = min(100, offset * 100 / byteCount)
        guard hasBar else { return "\(percent) %, \(events)" }
        let filled = percent * barWidth / 100
        let bar =
            String(repeating: "█", count: filled)
            + String(repeating: "░", count: barWidth - filled)
        return "\(bar) \(percent) %  \(events)"
    }
}

extension LineProblem {
    /// `line 7: quantities.input: NEGATIVE_QUANTITY: Counts are 0 or more.`, without characters
    /// that could drive a terminal.
    var text: String {
        let words = ["line \(line)", field, reason, remedy].filter { !$0.isEmpty }
        return Table.printable(words.joined(separator: ": "))
    }
}
