package import Core
package import Domain
import FoundationEssentials
package import Postgres
import ServiceRuntime

/// What somebody did with a coding tool on a day, as it is stored: who it was is sealed.
package struct CodingActivity: Sendable {
    /// All that is no secret, by the names of the columns.
    package struct Told: Codable, Hashable, Sendable {
        package struct Suggestions: Codable, Hashable, Sendable {
            var tool: String
            var accepted: Int64
            var rejected: Int64

            package init(tool: String, accepted: Int64, rejected: Int64) {
                self.tool = tool
                self.accepted = accepted
                self.rejected = rejected
            }
        }

        package struct ModelUse: Codable, Hashable, Sendable {
            private enum CodingKeys: String, CodingKey {
                case model, input, output, currency
                case cacheRead = "cache_read"
                case cacheWrite = "cache_write"
                case estimatedPicos = "estimated_picos"
            }

            let model: String
            let input: Int64
            let cacheRead: Int64
            let cacheWrite: Int64
            let output: Int64
            /// Digits: more than a number of JSON keeps everywhere.
            let estimatedPicos: String
            let currency: String

            package init(
                model: String, input: Int64, cacheRead: Int64, cacheWrite: Int64, output: Int64,
                estimatedCost: Money
            ) {
                self.model = model
                self.input = input
                self.cacheRead = cacheRead
                self.cacheWrite = cacheWrite
                self.output = output
                estimatedPicos = String(estimatedCost.picos)
                currency = estimatedCost.currency.code
            }
        }

        private enum CodingKeys: String, CodingKey {
            case customer, subscription, terminal, sessions, commits, suggestions, models
            case isPerson = "is_person"
            case isRemote = "is_remote"
            case linesAdded = "lines_added"
            case linesRemoved = "lines_removed"
            case pullRequests = "pull_requests"
        }

        let isPerson: Bool
        let customer: String
        let subscription: String
        let terminal: String
        let isRemote: Bool
        let sessions: Int64
        let linesAdded: Int64
        let linesRemoved: Int64
        let commits: Int64
        let pullRequests: Int64
        let suggestions: [Suggestions]
        let models: [ModelUse]

        package init(
            isPerson: Bool, customer: String, subscription: String, terminal: String,
            isRemote: Bool, sessions: Int64, linesAdded: Int64, linesRemoved: Int64,
            commits: Int64, pullRequests: Int64, suggestions: [Suggestions], models: [ModelUse]
        ) {
            self.isPerson = isPerson
            self.customer = customer
            self.subscription = subscription
            self.terminal = terminal
            self.isRemote = isRemote
            self.sessions = sessions
            self.linesAdded = linesAdded
            self.linesRemoved = linesRemoved
            self.commits = commits
            self.pullRequests = pullRequests
            self.suggestions = suggestions
            self.models = models
        }
    }

    package let rowKey: [UInt8]
    package let day: Instant
    package let actorKey: [UInt8]
    package let sealedActor: [UInt8]
    let told: String

    /// - Throws: `EncodingError` for what JSON cannot say, which none of it is.
    package init(
        rowKey: [UInt8], day: Instant, actorKey: [UInt8], sealedActor: [UInt8], told: Told
    ) throws {
        self.rowKey = rowKey
        self.day = day
        self.actorKey = actorKey
        self.sealedActor = sealedActor
        self.told = String(decoding: try JSONEncoder().encode(told), as: UTF8.self)
    }
}

/// Stores what one page tells of activity; each row at most once.
package struct UpsertCodingActivity: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        INSERT INTO coding_activity (org_id, connection_id, row_key, bucket_start, actor_key,
            sealed_actor, is_person, customer, subscription, terminal, is_remote, sessions,
            lines_added, lines_removed, commits, pull_requests, suggestions, models, told_at)
        SELECT $1, $2, a.row_key, a.bucket_start, a.actor_key, a.sealed_actor, t.is_person,
            t.customer, t.subscription, t.terminal, t.is_remote, t.sessions, t.lines_added,
            t.lines_removed, t.commits, t.pull_requests, t.suggestions, t.models, $8
        FROM unnest($3::bytea[], $4::timestamptz[], $5::bytea[], $6::bytea[], $7::text[])
            AS a (row_key, bucket_start, actor_key, sealed_actor, told)
        CROSS JOIN LATERAL jsonb_to_record(a.told::jsonb) AS t (is_person boolean, customer text,
            subscription text, terminal text, is_remote boolean, sessions bigint,
            lines_added bigint, lines_removed bigint, commits bigint, pull_requests bigint,
            suggestions jsonb, models jsonb)
        ON CONFLICT (org_id, connection_id, row_key) DO UPDATE
        SET sessions = excluded.sessions, lines_added = excluded.lines_added,
            lines_removed = excluded.lines_removed, commits = excluded.commits,
            pull_requests = excluded.pull_requests, suggestions = excluded.suggestions,
            models = excluded.models, told_at = excluded.told_at, taken_back_at = NULL
        """

    package let organizationID: OrganizationID
    package let connectionID: ConnectionID
    package let rows: [CodingActivity]
    /// When the reading of the window began.
    package let toldAt: Instant

    package init(
        organizationID: OrganizationID, connectionID: ConnectionID, rows: [CodingActivity],
        toldAt: Instant
    ) {
        self.organizationID = organizationID
        self.connectionID = connectionID
        self.rows = rows
        self.toldAt = toldAt
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(rows.map(\.rowKey))
        bindings.append(rows.map(\.day))
        bindings.append(rows.map(\.actorKey))
        bindings.append(rows.map(\.sealedActor))
        bindings.append(rows.map(\.told))
        bindings.append(toldAt)
    }
}

/// Marks what a day lacks of which every page was read since `toldAt`: the provider took it back.
package struct TakeBackCodingActivity: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE coding_activity SET taken_back_at = $4
        WHERE org_id = $1 AND connection_id = $2 AND bucket_start = ANY($3::timestamptz[])
            AND told_at < $4 AND taken_back_at IS NULL
        """

    package let organizationID: OrganizationID
    package let connectionID: ConnectionID
    package let days: [Instant]
    package let toldAt: Instant

    package init(
        organizationID: OrganizationID, connectionID: ConnectionID, days: [Instant],
        toldAt: Instant
    ) {
        self.organizationID = organizationID
        self.connectionID = connectionID
        self.days = days
        self.toldAt = toldAt
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(days)
        bindings.append(toldAt)
    }
}

/// Deletes some of the activity of an organization from before an instant; says how many rows. Only workers
/// may, and only what is not to be kept any more.
package struct RemoveCodingActivity: PostgresStatement {
    package static let sql = """
        WITH old AS MATERIALIZED (
            SELECT connection_id, row_key FROM coding_activity
            WHERE org_id = $1 AND bucket_start < $2
            ORDER BY bucket_start LIMIT $3),
        gone AS (
            DELETE FROM coding_activity AS a USING old AS o
            WHERE a.org_id = $1 AND a.connection_id = o.connection_id AND a.row_key = o.row_key
            RETURNING a.row_key)
        SELECT count(*) FROM gone
        """

    let organization: OrganizationID
    let before: Instant
    let limit: Int

    package init(organization: OrganizationID, before: Instant, limit: Int) {
        self.organization = organization
        self.before = before
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(before)
        bindings.append(limit)
    }

    package static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}
