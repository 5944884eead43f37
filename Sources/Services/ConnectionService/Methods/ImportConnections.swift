import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime

extension Service {
    /// All rows or none. A dry run reads and computes the same, and stores nothing. Keys are not tested:
    /// the providers would be asked hundreds of times.
    func importConnections(_ request: ImportConnectionsRequest, _ call: Call) async throws
        -> ImportConnectionsResponse
    {
        let rows = try ConnectionImport(wire: request)
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = request.dryRun ? try await call.keys() : try await call.keysToSeal()
        let importing = Importing(
            rows: rows,
            indexes: try rows.rows.map { row in
                try row.key.map { try KeyVault.index(of: $0.secret, with: keys) }
            }, organization: organization, keys: keys, now: now)
        let steps: [ConnectionStep]
        if request.dryRun {
            steps = try await call.snapshot { transaction in
                let steps = try await importing.steps(in: transaction)
                let limit = try await transaction.first(
                    SelectConnectionsMax(organization: organization))
                try await mustHaveRoom(
                    for: steps.count(where: \.isNew), limit: limit?.connectionsMax, organization,
                    in: transaction)
                return steps
            }
        } else {
            steps = try await call.transaction { transaction in
                try await store(importing, call, in: transaction)
            }
        }
        return ImportConnectionsResponse(
            differences: steps.map(\.difference),
            unchangedCount: Int32(rows.rows.count - steps.count))
    }

    private func store(
        _ importing: Importing, _ call: Call, in transaction: PostgresTransaction
    ) async throws -> [ConnectionStep] {
        let organization = importing.organization
        let plan = try await transaction.first(LockConnectionPlan(organization: organization))
        let seen = try await importing.steps(in: transaction)
        // Jobs before the connections, as the worker locks them; connections in the order of their ids.
        let affected = Set(seen.filter(\.affectsPulls).compactMap(\.existing?.id))
            .sorted { $0.text < $1.text }
        let restarted = try await pulls(of: affected, organization, in: transaction)
        try await JobQueue.restart(restarted, for: organization, in: transaction)
        for id in affected {
            try await CurrentBackfill.restart(of: id, for: organization, in: transaction)
            try await PullConnection.shareLimit(of: id, for: organization, in: transaction)
        }
        for id in seen.compactMap(\.existing?.id).sorted(by: { $0.text < $1.text }) {
            _ = try await transaction.run(
                LockConnection(organizationID: organization, connectionID: id))
        }
        // A worker may have added a report while this call waited for a lock.
        for pull in try await pulls(of: affected, organization, in: transaction)
        where !restarted.contains(where: { $0.key == pull.key }) {
            try await JobQueue.enqueue(pull, for: organization, in: transaction)
            try await PullConnection.shareLimit(
                of: try ConnectionID(pull.connection), for: organization, in: transaction)
        }
        // Not before the locks: another call may have changed them meanwhile.
        let steps = try await importing.steps(in: transaction)
        guard
            Set(affected).isSuperset(of: steps.filter(\.affectsPulls).compactMap(\.existing?.id)),
            Set(steps.compactMap(\.existing?.id)).isSubset(of: seen.compactMap(\.existing?.id))
        else {
            var error = Self.changedMeanwhile
            error.field = "rows"
            throw error
        }
        try await mustHaveRoom(
            for: steps.count(where: \.isNew), limit: plan?.connectionsMax, organization,
            in: transaction)
        for step in steps {
            do {
                switch step.change {
                case .create(let draft):
                    try await create(
                        draft, isPaused: step.row.isPaused, importing, call, transaction)
                case .update(let before, let after, let hasOtherKey):
                    try await update(
                        before, after, hasOtherKey ? step.row.key : nil, importing, call,
                        transaction)
                }
            } catch let error as ServiceError where error.field != nil {
                throw error.within("rows[\(step.index)]")
            }
        }
        return steps
    }

