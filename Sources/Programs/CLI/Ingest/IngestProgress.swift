/// Tells how far an ingestion is: a bar that moves on a terminal, a line now and then elsewhere.
struct IngestProgress {
    private let byteCount: Int?
    private let isTerminal: Bool
    private var last: ContinuousClock.Instant?
    private var isShowing = false

    // A bar that moves more often costs more than it tells; a log needs fewer lines.
    private static let barInterval = Duration.milliseconds(100)
    private static let lineInterval = Duration.seconds(10)

    /// - Parameter byteCount: Size of the file; nil for standard input.
    init(byteCount: Int?, isTerminal: Bool) {
        self.byteCount = byteCount
        self.isTerminal = isTerminal
    }

    mutating func show(end: Int, eventCount: Int, now: ContinuousClock.Instant) {
        let interval = isTerminal ? Self.barInterval : Self.lineInterval
        guard let last else {
            self.last = now
            return
        }
        guard now - last >= interval else { return }
        self.last = now
        let text = Self.text(end: end, of: byteCount, eventCount: eventCount, hasBar: isTerminal)
        StandardError.write(
            isTerminal ? "\r\u{1b}[K\(text)" : text, terminator: isTerminal ? "" : "\n")
        isShowing = isTerminal
    }

    /// Removes the bar.
    mutating func clear() {
        if isShowing { StandardError.write("\r\u{1b}[K", terminator: "") }
        isShowing = false
    }

    static func text(end: Int, of byteCount: Int?, eventCount: Int, hasBar: Bool) -> String {
        let events = "\(MoneyText.grouped(String(eventCount))) events"
        guard let byteCount, byteCount > 0 else { return events }
        let percent = min(100, end * 100 / byteCount)
        guard hasBar else { return "\(percent) %, \(events)" }
        let filled = percent * 30 / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        return "\(bar) \(percent) %  \(events)"
    }
}
