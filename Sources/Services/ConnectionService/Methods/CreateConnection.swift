import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// Stores the key sealed and schedules the first pull of its reports, all or nothing.
    func createConnection(_ request: CreateConnectionRequest, _ call: Call) async throws
        -> Connection
    {
        let organization = try call.organizationID
        let draft = try ConnectionDraft(wire: request)
        let keys = try await call.keysToSeal()
        let account =
            request.testFirst
            ? try await accountOfUsable(
                draft.key, of: draft.provider, for: draft.recordOf, organization) : nil
        let new = try NewConnection(draft, keys: keys, account: account, call.clock)
        return try await call.transaction { transaction in
            let plan = try await transaction.first(LockConnectionPlan(organization: organization))
            try await mustHaveRoom(
                for: 1, limit: plan?.connectionsMax, organization, in: transaction)
            let record = try await insert(new, organization, in: transaction)
            try call.changed(.connection, record.id.text, to: record.wire(keys).json())
            return try await shown(record, organization, keys, new.createdAt, in: transaction)
        }
    }

    /// Stores a connection with its checkpoints, and the jobs of what is pulled.
    func insert(
        _ new: NewConnection, _ organization: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws -> ConnectionRecord {
        do {
            try await transaction.execute(
                InsertConnection(organizationID: organization, connection: new))
        } catch let error as PostgresError
            where error.breaks("connections_display_name_is_unique")
        {
            throw Self.nameTaken(error)
        }
        for stream in streams(new.draft.provider) {
            guard new.pausedAt == nil else {
                try await transaction.execute(
                    InsertCheckpoint(
                        organizationID: organization, connectionID: new.id, stream: stream))
                continue
            }
            try await PullConnection.begin(
                stream, of: new.id, asRecordOf: new.draft.recordOf, for: organization,
                in: transaction)
        }
        try await PullConnection.shareLimit(of: new.id, for: organization, in: transaction)
        try await RememberReading.of(new.id, organization, in: transaction, now: new.createdAt)
        let select = SelectConnection(organizationID: organization, id: new.id)
        guard let record = try await transaction.first(select) else {
            throw ServiceError(
                .internal, "CONNECTION_NOT_STORED", "the connection was not stored")
        }
        return record
    }

    /// `CONNECTION_LIMIT_REACHED` where the organization could not have so many more. Where its plan is
    /// locked, of two who make the last one at the same time one hears it.
    /// - Parameter limit: Of its plan; nil for the server's own.
    func mustHaveRoom(
        for new: Int, limit: Int?, _ organization: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws {
        let limit = limit ?? connectionsMax
        let count = try await transaction.first(CountConnections(organization: organization)) ?? 0
        guard new == 0 || count + new <= limit else {
            throw ServiceError(
                .failedPrecondition, "CONNECTION_LIMIT_REACHED",
                "The organization has \(count) connections, and its plan allows \(limit). Ask who "
                    + "runs this platform for another plan.")
        }
    }
}

/// A connection as it is stored first: its key sealed.
struct NewConnection: Sendable {
    let id: ConnectionID
    let draft: ConnectionDraft
    /// The draft's, as they are stored.
    let labels: String
    let sealedKey: SealedKey
    let keyIndex: [UInt8]
    /// Nil where it is not known.
    let account: ProviderAccount?
    /// Empty where there is none.
    let sealedAccountName: [UInt8]
    let backfillFrom: Instant
    let createdAt: Instant
    let pausedAt: Instant?

    init(
        _ draft: ConnectionDraft, keys: OrganizationKeys, account: ProviderAccount?,
        _ clock: WallClock, pausedAt: Instant? = nil
    ) throws {
        id = ConnectionID.make(clock)
        self.draft = draft
        labels = try draft.labels.json
        sealedKey = try KeyVault.seal(
            draft.key.secret, of: id, version: KeyVault.firstVersion, with: keys)
        keyIndex = try KeyVault.index(of: draft.key.secret, with: keys)
        self.account = account
        sealedAccountName = try keys.seal(
            accountName: account?.name ?? "", connection: id.text)
        createdAt = clock.now
        backfillFrom = createdAt.startOfUTCDay(daysAgo: draft.backfillDays)
        self.pausedAt = pausedAt
    }
}

extension Instant {
    /// 00:00 UTC of the day that many days before this one.
    fileprivate func startOfUTCDay(daysAgo days: Int) -> Instant {
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        return Instant(seconds: (day - Int64(days)) * 86_400)
    }
}
