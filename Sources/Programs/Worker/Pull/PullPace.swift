import Core
import Providers

/// How often and how fast reports are read.
struct PullPace: Sendable {
    /// Pages that a pull, or a back-fill, reads before it gives its place to whoever waits, and goes on in turn: 20
    /// seconds' worth, where providers ask for one request a second.
    static let pagesPerTurn = 20

    /// Between two pulls of a report that has been read to the present.
    var pollInterval: Duration
    /// Between two pages of a connection, of whichever reports.
    var pagePause: Duration
    /// How long it reads before it does so, where pages take longer.
    var turn: Duration = .seconds(20)
    /// Before a refused key, or anything else that waiting does not mend, is looked at again.
    var blockedPause: Duration { max(pollInterval, .seconds(900)) }

    /// Between two pulls of this report; some are read less often than others.
    func interval(of report: ProviderReport) -> Duration {
        max(pollInterval, .seconds(report.pauseHours * 3600))
    }

    /// When a report that was read to the present is late, unless it is so again before: three
    /// intervals are two that failed to come.
    func lateAt(_ now: Instant, _ report: ProviderReport) -> Instant {
        now.advanced(bySeconds: 3 * interval(of: report).components.seconds)
    }
}
