import API
package import Core
package import Domain

/// How a back-fill stands, by the numbers of the contract's `ConnectionBackfill.State`.
package enum BackfillState: Int16, Sendable, CaseIterable {
    case running = 1
    case paused = 2
    case done = 3
    case cancelled = 4

    var isOver: Bool { self == .done || self == .cancelled }

    var wire: ConnectionBackfill.State { ConnectionBackfill.State(rawValue: Int32(rawValue)) }
}

/// Names one report of one back-fill.
package struct BackfillKey: Hashable, Sendable {
    package let report: CheckpointKey
    package let id: BackfillID

    package init(_ report: CheckpointKey, _ id: BackfillID) {
        self.report = report
        self.id = id
    }
}

/// One report of a back-fill, as stored.
package struct ReportBackfill: Hashable, Sendable {
    package let id: BackfillID
    let connectionID: ConnectionID
    package let stream: PullStream
    /// Whole days of UTC, as `through`.
    package let from: Instant
    package let through: Instant
    package var state: BackfillState
    /// Where reading began; nil before the first page.
    package var readFrom: Instant?
    /// The first row that the provider told of; nil where it told of none.
    package var toldFrom: Instant?
    /// Where the reading stands: read from `readFrom` up to `progress.through`.
    package var progress: Checkpoint
    package var tally: RunTally
    let createdAt: Instant
    package var endedAt: Instant?
    /// Why its job was set aside; nil where it is read.
    var setAsideReason: String?

    package init(
        id: BackfillID, connectionID: ConnectionID, stream: PullStream, from: Instant,
        through: Instant,
        state: BackfillState = .running, readFrom: Instant? = nil, toldFrom: Instant? = nil,
        progress: Checkpoint = Checkpoint(), tally: RunTally = RunTally(), createdAt: Instant,
        endedAt: Instant? = nil
    ) {
        self.id = id
        self.connectionID = connectionID
        self.stream = stream
        self.from = from
        self.through = through
        self.state = state
        self.readFrom = readFrom
        self.toldFrom = toldFrom
        self.progress = progress
        self.tally = tally
        self.createdAt = createdAt
        self.endedAt = endedAt
    }

    /// Ends it, where it is not over.
    package mutating func end(_ state: BackfillState, at now: Instant) {
        guard !self.state.isOver else { return }
        self.state = state
        endedAt = now
        progress.window = nil
    }

    private static let daySeconds: Int64 = 86_400

    private var daysRead: Int64 {
        guard let readFrom, let through = progress.through else { return 0 }
        return max(0, through.seconds - readFrom.seconds) / Self.daySeconds
    }

    /// Whole percent of the span, 0 to 100; 100 is done, and nothing else is.
    var percent: Int32 {
        if state == .done { return 100 }
        guard let read = progress.through else { return 0 }
        let whole = max(1, through.seconds - from.seconds)
        return Int32(clamping: min(99, max(0, read.seconds - from.seconds) * 100 / whole))
    }

    fileprivate var wire: ConnectionBackfill.Report {
        ConnectionBackfill.Report(
            name: stream.rawValue, state: state.wire,
            readFrom: readFrom.map { Timestamp($0) },
            readThrough: progress.through.map { Timestamp($0) },
            days: Int32(clamping: (through.seconds - from.seconds) / Self.daySeconds),
            daysRead: Int32(clamping: daysRead), percent: percent,
            pages: Int64(tally.pages), rowsRecorded: Int64(tally.recorded),
            rowsCorrected: Int64(tally.corrected), rowsUnchanged: Int64(tally.unchanged),
            rowsRetracted: Int64(tally.retracted), lastError: progress.lastError,
            setAsideReason: setAsideReason ?? "")
    }
}

extension ConnectionBackfill {
    /// All reports of one back-fill; nil of none.
    init?(_ reports: [ReportBackfill]) {
        guard let first = reports.first else { return nil }
        // One report that is read, or waits for somebody, keeps the whole from being over.
        let order: [BackfillState] = [.running, .paused, .cancelled, .done]
        let states = Set(reports.map(\.state))
        let state = order.first { states.contains($0) } ?? .done
        self.init(
            id: first.id.text, from: Timestamp(first.from), through: Timestamp(first.through),
            state: state.wire,
            percent: Int32(clamping: reports.reduce(0) { $0 + Int($1.percent) } / reports.count),
            reports: reports.map(\.wire), createTime: Timestamp(first.createdAt),
            endTime: state.isOver
                ? reports.compactMap(\.endedAt).max().map { Timestamp($0) } : nil)
    }
}
