import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime

extension Service {
    /// Back-fills of a connection that are kept; the oldest go.
    private static let backfillsKept = 100

    /// Schedules the reading of a span, a job for each report. One at a time of a connection: two would
    /// take each other's requests away.
    func backfillConnection(_ request: BackfillConnectionRequest, _ call: Call) async throws
        -> ConnectionBackfill
    {
        let organization = try call.organizationID
        let connection = try Self.connectionID(request.id)
        let now = call.clock.now
        let range = try BackfillRange(
            wire: request, now: now, keptFrom: call.caller.standing.retention?.keptFrom(at: now))
        let id = BackfillID.make()
        return try await call.transaction { transaction in
            // Who asks at the same time waits here, and sees this one's then.
            _ = try await transaction.run(
                LockConnection(organizationID: organization, connectionID: connection))
            guard
                let record = try await transaction.first(
                    SelectConnection(organizationID: organization, id: connection))
            else { throw Self.connectionNotFound }
            try record.mustNotBeDeleted()
            let current = try await transaction.run(
                SelectCurrentBackfill(organizationID: organization, connectionID: connection))
            guard current.isEmpty else { throw Self.backfillUnderWay }
            let closed = try await transaction.first(
                SelectClosedMonth(
                    organizationID: organization, from: range.from, through: range.through))
            if let closed { throw Self.closed(closed) }
            let streams = try await transaction.run(
                SelectStreams(organizationID: organization, connectionID: connection)
            ).filter { $0.isOfSpend && record.recordOf.includes($0) }
            for stream in streams {
                let report = CheckpointKey(
                    organizationID: organization, connectionID: connection, stream: stream)
                try await transaction.execute(
                    InsertBackfill(
                        key: BackfillKey(report, id), range: range, createdAt: now))
                try await JobQueue.enqueue(
                    ReadBackfill(
                        connection: connection.text, backfill: id.text, stream: stream),
                    for: organization, in: transaction)
            }
            try await PullConnection.shareLimit(
                of: connection, for: organization, in: transaction)
            try await transaction.execute(
                DeleteOldBackfills(
                    organizationID: organization, connectionID: connection,
                    kept: Self.backfillsKept))
            let made = try await backfill(id, organization, in: transaction)
            try call.changed(.connectionBackfill, id.text, to: made.json())
            return made
        }
    }

    /// One back-fill as callers see it.
    func backfill(
        _ id: BackfillID, _ organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws -> ConnectionBackfill {
        let reports = try await transaction.run(
            SelectBackfill(organizationID: organization, id: id))
        let shown = try await CurrentBackfill.shown(reports, for: organization, in: transaction)
        guard let backfill = shown.first else { throw Self.backfillNotFound }
        return backfill
    }

    static var backfillNotFound: ServiceError {
        ServiceError(
            .notFound, "BACKFILL_NOT_FOUND", field: "id",
            "the organization has no back-fill with this id; list those of the connection")
    }

    private static var backfillUnderWay: ServiceError {
        ServiceError(
            .failedPrecondition, "BACKFILL_UNDER_WAY", field: "id",
            "A back-fill of the connection is not over yet. Wait for it, or cancel it.")
    }

    /// - Parameter month: its first day.
    private static func closed(_ month: String) -> ServiceError {
        ServiceError(
            .failedPrecondition, "PERIOD_CLOSED", field: "from",
            "The month that begins on \(month) is closed, and its figures stay as they are. Choose a "
                + "span of open months.")
    }
}
