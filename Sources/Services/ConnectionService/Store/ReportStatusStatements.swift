import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime

/// Where the reading of some connections' reports stands.
struct SelectReportStatuses: PostgresStatement {
    static let sql = """
        SELECT connection_id, stream, health, through, last_success_at, last_error, pages_read,
            late_at, updated_at
        FROM connection_checkpoints
        WHERE org_id = $1 AND connection_id = ANY($2::uuid[])
        ORDER BY connection_id, split_part(stream, '/', 1) COLLATE "C" DESC, stream COLLATE "C"
        """

    let organizationID: OrganizationID
    let connectionIDs: [ConnectionID]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionIDs.map(\.postgresUUID))
    }

    static func decode(_ row: PostgresRow) throws -> ReportStatus {
        guard let health = PullHealth(rawValue: Int16(clamping: try row.int64(2))) else {
            throw ServiceError(
                .internal, "STORED_VALUE_UNKNOWN", "a stored checkpoint has an unknown health")
        }
        return ReportStatus(
            connectionID: ConnectionID(try row.uuid(0)),
            stream: PullStream(rawValue: try row.string(1)), health: health,
            through: try row.optionalInstant(3), lastSuccessAt: try row.optionalInstant(4),
            lastError: try row.string(5), pagesRead: try row.int64(6),
            lateAt: try row.optionalInstant(7), updatedAt: try row.instant(8), job: nil)
    }
}

extension ReportStatus {
    /// The reports of some connections with their jobs, usage before costs.
    static func all(
        of connections: [ConnectionID], _ organization: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws -> [ConnectionID: [ReportStatus]] {
        var statuses = try await transaction.run(
            SelectReportStatuses(organizationID: organization, connectionIDs: connections))
        let jobs = try await JobQueue.states(
            statuses.map { PullConnection(connection: $0.connectionID.text, stream: $0.stream) },
            for: organization, in: transaction)
        for index in statuses.indices {
            let status = statuses[index]
            statuses[index].job =
                jobs[
                    PullConnection(connection: status.connectionID.text, stream: status.stream).key]
        }
        return Dictionary(grouping: statuses, by: \.connectionID)
    }
}

/// Remembers that somebody asked for a connection's reports; no row where somebody did since a time.
struct MarkSynced: PostgresStatement {
    static let sql = """
        UPDATE connections SET synced_at = $3
        WHERE org_id = $1 AND id = $2 AND (synced_at IS NULL OR synced_at <= $4)
        RETURNING id
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let now: Instant
    let notSince: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(now)
        bindings.append(notSince)
    }

    static func decode(_ row: PostgresRow) throws -> ConnectionID { ConnectionID(try row.uuid(0)) }
}
