import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    func getConnection(_ request: GetConnectionRequest, _ call: Call) async throws -> Connection {
        let organization = try call.organizationID
        let id = try Self.connectionID(request.id)
        let now = call.clock.now
        let keys = try await call.keysUnlessAway()
        return try await call.snapshot { transaction in
            guard
                let record = try await transaction.first(
                    SelectConnection(organizationID: organization, id: id))
            else { throw Self.connectionNotFound }
            return try await shown(record, organization, keys, now, in: transaction)
        }
    }

    /// A connection as callers see it, with how its reports are doing now.
    func shown(
        _ record: ConnectionRecord, _ organization: OrganizationID, _ keys: OrganizationKeys,
        _ now: Instant, in transaction: PostgresTransaction
    ) async throws -> Connection {
        let reports = try await ReportStatus.all(of: [record.id], organization, in: transaction)
        var shown = try record.wire(reports[record.id] ?? [], now: now, keys)
        let backfill = try await transaction.run(
            SelectCurrentBackfill(organizationID: organization, connectionID: record.id))
        shown.backfill = try await CurrentBackfill.shown(
            backfill, for: organization, in: transaction
        ).first
        return shown
    }

    /// The id of a request that names a connection.
    static func connectionID(_ text: String) throws(ServiceError) -> ConnectionID {
        do throws(ServiceError) {
            return try ConnectionID(text)
        } catch {
            throw error.within("id")
        }
    }

    static var connectionNotFound: ServiceError {
        ServiceError(
            .notFound, "CONNECTION_NOT_FOUND", field: "id",
            "the organization has no connection with this id; list its connections")
    }
}
