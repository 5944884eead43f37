import API
package import Core
package import Domain

/// How a pull of one report ended, by the numbers of the contract's `RunOutcome`.
package enum RunOutcome: Int16, Sendable, CaseIterable {
    case running = 1
    /// The report was read to the present.
    case succeeded = 2
    /// The worker was told to stop; another one goes on.
    case interrupted = 3
    /// It is tried again with growing patience.
    case failed = 4
    /// Waiting alone does not mend it.
    case refused = 5
    /// Its worker died, or lost the job to another one.
    case abandoned = 6

    var wire: ConnectionRunOutcome { ConnectionRunOutcome(rawValue: Int32(rawValue)) }
}

/// What a pull has read so far. Rows count once for each page that they came with.
package struct RunTally: Hashable, Sendable {
    package var pages = 0
    package var recorded = 0
    package var corrected = 0
    package var unchanged = 0
    /// Rows that were there and are not any more.
    package var retracted = 0
    /// Of all but these, rows that contradict themselves.
    package var contradicted = 0

    package init() {}
}

/// One pull of one report, as stored.
package struct ConnectionRun: Sendable {
    package let id: ConnectionRunID
    package let stream: PullStream
    package let beganAt: Instant
    /// Nil while it runs.
    package var endedAt: Instant?
    package var outcome: RunOutcome
    /// Stable, of one that failed; else empty.
    package var reason: String
    /// In words, with the remedy; else empty.
    package var detail: String
    package var tally: RunTally
    /// The report was read up to here.
    package var through: Instant?
    /// Host, process and a random part.
    package let worker: String

    package init(
        id: ConnectionRunID, stream: PullStream, beganAt: Instant, endedAt: Instant? = nil,
        outcome: RunOutcome = .running, reason: String = "", detail: String = "",
        tally: RunTally = RunTally(), through: Instant? = nil, worker: String
    ) {
        self.id = id
        self.stream = stream
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.reason = reason
        self.detail = detail
        self.tally = tally
        self.through = through
        self.worker = worker
    }

    var wire: API.ConnectionRun {
        API.ConnectionRun(
            id: id.text, report: stream.rawValue, startTime: Timestamp(beganAt),
            endTime: endedAt.map { Timestamp($0) }, outcome: outcome.wire, reason: reason,
            detail: detail, pages: Int64(tally.pages), rowsRecorded: Int64(tally.recorded),
            rowsCorrected: Int64(tally.corrected), rowsUnchanged: Int64(tally.unchanged),
            rowsRetracted: Int64(tally.retracted), through: through.map { Timestamp($0) },
            worker: worker, rowsContradicted: Int64(tally.contradicted))
    }
}
