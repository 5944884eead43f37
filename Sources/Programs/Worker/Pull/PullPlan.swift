import ConnectionService
import Core
import Providers

/// Which window of a report to read next, and where a page leaves its checkpoint; pure.
struct PullPlan: Sendable {
    let report: ProviderReport
    let backfillFrom: Instant
    /// The present that this pull reads to.
    let now: Instant
    /// Longest window, in seconds: the report's own, or less where an answer was too large.
    private(set) var spanSeconds: Int64

    /// - Parameter spanSeconds: what windows were narrowed to before; nil where they never were.
    init(
        report: ProviderReport, backfillFrom: Instant, now: Instant, spanSeconds: Int64? = nil
    ) {
        self.report = report
        self.backfillFrom = backfillFrom
        self.now = now
        let own = report.windowDaysMax * 86_400
        self.spanSeconds = spanSeconds.map { min($0, own) } ?? own
    }

    /// The window to go on with where a page of one is larger than may be read: half of the rest of it. From
    /// now on no window is longer.
    /// - Parameter readTo: how far it was read; nil: not at all.
    /// - Returns: nil where nothing smaller can be asked for: a single bucket, or a list.
    mutating func narrow(
        _ window: Checkpoint.OpenWindow, readTo: Instant?
    ) -> Checkpoint.OpenWindow? {
        guard !report.isOfNames else { return nil }
        let from = max(readTo ?? window.from, window.from)
        let buckets = (window.through.seconds - from.seconds) / report.width.seconds
        guard buckets > 1 else { return nil }
        spanSeconds = buckets / 2 * report.width.seconds
        return Checkpoint.OpenWindow(
            from: from, through: from.advanced(bySeconds: spanSeconds),
            openedAt: window.openedAt)
    }

    /// Where a pull starts; nil where there is nothing to read yet.
    ///
    /// A window left open is gone on with, unless it was left long ago, or the provider tells nothing of its
    /// beginning any more. Else the pull starts before the last read by the re-read days, at the first one
    /// from the beginning. What was read from a clock that ran ahead counts to the present only.
    func firstWindow(_ checkpoint: Checkpoint) -> Checkpoint.OpenWindow? {
        // A list has no days of which nothing is told any more.
        if let open = checkpoint.window,
            report.isOfNames || open.from >= earliest ?? open.from,
            open.openedAt.advanced(bySeconds: Self.windowSecondsMax) >= now
        {
            return open
        }
        return window(from: start(checkpoint))
    }

    /// No pull, neither one under way nor one to come, reads a bucket that ends before: what lies there is
    /// for back-fills, which so never write a bucket at the same time as a pull does. It only ever
    /// grows, unless a clock ran ahead.
    func readsFrom(_ checkpoint: Checkpoint) -> Instant {
        let start = start(checkpoint)
        let whole = ReportWindow.whole(report.width, from: start, through: start).from
        return min(checkpoint.window?.from ?? whole, whole)
    }

    private func start(_ checkpoint: Checkpoint) -> Instant {
        let start = checkpoint.through.map {
            max(backfillFrom, min($0, now).advanced(bySeconds: -report.rereadDays * 86_400))
        }
        return start ?? backfillFrom
    }

    /// How long a window may stay open. Its buckets that were read count as read when it was opened, and
    /// would not be read again; what a provider tells late of them would be lost. Cursors do not last, either.
    private static let windowSecondsMax: Int64 = 86_400

    /// The window after one that was read to its end; nil where the present is reached: that of when the window was
    /// opened, where that was a moment ago, since a report whose every page takes a turn would go after a later one for
    /// ever. A list is as it was read.
    func nextWindow(after window: Checkpoint.OpenWindow) -> Checkpoint.OpenWindow? {
        let reached = reached(window)
        let isRecent = window.openedAt.advanced(bySeconds: Self.presentSeconds) >= now
        guard reached < window.openedAt || !(isRecent || report.isOfNames) else { return nil }
        return self.window(from: reached)
    }

    /// How long the present of a window counts as the present: as long as most reports rest between two pulls.
    private static let presentSeconds: Int64 = 600

    /// Until where the provider tells something.
    private var present: Instant {
        report.endedBucketsOnly
            ? ReportWindow.whole(report.width, from: now, through: now).from : now
    }

    /// From where on it does; nil where it tells of any time.
    var earliest: Instant? {
        report.historyDays.map { present.advanced(bySeconds: -$0 * 86_400) }
    }

    private func window(from beginning: Instant) -> Checkpoint.OpenWindow? {
        let start = max(beginning, earliest ?? beginning)
        guard start < present else { return nil }
        let end = min(present, start.advanced(bySeconds: spanSeconds))
        let span = ReportWindow.whole(report.width, from: start, through: end)
        return Checkpoint.OpenWindow(from: span.from, through: span.through, openedAt: now)
    }

    /// The checkpoint once a page is stored.
    func checkpoint(
        _ before: Checkpoint, window: Checkpoint.OpenWindow, lastBucketEnd: Instant?,
        nextCursor: String?
    ) -> Checkpoint {
        var after = before
        if let nextCursor {
            after.window = window
            after.window?.turn(to: nextCursor)
            // What was read of the last bucket, which may not be over yet.
            let read = lastBucketEnd.map { min($0, reached(window)) }
            after.through = [before.through, read].compactMap(\.self).max()
        } else {
            after.window = nil
            after.through = max(before.through ?? reached(window), reached(window))
            // Windows that are only read again bring the report no further, however many come before one that fails.
            if after.through != before.through { after.failures = 0 }
        }
        return after
    }

    /// How far a whole window brings the reading: not beyond the time it was opened at.
    private func reached(_ window: Checkpoint.OpenWindow) -> Instant {
        min(window.through, window.openedAt)
    }
}
