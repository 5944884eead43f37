/// What one kind of job works on. It is stored as JSON in a table without row security, so it holds
/// ids and schedules only: never figures, never secrets.
package protocol JobArguments: Codable, Sendable {
    static var kind: JobKind { get }

    /// Names the job among those of its kind and organization; enqueuing it again does nothing
    /// while it is there. 1 to 200 bytes.
    var key: String { get }

    /// Who goes first. Default scheduled.
    static var priority: JobPriority { get }

    /// Jobs of one such key, of whatever organization, run only so many at once as
    /// `JobRunner.Configuration.perConcurrencyKey` says, such as those that ask one provider account.
    /// 1 to 200 bytes. Default nil: no limit.
    var concurrencyKey: String? { get }
}

extension JobArguments {
    package static var priority: JobPriority { .scheduled }
    package var concurrencyKey: String? { nil }
}

/// What a job does, such as `pull_connection`. It is stored, so it never changes.
package struct JobKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}
