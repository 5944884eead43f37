package import Domain
import Jobs
package import Postgres
import ServiceRuntime

/// The reports that are pulled from a connection.
package struct SelectStreams: PostgresStatement {
    package static let sql = """
        SELECT stream FROM connection_checkpoints
        WHERE org_id = $1 AND connection_id = $2
        ORDER BY stream COLLATE "C"
        """

    package let organizationID: OrganizationID
    package let connectionID: ConnectionID

    package init(organizationID: OrganizationID, connectionID: ConnectionID) {
        self.organizationID = organizationID
        self.connectionID = connectionID
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }

    package static func decode(_ row: PostgresRow) throws -> PullStream {
        PullStream(rawValue: try row.string(0))
    }
}

/// Makes a report of a connection known; nothing where it is.
struct InsertCheckpoint: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO connection_checkpoints (org_id, connection_id, stream) VALUES ($1, $2, $3)
        ON CONFLICT (org_id, connection_id, stream) DO NOTHING
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let stream: PullStream

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(stream.rawValue)
    }
}

extension PullConnection {
    /// Lets a report of a connection be read from now on, beginning at once where the connection is the
    /// record of it; nothing where it is known already.
    ///
    /// Jobs before the connection, as the worker locks them.
    package static func begin(
        _ stream: PullStream, of connectionID: ConnectionID, asRecordOf record: RecordKind,
        for organizationID: OrganizationID, in transaction: PostgresTransaction
    ) async throws {
        if record.includes(stream) {
            try await JobQueue.enqueue(
                PullConnection(connection: connectionID.text, stream: stream),
                for: organizationID, in: transaction)
        }
        try await transaction.execute(
            InsertCheckpoint(
                organizationID: organizationID, connectionID: connectionID, stream: stream))
    }
}
