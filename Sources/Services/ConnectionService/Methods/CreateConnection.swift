import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime

extension Service {
    /// Stores the key sealed and schedules the first pull of its reports, all or nothing.
    func createConnection(_ request: CreateConnectionRequest, _ call: Call) async throws
        -> Connection
    {
        let organization = try call.organizationID
        let draft = try ConnectionDraft(wire: request)
        let now = call.clock.now
        let connection = ConnectionID.make(call.clock)
        let backfillFrom = now.startOfUTCDay(daysAgo: draft.backfillDays)
        let keys = try await call.keysToSeal()
        let sealedKey = try KeyVault.seal(draft.key.secret, of: connection, with: keys)
        let keyIndex = try KeyVault.index(of: draft.key.secret, with: keys)
        let account =
            request.testFirst
            ? try await accountOfUsable(
                draft.key, of: draft.provider, for: draft.recordOf, organization) : nil
        let labels = try draft.labels.json
        return try await call.transaction { transaction in
            try await mustHaveRoom(organization, in: transaction)
            do {
                try await transaction.execute(
                    InsertConnection(
                        organizationID: organization, id: connection, draft: draft,
                        labels: labels, sealedKey: sealedKey, keyIndex: keyIndex, account: account,
                        backfillFrom: backfillFrom,
                        createdAt: now))
            } catch let error as PostgresError
                where error.breaks("connections_display_name_is_unique")
            {
                throw Self.nameTaken(error)
            }
            for stream in streams(draft.provider) {
                try await PullConnection.begin(
                    stream, of: connection, asRecordOf: draft.recordOf, for: organization,
                    in: transaction)
            }
            try await PullConnection.shareLimit(
                of: connection, for: organization, in: transaction)
            guard
                let record = try await transaction.first(
                    SelectConnection(organizationID: organization, id: connection))
            else {
                throw ServiceError(
                    .internal, "CONNECTION_NOT_STORED", "the connection was not stored")
            }
            try call.changed(.connection, record.wire.id, to: record.wire.json())
            return try await shown(record, organization, now, in: transaction)
        }
    }
}

extension Service {
    /// `CONNECTION_LIMIT_REACHED` where the organization has all connections that its plan allows; of
    /// two who make the last one at the same time, one hears it.
    private func mustHaveRoom(
        _ organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws {
        let plan = try await transaction.first(LockConnectionPlan(organization: organization))
        let limit = plan?.connectionsMax ?? connectionsMax
        let count = try await transaction.first(CountConnections(organization: organization)) ?? 0
        guard count < limit else {
            throw ServiceError(
                .failedPrecondition, "CONNECTION_LIMIT_REACHED",
                "The organization has \(count) connections, and its plan allows \(limit). Ask who "
                    + "runs this platform for another plan.")
        }
    }
}

extension Instant {
    /// 00:00 UTC of the day that many days before this one.
    fileprivate func startOfUTCDay(daysAgo days: Int) -> Instant {
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        return Instant(seconds: (day - Int64(days)) * 86_400)
    }
}
