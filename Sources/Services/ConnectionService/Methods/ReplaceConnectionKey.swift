import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime

extension Service {
    /// Stores another key of the same account, sealed, and lets all reports be pulled with it at
    /// once; a pull or back-fill that runs with the old key writes nothing more.
    func replaceConnectionKey(_ request: ReplaceConnectionKeyRequest, _ call: Call) async throws
        -> Connection
    {
        let organization = try call.organizationID
        let id = try Self.connectionID(request.id)
        let key = try ProviderKey(request.apiKey)
        let now = call.clock.now
        let keys = try await call.keysToSeal()
        let account = request.testFirst ? try await account(of: key, for: id, call) : nil
        let new = try NewKey(key, keys: keys, account: account)
        return try await call.transaction { transaction in
            let select = SelectConnection(organizationID: organization, id: id)
            guard try await transaction.first(select) != nil else {
                throw Self.connectionNotFound
            }
            let streams = try await transaction.run(
                SelectStreams(organizationID: organization, connectionID: id))
            // Jobs before the connection, as the worker locks them.
            try await JobQueue.restart(
                streams.map { PullConnection(connection: id.text, stream: $0) },
                for: organization, in: transaction)
            try await CurrentBackfill.restart(of: id, for: organization, in: transaction)
            _ = try await transaction.run(
                LockConnection(organizationID: organization, connectionID: id))
            // Not before the lock: another call may have changed it meanwhile.
            guard let before = try await transaction.first(select) else {
                throw Self.connectionNotFound
            }
            try before.mustNotBeDeleted()
            try before.mustRead(account)
            try await store(new, of: id, organization, now, in: transaction)
            guard let record = try await transaction.first(select) else {
                throw Self.connectionNotFound
            }
            try call.changed(
                .connection, id.text, from: before.wire(keys).json(),
                to: record.wire(keys).json())
            return try await shown(record, organization, keys, now, in: transaction)
        }
    }

    /// Stores another key, under the connection's lock.
    func store(
        _ key: NewKey, of id: ConnectionID, _ organization: OrganizationID, _ now: Instant,
        in transaction: PostgresTransaction
    ) async throws {
        let select = SelectSealedKey(organizationID: organization, connectionID: id)
        guard let before = try await transaction.first(select) else {
            throw Self.connectionNotFound
        }
        // The lock tells which number it gets.
        let sealed = try key.sealed(of: id, version: before.version + 1)
        try await transaction.execute(
            RememberAccount(organizationID: organization, connectionID: id, isLast: false))
        try await transaction.execute(
            UpdateConnectionKey(
                organizationID: organization, id: id, key: key, sealed: sealed,
                sealedAccountName: key.sealedAccountName(of: id)))
        // Operators were told of what failed with the key of before.
        try await tellAnew(of: id, organization, in: transaction)
        // The jobs are locked already.
        try await PullConnection.shareLimit(of: id, for: organization, in: transaction)
        let streams = try await transaction.run(
            SelectStreams(organizationID: organization, connectionID: id))
        for stream in streams {
            try await forgetRefusal(
                CheckpointKey(organizationID: organization, connectionID: id, stream: stream),
                now, transaction)
        }
        try await RememberReading.of(id, organization, in: transaction, now: now)
    }

    /// The account of a key that may take the place of a connection's, before it does.
    private func account(
        of key: ProviderKey, for id: ConnectionID, _ call: Call
    ) async throws -> ProviderAccount? {
        let select = SelectConnection(organizationID: try call.organizationID, id: id)
        guard let connection = try await call.snapshot({ try await $0.first(select) }) else {
            throw Self.connectionNotFound
        }
        try connection.mustNotBeDeleted()
        let account = try await accountOfUsable(
            key, of: connection.provider, for: connection.recordOf, try call.organizationID)
        try connection.mustRead(account)
        return account
    }

    /// The provider refused the key before, which says nothing of this one. The report stays
    /// degraded until it is read, so that operators who heard that figures failed hear of their recovery.
    private func forgetRefusal(
        _ key: CheckpointKey, _ now: Instant, _ transaction: PostgresTransaction
    ) async throws {
        guard var checkpoint = try await transaction.first(SelectCheckpoint(key)),
            checkpoint.health == .keyRefused
        else { return }
        checkpoint.health = .degraded
        checkpoint.lastError =
            "\(key.stream.rawValue): The key was replaced. Nothing to do: the report is read with "
            + "the new one next."
        try await UpdateCheckpoint(
            key, checkpoint: checkpoint, pages: 0, succeededAt: nil, updatedAt: now
        ).store(in: transaction)
    }
}

extension ConnectionRecord {
    /// Days that were read of one account are not read on from another.
    fileprivate func mustRead(_ account: ProviderAccount?) throws(ServiceError) {
        guard let accountID, let account, account.id != accountID else { return }
        throw ServiceError(
            .failedPrecondition, "KEY_OF_ANOTHER_ACCOUNT", field: "api_key",
            "The key is of another account than the connection. Give it a key of its own account, or "
                + "create another connection for this one.")
    }
}

/// Another key of a connection, and what seals it.
struct NewKey: Sendable {
    private let secret: Secret<String>
    private let keys: OrganizationKeys
    let hint: String
    let index: [UInt8]
    /// Nil where it is not known.
    let account: ProviderAccount?

    init(_ key: ProviderKey, keys: OrganizationKeys, account: ProviderAccount?) throws {
        secret = key.secret
        self.keys = keys
        hint = key.hint
        index = try KeyVault.index(of: key.secret, with: keys)
        self.account = account
    }

    func sealed(of connection: ConnectionID, version: Int64) throws -> SealedKey {
        try KeyVault.seal(secret, of: connection, version: version, with: keys)
    }

    /// - Returns: Empty where there is none.
    func sealedAccountName(of connection: ConnectionID) throws -> [UInt8] {
        try keys.seal(accountName: account?.name ?? "", connection: connection.text)
    }
}