    private func pulls(
        of connections: [ConnectionID], _ organization: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws -> [PullConnection] {
        var pulls: [PullConnection] = []
        for id in connections {
            pulls += try await transaction.run(
                SelectStreams(organizationID: organization, connectionID: id)
            ).map { PullConnection(connection: id.text, stream: $0) }
        }
        return pulls
    }

    private func create(
        _ draft: ConnectionDraft, isPaused: Bool, _ importing: Importing, _ call: Call,
        _ transaction: PostgresTransaction
    ) async throws {
        let new = try NewConnection(
            draft, keys: importing.keys, account: nil, call.clock,
            pausedAt: isPaused ? importing.now : nil)
        let record = try await insert(new, importing.organization, in: transaction)
        try call.changed(
            .connection, record.id.text, to: record.wire(importing.keys).json())
    }

    private func update(
        _ before: ConnectionRecord, _ changed: ConnectionRecord, _ key: ProviderKey?,
        _ importing: Importing, _ call: Call, _ transaction: PostgresTransaction
    ) async throws {
        var after = changed
        after.revision += 1
        try await store(
            after, for: before, importing.organization, importing.now, in: transaction)
        if let key {
            try await store(
                NewKey(key, keys: importing.keys, account: nil), of: before.id,
                importing.organization, importing.now, in: transaction)
        }
        let select = SelectConnection(organizationID: importing.organization, id: before.id)
        guard let record = try await transaction.first(select) else {
            throw Self.connectionNotFound
        }
        try call.changed(
            .connection, before.id.text, from: before.wire(importing.keys).json(),
            to: record.wire(importing.keys).json())
    }
}

/// An import under way.
private struct Importing: Sendable {
    let rows: ConnectionImport
    /// Keyed hash of each row's key; nil where it has none.
    let indexes: [[UInt8]?]
    let organization: OrganizationID
    let keys: OrganizationKeys
    let now: Instant

    /// What is to be done, in the order of the rows; rows that change nothing have no step.
    func steps(in transaction: PostgresTransaction) async throws -> [ConnectionStep] {
        let names = rows.rows.map(\.displayName)
        let found = try await transaction.run(
            SelectConnectionsOfNames(organizationID: organization, names: names))
        let stored = Dictionary(
            found.map { ($0.connection.displayName, $0) }, uniquingKeysWith: { first, _ in first })
        var steps: [ConnectionStep] = []
        for (index, row) in rows.rows.enumerated() {
            do throws(ServiceError) {
                guard let stored = stored[row.displayName] else {
                    steps.append(
                        ConnectionStep(index: index, row: row, change: .create(try row.draft)))
                    continue
                }
                let after = try rows.apply(row, to: stored.connection, now: now)
                let hasOtherKey =
                    rows.mask.contains(.apiKey)
                    && indexes[index].map { $0 != stored.keyIndex } ?? false
                guard hasOtherKey || after != stored.connection else { continue }
                steps.append(
                    ConnectionStep(
                        index: index, row: row,
                        change: .update(
                            from: stored.connection, to: after, hasOtherKey: hasOtherKey)))
            } catch {
                throw error.within("rows[\(index)]")
            }
        }
        return try await naming(steps, in: transaction)
    }

    /// The steps with the names of others that have the same keys.
    private func naming(
        _ steps: [ConnectionStep], in transaction: PostgresTransaction
    ) async throws -> [ConnectionStep] {
        let asked = steps.filter(\.getsKey).compactMap { indexes[$0.index] }
        guard !asked.isEmpty else { return steps }
        let found = try await transaction.run(
            SelectConnectionsOfKeys(organizationID: organization, keyIndexes: asked))
        return steps.map { step in
            guard step.getsKey, let index = indexes[step.index] else { return step }
            let stored = found.filter {
                $0.provider == step.provider.rawValue && $0.keyIndex == index
            }
            let others = steps.filter {
                $0.getsKey && $0.provider == step.provider && indexes[$0.index] == index
            }
            let names = Set(stored.map(\.displayName) + others.map(\.row.displayName))
                .subtracting([step.row.displayName])
            var step = step
            step.sameKeyAs = Array(names.sorted().prefix(ConnectionStep.sameKeyMax))
            return step
        }
    }
}

extension ConnectionStep {
    fileprivate var existing: ConnectionRecord? {
        if case .update(let before, _, _) = change { before } else { nil }
    }

    fileprivate var isNew: Bool { existing == nil }
}
