import ConnectionService
import Core
import Domain
import Jobs
import Ledger
import Logging
import Postgres

/// Metadata of the worker's log lines. No line has a key, an amount or a body.
enum PullLog {
    enum Key: String {
        case organization, connection, stream, field, bucket, recorded, corrected, unchanged
        case error, job, outcome, attempt, milliseconds, seconds
    }

    static func row(_ key: CheckpointKey, field: String, bucket: Instant) -> Logger.Metadata {
        merged(key, [.field: "\(field)", .bucket: "\(bucket.rfc3339)"])
    }

    static func span(_ key: CheckpointKey, seconds: Int64) -> Logger.Metadata {
        merged(key, [.seconds: "\(seconds)"])
    }

    static func page(_ key: CheckpointKey, _ outcome: ReportOutcome) -> Logger.Metadata {
        merged(
            key,
            [
                .recorded: "\(outcome.recorded)", .corrected: "\(outcome.corrected)",
                .unchanged: "\(outcome.unchanged)",
            ])
    }

    static func failure(_ key: CheckpointKey, _ words: String) -> Logger.Metadata {
        merged(key, [.error: "\(words)"])
    }

    /// Our own errors say nothing secret; of others only the type is told.
    static func safe(_ error: any Error) -> String {
        switch error {
        case let error as ServiceError: "\(error)"
        case let error as PostgresError: "\(error)"
        case is CancellationError: "cancelled"
        default: "\(type(of: error))"
        }
    }

    static func metadata(_ values: [Key: Logger.MetadataValue]) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for (key, value) in values { metadata[key.rawValue] = value }
        return metadata
    }

    private static func merged(
        _ key: CheckpointKey, _ values: [Key: Logger.MetadataValue]
    ) -> Logger.Metadata {
        var all = values
        all[.organization] = "\(key.organizationID)"
        all[.connection] = "\(key.connectionID)"
        all[.stream] = "\(key.stream.rawValue)"
        return metadata(all)
    }
}

/// Writes one line for each job that ends.
struct JobLog: Sendable {
    let logger: Logger

    @Sendable func write(_ event: JobEvent) {
        switch event {
        case .finished(let job, let outcome, let took):
            let milliseconds = took / .milliseconds(1)
            logger.info(
                "job ended",
                metadata: PullLog.metadata([
                    .organization: "\(job.organizationID)", .job: "\(job.kind)/\(job.key)",
                    .outcome: "\(Self.word(outcome))", .attempt: "\(job.attempt)",
                    .milliseconds: "\(Int(milliseconds))",
                ]))
        case .threw(let job, let error):
            logger.error(
                "job threw",
                metadata: PullLog.metadata([
                    .organization: "\(job.organizationID)", .job: "\(job.kind)/\(job.key)",
                    .error: "\(PullLog.safe(error))",
                ]))
        case .setAside(let job):
            logger.error(
                "job was set aside until it is revived",
                metadata: PullLog.metadata([
                    .organization: "\(job.organizationID)", .job: "\(job.kind)/\(job.key)",
                ]))
        case .leaseLost(let job):
            logger.notice(
                "job was taken over",
                metadata: PullLog.metadata([
                    .organization: "\(job.organizationID)", .job: "\(job.kind)/\(job.key)",
                ]))
        case .queueFailed(let error):
            logger.warning(
                "job queue cannot be used",
                metadata: PullLog.metadata([.error: "\(PullLog.safe(error))"]))
        }
    }

    private static func word(_ outcome: JobOutcome) -> String {
        switch outcome {
        case .completed: "completed"
        case .dueAgain: "due again"
        case .dueInStep: "read to the present"
        case .interrupted: "interrupted"
        case .failed(let reason, _): "failed: \(reason)"
        case .throttled(let reason, _): "throttled: \(reason)"
        case .blocked(let reason, _): "blocked: \(reason)"
        case .refused(let reason, _): "refused: \(reason)"
        }
    }
}
