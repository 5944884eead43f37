import ConnectionService
import Core
import Providers

/// Which part of a back-fill's span is to be read of a report; pure.
///
/// Left out is what the provider does not tell any more, what the organization does not keep, and what pulls
/// read again by themselves: so no bucket is ever written by a pull and a back-fill at a time, where the
/// answer that was given first could be stored last.
struct BackfillPlan: Sendable {
    /// Where reading begins; whole buckets, as `through`.
    let from: Instant
    /// Where it ends; before `from` where there is nothing to read.
    let through: Instant
    /// How the report is read, as far as nothing is narrower.
    private var reading: PullPlan

    /// - Parameters:
    ///   - pulls: how the report is pulled now.
    ///   - checkpoint: where its pulls stand.
    ///   - keptFrom: from when on the organization's usage is kept; nil: all of it.
    init(
        _ span: ReportBackfill, pulls: PullPlan, checkpoint: Checkpoint, keptFrom: Instant?
    ) {
        let earliest = [pulls.earliest, keptFrom].compactMap(\.self)
            // Buckets that are cut are left alone.
            .map { ReportWindow.whole(.day, from: $0, through: $0).through }
        from = earliest.reduce(span.from, max)
        through = min(span.through, pulls.readsFrom(checkpoint))
        reading = pulls
    }

    /// As `PullPlan.narrow`.
    mutating func narrow(
        _ window: Checkpoint.OpenWindow, readTo: Instant?
    ) -> Checkpoint.OpenWindow? {
        reading.narrow(window, readTo: readTo)
    }

    /// Longest window, in seconds.
    var spanSeconds: Int64 { reading.spanSeconds }

    /// Where reading goes on; nil where nothing is left to read.
    func firstWindow(_ progress: Checkpoint) -> Checkpoint.OpenWindow? {
        // Of a window that was left open, everything may still be told and kept.
        if let open = progress.window, open.from >= from { return open }
        return pages(from: max(progress.through ?? from, from))
            .firstWindow(Checkpoint(through: nil, window: nil))
    }

    /// The window after one that was read to its end; nil where nothing is left to read.
    func nextWindow(after window: Checkpoint.OpenWindow) -> Checkpoint.OpenWindow? {
        pages(from: from).nextWindow(after: window)
    }

    /// Where reading stands once a page is stored.
    func progress(
        _ before: Checkpoint, window: Checkpoint.OpenWindow, lastBucketEnd: Instant?,
        nextCursor: String?
    ) -> Checkpoint {
        var after = pages(from: from).checkpoint(
            before, window: window, lastBucketEnd: lastBucketEnd, nextCursor: nextCursor)
        after.lastError = ""
        return after
    }

    /// A pull whose present is the end of the span: what lies behind is not this one's to read.
    private func pages(from: Instant) -> PullPlan {
        PullPlan(
            report: reading.report, backfillFrom: from, now: through,
            spanSeconds: reading.spanSeconds)
    }
}
