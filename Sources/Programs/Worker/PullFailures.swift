import ConnectionService
import Core
import Jobs
import Logging
import Notifications
import Postgres
import Providers

/// Turns what stopped a pull into the connection's health, words with a remedy, and the job's
/// outcome.
struct PullFailures: Sendable {
    enum Failure: Sendable {
        case provider(ProviderError)
        /// The stored key could not be opened, or the key that opens it could not be asked for.
        case key(ServiceError)
        /// A page was read, and the ledger refuses it.
        case ledger(ServiceError)
        /// Whatever else went wrong here, a statement that the database refused above all.
        case unexpected(any Error)
        case providerUnavailableHere
    }

    let database: WorkerDatabase
    let notifier: (any Notifier)?
    let pace: PullPace
    let clock: WallClock
    let logger: Logger

    /// Failures, with the report neither read further by a window nor to the present between, after which operators hear
    /// that it is degraded, once: a single hiccup is not news. From then on pages alone are no progress, either: who reads
    /// the same ones again and again, as where they go round, comes to none.
    static let degradedNoticeAfter = 3

    /// What the job of a report comes to that has stored pages and leaves its place to others.
    static func outcome(ofTurnOf checkpoint: Checkpoint) -> JobOutcome {
        checkpoint.failures < degradedNoticeAfter ? .dueAgain(after: .zero) : .interrupted
    }

    /// Stores the failure at the checkpoint; the outcome says when to try again.
    func record(
        _ failure: Failure, of pull: PullConnectionWorker.Pull
    ) async throws -> JobOutcome {
        var after = pull.checkpoint
        after.health = failure.refusesKey ? .keyRefused : .degraded
        after.lastError = "\(pull.key.stream.rawValue): \(failure.words)"
        after.failures += 1
        if failure.forgetsCursor { after.window?.beginAgain() }
        let update = UpdateCheckpoint(
            pull.key, checkpoint: after, pages: 0, succeededAt: nil, updatedAt: clock.now)
        let hadCursor = pull.checkpoint.window?.cursor != nil
        let outcome = failure.outcome(pace, isCursorRefused: failure.forgetsCursor && hadCursor)
        let (through, refusesKey) = (after.through, failure.refusesKey)
        let mayBeNews =
            after.health == .degraded && after.failures >= Self.degradedNoticeAfter
        let isNews = try await database.transaction(for: pull.key.organizationID) {
            transaction in
            try await JobQueue.hold(pull.job.lease, in: transaction)
            let health = try await update.store(in: transaction)
            try await pull.run.ended(outcome, failure.words, through: through, now: clock.now)
                .store(now: clock.now, in: transaction)
            // Of whichever of its reports of figures, or else of its lists, and whichever worker: once until all
            // of them are well.
            if mayBeNews {
                return try await transaction.first(MarkToldDegraded(pull.key, at: clock.now)) != nil
            }
            // The connection's health tells nothing of reports that no figure waits for: their own says it.
            let isRefused =
                refusesKey && health?.before != .keyRefused
                && pull.checkpoint.health != .keyRefused
            if isRefused {
                try await transaction.execute(MarkToldRefused(pull.key, at: clock.now))
            }
            return isRefused
        }
        logger.warning("pull failed", metadata: PullLog.failure(pull.key, failure.logWords))
        await notify(after, of: pull, isNews: isNews)
        return outcome
    }

    private func notify(
        _ after: Checkpoint, of pull: PullConnectionWorker.Pull, isNews: Bool
    ) async {
        guard isNews, let notifier else { return }
        await notifier.notify(
            ConnectionNotice(
                kind: after.health == .keyRefused ? .keyRefused : .degraded,
                organizationID: pull.key.organizationID, connectionID: pull.key.connectionID,
                displayName: pull.connection.displayName, detail: after.lastError, at: clock.now),
            logger)
    }
}

extension PullFailures.Failure {
    fileprivate var refusesKey: Bool {
        guard case .provider(let error) = self else { return false }
        return error.refusesKey
    }

    /// A cursor may expire, and pages may shift; the window is then read again from its beginning.
    var forgetsCursor: Bool {
        guard case .provider(let error) = self else { return false }
        return [
            .badRequest, .notFound, .malformed(.cursorDoesNotAdvance),
            .malformed(.bucketOutOfOrder),
        ].contains(error.kind)
    }

    var words: String {
        switch self {
        case .provider(let error):
            "\(error)\(Self.rest(error.retryAfter, isOfAccount: error.kind == .rateLimited))"
        case .key(let error): "The stored key cannot be opened. \(error.message)"
        case .ledger(let error):
            "A page could not be recorded: \(error.message) It is tried again; if it lasts, report "
                + "this as a defect (\(error.reason.rawValue))."
        case .unexpected:
            "A page could not be stored. It is tried again; if it lasts, the operator of "
                + "Tallystick finds the cause in the worker's log (\(reason))."
        case .providerUnavailableHere:
            "This worker has no connector for the provider. Update Tallystick."
        }
    }

    /// What is not said of the error itself: whom to wait for, how long, and how to wait no longer.
    private static func rest(_ asked: Duration?, isOfAccount: Bool) -> String {
        guard let asked, asked >= .seconds(60) else { return "" }
        let minutes = (asked.components.seconds + 59) / 60
        return
            " It asks for \(minutes) minutes of rest, and gets them"
            + (isOfAccount ? ", the whole account" : "")
            + "; an admin who knows better has it asked at once: tally connection sync --break-rest."
    }

    /// With the cause, for operators alone: connections tell nothing of the database.
    var logWords: String {
        guard case .unexpected(let error) = self else { return words }
        return "\(words) Cause: \(PullLog.safe(error))."
    }

    private var reason: String {
        switch self {
        case .provider(let error): error.kind.reason
        case .key(let error): error.reason.rawValue
        case .ledger(let error): error.reason.rawValue
        case .unexpected(let error):
            error is PostgresError ? "PAGE_REFUSED_BY_DATABASE" : "PULL_FAILED"
        case .providerUnavailableHere: "PROVIDER_UNKNOWN"
        }
    }

    func outcome(_ pace: PullPace, isCursorRefused: Bool) -> JobOutcome {
        switch self {
        case .provider(let error) where error.isRetryable && error.kind == .rateLimited:
            // The provider counts what it is asked for the account, not for the report.
            .throttled(reason: reason, retryAfter: error.retryAfter)
        case .provider(let error) where error.isRetryable || isCursorRefused:
            .failed(reason: reason, retryAfter: error.retryAfter)
        case .key(let error) where error.code == .unavailable:
            .failed(reason: reason, retryAfter: error.retryAfter)
        case .ledger, .unexpected:
            .failed(reason: reason)
        case .provider where refusesKey:
            .refused(reason: reason, after: pace.blockedPause)
        case .provider, .key, .providerUnavailableHere:
            .blocked(reason: reason, after: pace.blockedPause)
        }
    }
}
