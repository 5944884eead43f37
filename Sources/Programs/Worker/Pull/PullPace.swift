import Core

/// How often and how fast reports are read.
struct PullPace: Sendable {
    /// Between two pulls of a report that has been read to the present.
    var pollInterval: Duration
    /// Between two pages of a connection, of whichever reports.
    var pagePause: Duration
    /// Before a refused key, or anything else that waiting does not mend, is looked at again.
    var blockedPause: Duration { max(pollInterval, .seconds(900)) }

    /// When a report that was read to the present is late, unless it is so again before: three poll
    /// intervals are two that failed to come.
    func lateAt(_ now: Instant) -> Instant {
        now.advanced(bySeconds: 3 * pollInterval.components.seconds)
    }
}
