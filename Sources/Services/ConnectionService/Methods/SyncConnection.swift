import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime

extension Service {
    /// How long after one request the next one may come.
    private static let syncSeconds: Int64 = 60
    /// Reasons for which a provider asked to be left alone for a while: nobody hurries it who does not say so.
    private static let waitingReasons = ["PROVIDER_RATE_LIMITED", "PROVIDER_OVERLOADED"]

    /// Makes all reports due at once, before what is scheduled; pulls under way go on. Who breaks the rest of an account
    /// does so for all that read it; a provider that means it asks for it again.
    func syncConnection(_ request: SyncConnectionRequest, _ call: Call) async throws
        -> SyncConnectionResponse
    {
        let organization = try call.organizationID
        let id = try Self.connectionID(request.id)
        let now = call.clock.now
        return try await call.transaction { transaction in
            let select = SelectConnection(organizationID: organization, id: id)
            guard let record = try await transaction.first(select) else {
                throw Self.connectionNotFound
            }
            try record.mustNotBeDeleted()
            guard record.pausedAt == nil else {
                throw ServiceError(
                    .failedPrecondition, "CONNECTION_PAUSED", field: "id",
                    "The connection is paused. Resume it: its reports are pulled at once then.")
            }
            let reports = try await ReportStatus.all(of: [id], organization, in: transaction)
            let pulls = (reports[id] ?? []).filter { record.isPulled($0.stream) }
                .map { PullConnection(connection: id.text, stream: $0.stream) }
            // Jobs before the connection, as the worker locks them.
            let due = try await JobQueue.hasten(
                pulls, for: organization, priority: .interactive,
                exceptFor: Self.waitingReasons, breaksHolds: request.breakRest,
                in: transaction)
            if request.breakRest {
                try await CurrentBackfill.hasten(of: id, for: organization, in: transaction)
            }
            try await PullConnection.shareLimit(
                of: id, for: organization, in: transaction)
            guard
                try await transaction.first(
                    MarkSynced(
                        organizationID: organization, connectionID: id, now: now,
                        notSince: now.advanced(bySeconds: -Self.syncSeconds))) != nil
            else {
                throw ServiceError(
                    .resourceExhausted, "SYNCED_TOO_RECENTLY", field: "id",
                    "The connection's reports were asked for less than a minute ago. See how they "
                        + "stand, or ask again later.", retryAfter: .seconds(Self.syncSeconds))
            }
            let states = try await JobQueue.states(pulls, for: organization, in: transaction)
            let names = { (isMeant: (PullConnection) -> Bool) in
                pulls.filter(isMeant).map(\.stream.rawValue)
            }
            let response = SyncConnectionResponse(
                reportsDue: names {
                    // What a worker has and has not begun is due, too.
                    due.contains($0.key)
                        || states[$0.key].map { $0.isClaimed && !$0.isRunning } ?? false
                },
                reportsRunning: names { states[$0.key]?.isRunning == true },
                reportsWaiting: names {
                    !due.contains($0.key) && states[$0.key]?.isClaimed == false
                })
            try call.changed(.connectionSync, id.text, to: response.json())
            return response
        }
    }
}
