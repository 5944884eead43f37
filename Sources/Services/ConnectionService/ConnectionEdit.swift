import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime

extension Service {
    /// Changes one connection as `change` says, and answers with what it is then.
    ///
    /// Nobody else changes it meanwhile. Where it stays as it was, nothing is written. Where other
    /// reports are pulled than before, a pull or back-fill under way loses its lease and writes nothing more, and
    /// all are due at once: each looks first whether there is something for it to read.
    /// - Parameter change: Runs twice: to see whether there is something to do, and under the lock.
    func edit(
        _ text: String, etag: String = "", _ call: Call,
        _ change: @Sendable (inout ConnectionRecord) throws -> Void
    ) async throws -> Connection {
        let organization = try call.organizationID
        let id = try Self.connectionID(text)
        let now = call.clock.now
        let keys = try await call.keys()
        return try await call.transaction { transaction in
            let select = SelectConnection(organizationID: organization, id: id)
            guard let found = try await transaction.first(select) else {
                throw Self.connectionNotFound
            }
            let wanted = try found.changed(etag: etag, change)
            guard wanted != found else {
                return try await shown(found, organization, keys, now, in: transaction)
            }
            let selectStreams = SelectStreams(organizationID: organization, connectionID: id)
            var restarted: [PullStream] = []
            if !wanted.isPulledLike(found) {
                restarted = try await transaction.run(selectStreams)
                // Jobs before the connection, as the worker locks them.
                try await JobQueue.restart(
                    restarted.map { PullConnection(connection: id.text, stream: $0) },
                    for: organization, in: transaction)
                try await CurrentBackfill.restart(of: id, for: organization, in: transaction)
                try await PullConnection.shareLimit(
                    of: id, for: organization, in: transaction)
            }
            _ = try await transaction.run(
                LockConnection(organizationID: organization, connectionID: id))
            // Not before the lock: another call may have changed it meanwhile.
            guard let before = try await transaction.first(select) else {
                throw Self.connectionNotFound
            }
            var after = try before.changed(etag: etag, change)
            guard after != before else {
                return try await shown(before, organization, keys, now, in: transaction)
            }
            guard before.isPulledLike(found) else { throw Self.changedMeanwhile }
            if !wanted.isPulledLike(found) {
                // A worker may have added a report while this call waited for the lock.
                let added = try await transaction.run(selectStreams)
                    .filter { !restarted.contains($0) }
                for stream in added {
                    try await JobQueue.enqueue(
                        PullConnection(connection: id.text, stream: stream), for: organization,
                        in: transaction)
                }
                try await PullConnection.shareLimit(
                    of: id, for: organization, in: transaction)
            }
            after.revision += 1
            try await store(after, for: before, organization, now, in: transaction)
            if let deletedAt = after.deletedAt {
                try await transaction.execute(
                    CancelBackfills(
                        organizationID: organization, connectionID: id, now: deletedAt))
            }
            guard let record = try await transaction.first(select) else {
                throw Self.connectionNotFound
            }
            try call.changed(
                .connection, id.text, from: before.wire(keys).json(),
                to: record.wire(keys).json())
            return try await shown(record, organization, keys, now, in: transaction)
        }
    }

    /// Stores what callers changed, under the connection's lock.
    func store(
        _ connection: ConnectionRecord, for before: ConnectionRecord,
        _ organization: OrganizationID, _ now: Instant, in transaction: PostgresTransaction
    ) async throws {
        if connection.deletedAt != nil {
            try await transaction.execute(
                RememberAccount(
                    organizationID: organization, connectionID: connection.id, isLast: true))
        }
        do {
            try await transaction.execute(
                try UpdateConnectionSettings(organizationID: organization, connection: connection))
        } catch let error as PostgresError
            where error.breaks("connections_display_name_is_unique")
        {
            throw Self.nameTaken(error)
        }
        // Which reports count for its health may have changed.
        try await transaction.execute(
            RefreshConnection(organizationID: organization, connectionID: connection.id))
        if !connection.isPulledLike(before) {
            // It fails no more while it rests, and what failed may be none of what is pulled any more: what does
            // afterwards is news.
            try await tellAnew(of: connection.id, organization, in: transaction)
        }
        try await RememberReading.of(connection.id, organization, in: transaction, now: now)
    }

    static func nameTaken(_ cause: PostgresError) -> ServiceError {
        ServiceError(
            .alreadyExists, "CONNECTION_NAME_TAKEN", field: "display_name",
            "another connection of the organization has this name; choose another", cause: cause)
    }

    static var changedMeanwhile: ServiceError {
        ServiceError(
            .aborted, "CONNECTION_CHANGED_MEANWHILE", field: "id",
            "Another call changed what is pulled of the connection at the same time. Try again.")
    }
}

extension ConnectionRecord {
    /// Whether the same reports are pulled of both.
    func isPulledLike(_ other: ConnectionRecord) -> Bool {
        // What is decided of one report of a kind is decided of all.
        [.usage, .costs].allSatisfy { isPulled($0) == other.isPulled($0) }
    }

    fileprivate func changed(
        etag given: String, _ change: (inout ConnectionRecord) throws -> Void
    ) throws -> ConnectionRecord {
        guard given.isEmpty || given == etag else {
            throw ServiceError(
                .aborted, "ETAG_MISMATCH", field: "etag",
                "The connection was changed since it was read. Read it again, and repeat what is "
                    + "still to be changed.")
        }
        var after = self
        try change(&after)
        return after
    }

    /// What is deleted is neither changed nor pulled again.
    func mustNotBeDeleted() throws(ServiceError) {
        guard deletedAt == nil else {
            throw ServiceError(
                .failedPrecondition, "CONNECTION_DELETED", field: "id",
                "The connection was deleted. Create another one for the account.")
        }
    }
}
