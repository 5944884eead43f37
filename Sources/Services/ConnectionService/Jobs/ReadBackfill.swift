package import Jobs

/// Reads one report of a back-fill: of a chosen span of a connection's past, once.
package struct ReadBackfill: JobArguments {
    package static let kind = JobKind(rawValue: "read_backfill")
    package static let priority = JobPriority.backfill

    /// UUID text.
    package let connection: String
    /// UUID text.
    package let backfill: String
    package let stream: PullStream

    package init(connection: String, backfill: String, stream: PullStream) {
        self.connection = connection
        self.backfill = backfill
        self.stream = stream
    }

    package var key: String { "\(backfill)/\(stream.rawValue)" }

    /// Reports of one account are read only so many at once, pulls included: of this connection's, until
    /// `PullConnection.shareLimit` says which account that is.
    package var concurrencyKey: String? { connection }
}
