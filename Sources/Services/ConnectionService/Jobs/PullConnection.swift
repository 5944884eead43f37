package import Jobs

/// Reads one report of one connection to the present, again and again.
package struct PullConnection: JobArguments {
    package static let kind = JobKind(rawValue: "pull_connection")

    /// UUID text.
    package let connection: String
    package let stream: PullStream

    package init(connection: String, stream: PullStream) {
        self.connection = connection
        self.stream = stream
    }

    package var key: String { "\(connection)/\(stream.rawValue)" }

    /// Reports of one account are read only so many at once: of this connection's, until `shareLimit` says
    /// which account that is.
    package var concurrencyKey: String? { connection }
}
