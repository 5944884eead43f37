package import Core

/// How a job stands, for people who wait for it.
package struct JobState: Hashable, Sendable {
    /// When it may be claimed, which what it shares with others may put off; when its lease ends, while it runs.
    package let dueAt: Instant
    /// Whether a worker has it, be it that it waits there for the jobs before it which were claimed with it.
    package let isClaimed: Bool
    /// Whether a worker is doing it.
    package let isRunning: Bool
    /// Why it is not tried before somebody revives it; nil where it is.
    package let setAsideReason: String?
}
