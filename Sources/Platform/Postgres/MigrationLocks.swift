internal import Synchronization

/// How a migration waits for a lock: never long at once, since whoever wants to read the table afterwards waits
/// behind it, but often.
package struct LockPatience: Sendable {
    /// Longest wait for one lock, in whole milliseconds; so long does it hold up readers.
    package var waitMax: Duration
    /// How often a migration is begun before it fails.
    package var attemptsMax: Int
    /// Between two attempts, while everybody else goes on.
    package var pause: Duration

    /// Two seconds at once, for two minutes and a half.
    package static let standard = LockPatience(
        waitMax: .seconds(2), attemptsMax: 30, pause: .seconds(3))

    package init(waitMax: Duration, attemptsMax: Int, pause: Duration) {
        self.waitMax = waitMax
        self.attemptsMax = attemptsMax
        self.pause = pause
    }
}

/// Who kept a migration from a lock, as `pg_stat_activity` names it; without what it runs, which may hold
/// anything.
package struct LockHolder: Sendable, Hashable, CustomStringConvertible {
    let processID: String
    let program: String
    let state: String
    /// When its transaction began.
    let since: String

    package var description: String {
        "\(program.isEmpty ? "a program without a name" : program) (process \(processID), \(state), in a "
            + "transaction since \(since))"
    }

    /// Why a migration did not go on.
    package static func reason(_ holders: [LockHolder]) -> String {
        let names = holders.map(\.description).joined(separator: ", ")
        return "did not get a lock in time; it is held by \(names.isEmpty ? "others" : names)"
    }
}

/// Looks, on a connection of its own, at who holds what a connection waits for.
actor LockWatch {
    private let configuration: PostgresConfiguration
    private let processID: String
    private let interval: Duration
    private var connection: PostgresConnection?
    /// Those who were seen last.
    private(set) var holders: [LockHolder] = []

    init(
        _ configuration: PostgresConfiguration, processID: String, interval: Duration
    ) {
        self.configuration = configuration
        self.processID = processID
        self.interval = interval
    }

    /// Looks until it is cancelled. Who cannot be seen is not named: that is no fault of the migration.
    func run() async {
        holders = []
        do {
            while true {
                try await Task.sleep(for: interval)
                let rows = try await connected().texts(
                    """
                    SELECT a.pid, coalesce(a.application_name, ''), coalesce(a.state, 'of another login'),
                        coalesce(date_trunc('seconds', a.xact_start)::text, 'a time that is not shown')
                    FROM pg_stat_activity AS a
                    WHERE a.pid = ANY (pg_blocking_pids(\(processID))) ORDER BY a.xact_start, a.pid
                    """)
                let seen = rows.map { row in
                    LockHolder(
                        processID: row[0] ?? "", program: row[1] ?? "", state: row[2] ?? "",
                        since: row[3] ?? "")
                }
                if !seen.isEmpty { holders = seen }
            }
        } catch is CancellationError {
            return
        } catch {
            // It may be broken; the next attempt is looked at on another one.
            await close()
        }
    }

    func close() async {
        let connection = connection
        self.connection = nil
        await connection?.close()
    }

    private func connected() async throws -> PostgresConnection {
        if let connection { return connection }
        let new = try PostgresConnection()
        try await new.open(configuration)
        connection = new
        return new
    }
}
