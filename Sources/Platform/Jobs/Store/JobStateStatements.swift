import Core
package import Domain
package import Postgres

/// How some jobs of an organization stand. Of those that were claimed as one, the first by their ids is being done:
/// whoever does them does so in that order.
struct SelectJobStates: PostgresStatement {
    struct Row: Sendable {
        let key: String
        let state: JobState
    }

    static let sql = """
        SELECT key,
            greatest(due_at, (
                SELECT h.held_until FROM job_holds AS h
                WHERE h.concurrency_key = q.concurrency_key AND q.lease_token IS NULL)),
            lease_token IS NOT NULL, lease_token IS NOT NULL AND NOT EXISTS (
                SELECT FROM jobs AS b
                WHERE b.concurrency_key = q.concurrency_key AND b.lease_token = q.lease_token
                    AND b.id < q.id),
            dead_reason
        FROM jobs AS q WHERE org_id = $1 AND kind = $2 AND key = ANY($3::text[])
        """

    let organizationID: OrganizationID
    let kind: JobKind
    let keys: [String]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organizationID.uuid))
        bindings.append(kind.rawValue)
        bindings.append(keys)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            key: try row.string(0),
            state: JobState(
                dueAt: try row.instant(1), isClaimed: try row.bool(2),
                isRunning: try row.bool(3), setAsideReason: try row.optionalString(4)))
    }
}

extension JobQueue {
    /// How some jobs stand, by their keys; those that are not there are missing.
    package static func states<Arguments: JobArguments>(
        _ jobs: [Arguments], for organizationID: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws -> [String: JobState] {
        guard !jobs.isEmpty else { return [:] }
        let rows = try await transaction.run(
            SelectJobStates(
                organizationID: organizationID, kind: Arguments.kind, keys: jobs.map(\.key)))
        return Dictionary(rows.map { ($0.key, $0.state) }) { first, _ in first }
    }
}
