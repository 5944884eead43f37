import API
import Core
import Domain
import Jobs
import ServiceRuntime

/// How one report of a connection is doing now: where its reading stands, and its job.
struct ReportStatus: Sendable {
    /// What was read of days that ended so long ago is final, as far as providers' customs go: the same that
    /// effective cost waits for.
    static let settlingSeconds: Int64 = 3 * 86_400
    /// How long a report may stand still before it is late, where no pull has succeeded yet.
    static let firstPullSeconds: Int64 = 3600

    let connectionID: ConnectionID
    let stream: PullStream
    let health: PullHealth
    let through: Instant?
    let lastSuccessAt: Instant?
    let lastError: String
    let pagesRead: Int64
    /// Late from then on, as the worker that succeeded last says: three of its poll intervals later.
    let lateAt: Instant?
    let updatedAt: Instant
    /// Nil where none is there: the report is not pulled.
    var job: JobState?

    /// Derived when it is read: what nobody does has nobody who stores it.
    func isLate(_ now: Instant) -> Bool {
        switch health {
        case .pending, .healthy:
            now > lateAt ?? updatedAt.advanced(bySeconds: Self.firstPullSeconds)
        case .degraded, .keyRefused: false
        }
    }

    /// Whole seconds from what was read to now; nil before the first page.
    func lagSeconds(_ now: Instant) -> Int64? {
        through.map { max(0, now.seconds - $0.seconds) }
    }

    /// The days of UTC before this instant were read after they had settled; nil where none was.
    func finalThrough(_ now: Instant) -> Instant? {
        guard let through, let lastSuccessAt else { return nil }
        let settled = min(now, lastSuccessAt).advanced(bySeconds: -Self.settlingSeconds)
        let end = min(through, settled).seconds
        let day = end >= 0 ? end / 86_400 : (end - 86_399) / 86_400
        return Instant(seconds: day * 86_400)
    }

    func wire(_ now: Instant) -> ConnectionReport {
        ConnectionReport(
            name: stream.rawValue, health: isLate(now) ? .late : health.wire,
            through: through.map { Timestamp($0) },
            finalThrough: finalThrough(now).map { Timestamp($0) },
            lagSeconds: lagSeconds(now) ?? 0,
            lastSuccessTime: lastSuccessAt.map { Timestamp($0) }, lastError: lastError,
            nextRunTime: job?.nextRunAt.map { Timestamp($0) },
            running: job?.isRunning ?? false, setAsideReason: job?.setAsideReason ?? "",
            pagesRead: pagesRead)
    }
}

extension JobState {
    /// When it is tried next: not while it runs or is about to, nor where it is set aside.
    fileprivate var nextRunAt: Instant? {
        isClaimed || setAsideReason != nil ? nil : dueAt
    }
}

extension ConnectionRecord {
    /// As it is shown, with how its reports are doing now.
    func wire(
        _ reports: [ReportStatus], now: Instant, _ keys: OrganizationKeys
    ) throws -> Connection {
        var shown = try wire(keys)
        // Those of which it is the record; the others are not read, and nobody waits for them.
        let pulled = reports.filter { recordOf.includes($0.stream) }
        // Names come once a day, and no figure waits for them, nor for what people did.
        let figures = pulled.filter(\.stream.isOfSpend)
        let isRead = pausedAt == nil && deletedAt == nil
        if isRead, health == .pending || health == .healthy,
            figures.contains(where: { $0.isLate(now) })
        {
            shown.health = .late
        }
        shown.reports = pulled.map { $0.wire(now) }
        let lags = figures.map { $0.lagSeconds(now) }
        // One that was never read lags without end, which no number says.
        if !lags.contains(nil) { shown.lagSeconds = lags.compactMap(\.self).max() ?? 0 }
        let finals = figures.map { $0.finalThrough(now) }
        if !finals.contains(nil) {
            shown.finalThrough = finals.compactMap(\.self).min().map { Timestamp($0) }
        }
        if isRead {
            shown.nextRunTime = shown.reports.compactMap(\.nextRunTime)
                .min { ($0.seconds, $0.nanos) < ($1.seconds, $1.nanos) }
        }
        return shown
    }
}
