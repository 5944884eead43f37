package import Core
package import Domain
package import Postgres

/// The only writer of entries: idempotency keys, entries and roll-ups in one transaction.
///
/// Locks: first the organization's clock, so that its writers go one after another and times of
/// recording grow; then roll-ups in the order of their keys. A retried transaction calls again
/// with the same values. Once it is committed, `LedgerCache.committed` takes the numbers.
package struct EntryWriter: Sendable {
    /// Begins the sources that are the ledger's own: events of such a source are refused.
    package static let reservedSourcePrefix = "tally:"

    let organization: OrganizationID
    private let cache: LedgerCache

    var organizationUUID: PostgresUUID { PostgresUUID(organization) }

    package init(organization: OrganizationID, cache: LedgerCache) {
        self.organization = organization
        self.cache = cache
    }

    package struct RecordedEvents: Sendable {
        /// One for each event, in order.
        package let outcomes: [EventOutcome]
        /// For `LedgerCache.committed`.
        package let dimensionSets: [DimensionSet: Int64]
    }

    /// Records the events that are new; answers for each what became of it.
    package func record(
        _ events: [PricedEvent], in transaction: PostgresTransaction, now: Instant
    ) async throws -> RecordedEvents {
        let tick = try await begin(in: transaction, now: now)
        let keys = events.enumerated().map { index, priced in
            BatchRows.Key(
                entryID: tick.firstEntryID + Int64(index), source: priced.event.source,
                eventID: Self.eventID(of: priced.event), time: priced.event.time,
                content: priced.event.content)
        }
        let known = try await claim(keys, in: transaction)
        var outcomes: [EventOutcome] = []
        var accepted: [(index: Int, event: PricedEvent)] = []
        for (index, priced) in events.enumerated() {
            if let before = known[keys[index].entryID] {
                outcomes.append(before.isSameContent ? .duplicate : .conflict)
            } else {
                outcomes.append(.accepted(isUnpriced: priced.cost.picos == nil))
                accepted.append((index, priced))
            }
        }
        let sets = try await dimensionSetIDs(
            Set(accepted.map(\.event.dimensions)), in: transaction)
        var batch = EntryBatch()
        for (index, priced) in accepted {
            guard let set = sets[priced.dimensions] else { throw Self.lostDimensionSet }
            let draft = EntryDraft(
                event: priced, entryID: keys[index].entryID, dimensionSetID: set)
            try batch.append(root: draft, figures: Figures(event: priced), kind: .event)
        }
        try await write(batch, tick: tick, lastEntryID: keys.last?.entryID, in: transaction)
        return RecordedEvents(outcomes: outcomes, dimensionSets: sets)
    }

    /// The mutant makes every key unique, so that nothing is ever recognized.
    private static func eventID(of event: LedgerEvent) -> String {
        Mutant.skipDedupe.isActive ? "\(event.id)#\(UUIDv7.make().text)" : event.id
    }

    // MARK: - Steps that reports share

    struct Tick {
        let firstEntryID: Int64
        let recordedAt: Instant
    }

    /// Locks the organization's clock and readies the batch tables.
    func begin(in transaction: PostgresTransaction, now: Instant) async throws -> Tick {
        try await BatchTables.prepare(in: transaction)
        let lock = LockLedgerClock(organization: organizationUUID)
        guard let clock = try await transaction.first(lock) else {
            throw ServiceError(
                .notFound, "ORGANIZATION_NOT_FOUND", "There is no such organization.")
        }
        let earliest = clock.lastRecordedAt.map { $0.advanced(byMicroseconds: 1) }
        return Tick(
            firstEntryID: clock.lastEntryID + 1, recordedAt: max(now, earliest ?? now))
    }

    /// Records the keys that are new; answers with what is known of the others, by the entry id
    /// they would have had.
    func claim(
        _ keys: [BatchRows.Key], in transaction: PostgresTransaction
    ) async throws -> [Int64: SelectKnownKeys.Row] {
        try await transaction.copy(
            intoTable: BatchTables.keys, columns: BatchRows.keyColumns, rows: BatchRows.keys(keys))
        let inserted = try await transaction.run(
            InsertIdempotencyKeys(organization: organizationUUID))
        guard inserted.count < keys.count else { return [:] }
        let known = try await transaction.run(SelectKnownKeys(organization: organizationUUID))
        return Dictionary(
            known.map { ($0.proposedEntryID, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Numbers of the dimension sets; stores those that are new.
    func dimensionSetIDs(
        _ sets: Set<DimensionSet>, in transaction: PostgresTransaction
    ) async throws -> [DimensionSet: Int64] {
        var ids = cache.known(sets, organization: organization)
        let asked = sets.filter { ids[$0] == nil }.sorted {
            $0.canonicalText.utf8.lexicographicallyPrecedes($1.canonicalText.utf8)
        }
        guard !asked.isEmpty else { return ids }
        try await transaction.copy(
            intoTable: BatchTables.dimensionSets, columns: BatchRows.dimensionSetColumns,
            rows: BatchRows.dimensionSets(asked))
        let select = SelectDimensionSetIDs(organization: organizationUUID)
        var found = try await transaction.run(select)
        if found.count < asked.count {
            // The clock is locked: nobody else of this organization stores sets meanwhile.
            let reserve = ReserveDimensionSetIDs(organization: organizationUUID, count: asked.count)
            guard let last = try await transaction.first(reserve) else {
                throw Self.lostDimensionSet
            }
            try await transaction.execute(
                InsertDimensionSets(
                    organization: organizationUUID, idBefore: last - Int64(asked.count)))
            found = try await transaction.run(select)
        }
        for row in found { ids[asked[Int(row.ordinal) - 1]] = row.id }
        return ids
    }

    /// Appends the entries, adds to the roll-ups, moves the clock on.
    func write(
        _ batch: EntryBatch, tick: Tick, lastEntryID: Int64?, in transaction: PostgresTransaction
    ) async throws {
        guard !batch.entries.isEmpty, let lastEntryID else { return }
        try await transaction.copy(
            intoTable: BatchTables.entries, columns: BatchRows.entryColumns,
            rows: BatchRows.entries(batch.entries))
        try await transaction.execute(
            InsertEntries(organization: organizationUUID, recordedAt: tick.recordedAt))
        try await transaction.copy(
            intoTable: BatchTables.rollups, columns: BatchRows.rollupColumns,
            rows: BatchRows.rollups(batch.rollups, recordedAt: tick.recordedAt))
        try await transaction.execute(UpsertRollups(organization: organizationUUID))
        try await transaction.execute(
            AdvanceLedgerClock(
                organization: organizationUUID, lastEntryID: lastEntryID,
                lastRecordedAt: tick.recordedAt))
    }

    static var lostDimensionSet: ServiceError {
        ServiceError(
            .internal, "DIMENSION_SET_LOST", "A dimension set was neither found nor stored.")
    }
}
