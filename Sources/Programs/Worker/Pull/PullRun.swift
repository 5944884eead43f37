import ConnectionService
import Core
import Domain
import Jobs
import Ledger
import Postgres

/// Records one pull of one report for its history, in the transactions of the pages.
///
/// It changes by `pageStored`, which comes after the page's transaction: one that runs twice counts once.
struct PullRun: Sendable {
    private let key: CheckpointKey
    private var run: ConnectionRun
    private var isNew = true

    init(_ key: CheckpointKey, worker: String, now: Instant) {
        self.key = key
        // By the machine's time: runs are listed in the order of their ids, in demos, too.
        run = ConnectionRun(id: .make(), stream: key.stream, beganAt: now, worker: worker)
    }

    /// The run after one more page.
    func adding(_ outcome: ReportOutcome, retracted: Int, through: Instant?) -> PullRun {
        var after = self
        after.run.tally.pages += 1
        after.run.tally.recorded += outcome.recorded
        after.run.tally.corrected += outcome.corrected
        after.run.tally.unchanged += outcome.unchanged
        after.run.tally.retracted += retracted
        after.run.tally.contradicted += outcome.contradicted
        after.run.through = through
        return after
    }

    /// Stores the run as it stands.
    func store(now: Instant, in transaction: PostgresTransaction) async throws {
        try await run.store(of: key, isNew: isNew, now: now, in: transaction)
    }

    /// What `store` wrote is committed.
    mutating func stored(_ after: PullRun) {
        self = after
        isNew = false
    }

    /// Whether something of it stands in the history.
    var hasBegun: Bool { !isNew }

    /// The run at its end.
    /// - Parameter detail: in words, with the remedy; empty for a success.
    func ended(
        _ outcome: JobOutcome, _ detail: String = "", through: Instant?, now: Instant
    ) -> PullRun {
        var ended = self
        ended.run.endedAt = now
        ended.run.through = through
        ended.run.detail = detail
        switch outcome {
        case .completed, .dueAgain, .dueInStep: ended.run.outcome = .succeeded
        case .interrupted: ended.run.outcome = .interrupted
        case .failed(let reason, _), .throttled(let reason, _):
            ended.run.outcome = .failed
            ended.run.reason = reason
        case .blocked(let reason, _), .refused(let reason, _):
            ended.run.outcome = .refused
            ended.run.reason = reason
        }
        return ended
    }
}
