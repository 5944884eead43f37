package import Core
package import Domain
package import Logging
package import Postgres
import ServiceLifecycle
import Synchronization

/// Remembers when tokens were used last, and writes it down once a minute.
///
/// Each server writes a token's use at most once a minute, all of an organization in one statement,
/// and a last time when it ends; a server that is killed loses the minute. Times never run back.
package final class TokenUses: Service {
    /// By organization; nil of operators, who have none.
    private typealias Uses = [OrganizationID?: [String: Instant]]

    /// Tokens remembered between two writes; of further ones the use is not noted.
    private static let tokensMax = 100_000

    private struct State {
        var uses: Uses = [:]
        var count = 0
    }

    private let pool: PostgresPool
    private let interval: Duration
    private let logger: Logger
    private let state = Mutex(State())

    package init(pool: PostgresPool, interval: Duration = .seconds(60), logger: Logger) {
        self.pool = pool
        self.interval = interval
        self.logger = logger
    }

    /// Notes a use; takes no time worth mentioning, for it is done while a call waits.
    /// - Parameter organization: nil of an operator's token.
    package func note(_ token: String, of organization: OrganizationID?, at time: Instant) {
        state.withLock { state in
            if state.uses[organization]?[token] == nil {
                guard state.count < Self.tokensMax else { return }
                state.count += 1
            }
            state.uses[organization, default: [:]][token] = time
        }
    }

    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await Task.sleep(for: self.interval)
                    await self.write()
                }
            }
        } catch is CancellationError {
            // The server is stopping.
        }
        await write()
    }

    /// Writes down what was noted since the last time.
    ///
    /// What cannot be written, as while the database is away, waits for the next time.
    package func write() async {
        let uses = state.withLock { state in
            let uses = state.uses
            state = State()
            return uses
        }
        for (organization, times) in uses {
            do {
                let options = TransactionOptions(
                    role: organization == nil ? "tally_operator" : "tally_service",
                    organization: organization?.postgresUUID, statementTimeout: .seconds(10))
                try await pool.transaction(options) { transaction in
                    if let organization {
                        try await transaction.execute(
                            UpdateTokenUses(organization: organization, times: times))
                    } else {
                        try await transaction.execute(UpdateOperatorTokenUses(times: times))
                    }
                }
            } catch {
                logger.warning(
                    "When tokens were used last could not be written down.",
                    metadata: [
                        "organization": "\(organization?.text ?? "none")", "reason": "\(error)",
                    ])
                for (token, time) in times { keep(token, of: organization, at: time) }
            }
        }
    }

    /// Notes again what could not be written, unless the token was used since.
    private func keep(_ token: String, of organization: OrganizationID?, at time: Instant) {
        let isNewer = state.withLock { ($0.uses[organization]?[token] ?? time) > time }
        if !isNewer { note(token, of: organization, at: time) }
    }
}

/// When tokens of an organization were used last.
struct UpdateTokenUses: PostgresStatement {
    typealias Row = Void

    static let sql = "UPDATE tokens AS t \(TokenUseChange.sql) AND t.org_id = $3"

    let organization: OrganizationID
    let times: [String: Instant]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(times)
        bindings.append(organization.postgresUUID)
    }
}

/// When operators' tokens were used last: few, so that they stand in the directory, which others'
/// uses would have written anew all the time.
struct UpdateOperatorTokenUses: PostgresStatement {
    typealias Row = Void

    static let sql = "UPDATE token_directory AS t \(TokenUseChange.sql) AND t.org_id IS NULL"

    let times: [String: Instant]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(times)
    }
}

/// What both statements set, of which tokens, but for whose those are.
private enum TokenUseChange {
    static let sql = """
        SET last_used_at = u.used_at
        FROM (
            SELECT id, to_timestamp(0) + microseconds * interval '1 microsecond' AS used_at
            FROM unnest($1::text[], $2::bigint[]) AS given (id, microseconds)
        ) AS u
        WHERE t.id = u.id AND (t.last_used_at IS NULL OR t.last_used_at < u.used_at)
        """
}

extension PostgresBindings {
    /// Ids and, beside them, microseconds: two arrays.
    fileprivate mutating func append(_ times: [String: Instant]) {
        // In one order for all servers, so that they seldom lock each other out.
        let sorted = times.sorted { $0.key < $1.key }
        append(sorted.map(\.key))
        append(sorted.map(\.value.microseconds))
    }
}
