package import Core
package import Domain
package import Encryption
package import Postgres

/// The only writer of entries: idempotency keys, entries and roll-ups in one transaction.
///
/// Locks: first the organization's clock, so that its writers go one after another and times of
/// recording grow; what they lock after that is the organization's own. A retried transaction calls
/// again with the same values. Once it is committed, `LedgerCache.committed` takes the numbers.
package struct EntryWriter: Sendable {
    /// Begins the sources that are the ledger's own: events of such a source are refused.
    package static let reservedSourcePrefix = "tally:"

    let organization: OrganizationID
    let cache: LedgerCache
    let keys: any PersonalFieldKeys
    private let mergeLimit: UnmergedRollups

    var organizationUUID: PostgresUUID { PostgresUUID(organization) }

    /// - Parameters:
    ///   - keys: the organization's, for users. They are asked only where a set with one is stored, or read
    ///     to be stored again; then it is an error where they are away.
    ///   - mergeLimit: from when on a commit merges what was added to the roll-ups.
    package init(
        organization: OrganizationID, cache: LedgerCache, keys: any PersonalFieldKeys,
        mergeLimit: UnmergedRollups = .limit
    ) {
        self.organization = organization
        self.cache = cache
        self.keys = keys
        self.mergeLimit = mergeLimit
    }

    package typealias Reprice =
        @Sendable (
            [PricedEvent], PostgresTransaction
        ) async throws -> [PricedEvent]

    package struct RecordedEvents: Sendable {
        /// One for each event, in order.
        package let outcomes: [EventOutcome]
        /// For `LedgerCache.committed`.
        package let dimensionSets: LedgerCache.NewNumbers
    }

    package struct RecordedShares: Sendable {
        /// What became of each call's events, in order; or why none of them was recorded:
        /// `EVENTS_PER_DAY_EXCEEDED`, `TOKEN_EVENTS_PER_DAY_EXCEEDED` where the new ones are more than the
        /// day has left, `TOKEN_NOT_FOUND`.
        package let outcomes: [Result<[EventOutcome], ServiceError>]
        /// For `LedgerCache.committed`.
        package let dimensionSets: LedgerCache.NewNumbers
    }

    /// Records the events that are new; answers for each what became of it.
    /// - Throws: Why none was recorded.
    package func record(
        _ events: [PricedEvent], in transaction: PostgresTransaction, now: Instant,
        eventsPerDayMax: Int64 = .max, quota: TokenEventQuota? = nil, keptFrom: Instant? = nil,
        reprice: Reprice? = nil
    ) async throws -> RecordedEvents {
        let recorded = try await record(
            [EventShare(events: events, quota: quota)], in: transaction, now: now,
            eventsPerDayMax: eventsPerDayMax, keptFrom: keptFrom, reprice: reprice)
        return RecordedEvents(
            outcomes: try recorded.outcomes.flatMap { try $0.get() },
            dimensionSets: recorded.dimensionSets)
    }

    /// Records those events of several calls that are new. A call that would bring more than it may is
    /// refused by itself, as if they had come one after another.
    /// - Parameter eventsPerDayMax: New events of a day of UTC where the organization's plan says
    ///   nothing.
    /// - Parameter keptFrom: From when on the organization's usage is kept; nil: all of it.
    /// - Parameter reprice: Prices events anew, by the newest prices; called where some were priced by a
    ///   catalogue that a newer one has followed. Nil: they cost what they say.
    package func record(
        _ shares: [EventShare], in transaction: PostgresTransaction, now: Instant,
        eventsPerDayMax: Int64 = .max, keptFrom: Instant? = nil, reprice: Reprice? = nil
    ) async throws -> RecordedShares {
        var tick = try await begin(in: transaction, now: now)
        var shares = shares
        if let reprice, !Mutant.keepOldPrices.isActive,
            shares.contains(where: {
                $0.events.contains { $0.catalogueVersion < tick.catalogueVersion }
            })
        {
            for index in shares.indices {
                shares[index] = EventShare(
                    events: try await reprice(shares[index].events, transaction),
                    quota: shares[index].quota)
            }
        }
        var quotas = try await quotas(
            of: shares, tick: tick, at: now, eventsPerDayMax: eventsPerDayMax, in: transaction)
        let refusals = try await refusals(of: shares, quotas, tick: tick, in: transaction)
        let accepting = shares.indices.filter { refusals[$0] == nil }
        // Nearly all of what is recorded comes in calls of many, each of which is a commit of its own.
        let events =
            accepting.count == 1
            ? shares[accepting[0]].events : accepting.flatMap { shares[$0].events }
        guard !events.isEmpty else {
            return RecordedShares(
                outcomes: shares.indices.map { refusals[$0].map(Result.failure) ?? .success([]) },
                dimensionSets: LedgerCache.NewNumbers())
        }
        let known = try await claim(
            events.map(\.key), times: events.map(\.event.time), tick: tick, in: transaction)
        let accepted =
            known.isEmpty ? Array(events.indices) : events.indices.filter { known[$0] == nil }
        let told = try await tellOfCalls(
            accepted, of: events, tick: tick, keptFrom: keptFrom, in: transaction)
        var outcomes = try Self.outcomes(of: events, known, suppressed: told.suppressed)[...]
        var index = 0
        let outcomesOfShares = try shares.indices.map {
            place -> Result<[EventOutcome], ServiceError> in
            if let refusal = refusals[place] { return .failure(refusal) }
            let count = shares[place].events.count
            let added =
                known.isEmpty ? count : (index..<index + count).count { known[$0] == nil }
            try quotas.add(added, by: shares[place].quota)
            index += count
            defer { outcomes = outcomes.dropFirst(count) }
            return .success(Array(outcomes.prefix(count)))
        }
        tick.events = quotas.organization
        try await store(quotas, in: transaction)
        let (new, setCount, numbers) = try await dimensionSets(
            of: accepted, in: events, transaction)
        var items: [EventBlock.Item] = []
        items.reserveCapacity(accepted.count)
        // Batches are mostly of an hour.
        var rollups = told.outranked.batch.rollups
        rollups.reserve(countLikely: min(accepted.count, 4 * setCount))
        // Behind the numbers of the batch's events.
        var corrections = told.outranked.batch.entries
        for (index, set) in zip(accepted, numbers) {
            items.append(
                EventBlock.Item(
                    entryID: tick.firstEntryID + Int64(index), dimensionSetID: set, index: index))
            let priced = events[index]
            try rollups.add(
                Figures(event: priced), time: priced.event.time, dimensionSetID: set, kind: .event)
            guard let reason = told.suppressed[index] else { continue }
            corrections.append(
                try suppression(
                    of: priced, root: tick.firstEntryID + Int64(index), dimensionSetID: set,
                    entryID: tick.firstEntryID + Int64(events.count + corrections.count),
                    reason: reason, rollups: &rollups))
        }
        for block in EventBlock.blocks(items, of: events) {
            try transaction.executeLater(
                InsertEventBlock(
                    organization: organizationUUID, recordedAt: tick.recordedAt, block: block,
                    events: events))
        }
        if !corrections.isEmpty { try await insert(corrections, tick: tick, in: transaction) }
        try await finish(
            rollups, tick: tick, lastEntryID: corrections.last?.entryID ?? items.last?.entryID,
            in: transaction)
        return RecordedShares(outcomes: outcomesOfShares, dimensionSets: new)
    }

    private static func outcomes(
        of events: [PricedEvent], _ known: [Int: KnownKey], suppressed: [Int: String]
    ) throws -> [EventOutcome] {
        if known.isEmpty, suppressed.isEmpty {
            return events.map { .accepted(isUnpriced: $0.cost.picos == nil) }
        }
        var hasher = try EntryHasher()
        return try events.indices.map { index in
            guard let before = known[index] else {
                let isUnpriced = events[index].cost.picos == nil
                return suppressed[index] != nil
                    ? .suppressed(isUnpriced: isUnpriced) : .accepted(isUnpriced: isUnpriced)
            }
            if before.content == events[index].key.content { return .duplicate }
            return try hasher.earlierContents(of: events[index].event).contains(before.content)
                ? .duplicate : .conflict
        }
    }

    /// The numbers of the events' dimension sets: those that the cache does not know, how many there are, and one by
    /// event.
    private func dimensionSets(
        of accepted: [Int], in events: [PricedEvent], _ transaction: PostgresTransaction
    ) async throws -> (new: LedgerCache.NewNumbers, count: Int, numbers: [Int64]) {
        var places: [LedgerCache.SharedKey: Int] = [:]
        // Grown from nothing, each key would be hashed some times more.
        places.reserveCapacity(min(accepted.count, 1024))
        var distinct: [LedgerCache.SharedKey] = []
        var placeOfEvent: [Int] = []
        placeOfEvent.reserveCapacity(accepted.count)
        for index in accepted {
            let key = LedgerCache.SharedKey(
                organization: organization, dimensions: events[index].attributed,
                contextTier: events[index].contextTier)
            if let place = places[key] {
                placeOfEvent.append(place)
                continue
            }
            places[key] = distinct.count
            placeOfEvent.append(distinct.count)
            distinct.append(key)
        }
        var numbers = cache.known(distinct)
        var new = LedgerCache.NewNumbers()
        let unknown = numbers.indices.filter { numbers[$0] == nil }
        if !unknown.isEmpty {
            let sets = unknown.map { place in
                var set = distinct[place].dimensions.set
                set.contextTier = distinct[place].contextTier
                return set
            }
            // Events' contents have hashes of the dimensions that were sent already: those of sets to which neither a
            // rule nor a price adds anything.
            let hashes = zip(unknown, sets).map { place, set in
                distinct[place].dimensions.set.contextTier.hasSameBytes(as: set.contextTier)
                    ? distinct[place].dimensions.knownHash : nil
            }
            new.sets = try await dimensionSetIDs(sets, hashes: hashes, in: transaction)
            for (place, set) in zip(unknown, sets) {
                numbers[place] = new.sets[set]
                new.shared[distinct[place]] = new.sets[set]
            }
        }
        let found = try numbers.map { number in
            guard let number else { throw Self.lostDimensionSet }
            return number
        }
        return (new, distinct.count, placeOfEvent.map { found[$0] })
    }

    // MARK: - Steps that reports share

    struct Tick {
        let firstEntryID: Int64
        let recordedAt: Instant
        /// Events of the day; reports add none.
        var events: EventCount
        let unmerged: UnmergedRollups
        /// What the organization's plan says.
        let eventsPerDayMax: Int64?
        /// Of the newest catalogue of prices.
        let catalogueVersion: Int64
    }

    /// Locks the organization's clock.
    func begin(in transaction: PostgresTransaction, now: Instant) async throws -> Tick {
        let lock = LockLedgerClock(organization: organizationUUID)
        guard let clock = try await transaction.first(lock) else {
            throw ServiceError(
                .notFound, "ORGANIZATION_NOT_FOUND", "There is no such organization.")
        }
        let earliest = clock.lastRecordedAt.map { $0.advanced(byMicroseconds: 1) }
        return Tick(
            firstEntryID: clock.lastEntryID + 1, recordedAt: max(now, earliest ?? now),
            events: clock.events, unmerged: clock.unmerged, eventsPerDayMax: clock.eventsPerDayMax,
            catalogueVersion: clock.catalogueVersion)
    }

    /// Numbers of the dimension sets; stores those that are new.
    /// - Parameter hashes: What the sets are found by, in their order, where that is known.
    func dimensionSetIDs(
        _ dimensions: [DimensionSet], hashes: [[UInt8]?]? = nil,
        in transaction: PostgresTransaction
    ) async throws -> [DimensionSet: Int64] {
        let asked = Set(dimensions)
        var ids = cache.known(asked, organization: organization)
        guard ids.count < asked.count else { return ids }
        // As they come: the clock is locked, so nobody else of this organization stores sets meanwhile.
        var seen: Set<DimensionSet> = []
        var missing: [[UInt8]: DimensionSet] = [:]
        var order: [[UInt8]] = []
        /// Of sets that nobody has sealed yet, and the one that they have then.
        var earlier: [[UInt8]: [UInt8]] = [:]
        for (index, set) in dimensions.enumerated()
        where ids[set] == nil && seen.insert(set).inserted {
            let hash = try hashes?[index] ?? set.hash(under: keys)
            missing[hash] = set
            order.append(hash)
            if !set.user.isEmpty { earlier[try set.unkeyedHash()] = hash }
        }
        let stored = try await transaction.run(
            SelectDimensionSetIDs(organization: organizationUUID, hashes: order + earlier.keys))
        for row in stored {
            if let set = missing.removeValue(forKey: earlier[row.hash] ?? row.hash) {
                ids[set] = row.id
            }
        }
        guard !missing.isEmpty else { return ids }
        let new = order.filter { missing[$0] != nil }
        let reserve = ReserveDimensionSetIDs(organization: organizationUUID, count: new.count)
        guard let last = try await transaction.first(reserve) else { throw Self.lostDimensionSet }
        let numbers = new.indices.map { last - Int64(new.count - 1 - $0) }
        let sets = new.compactMap { missing[$0] }
        let users = try zip(sets, numbers).map { try SealedUser(of: $0, id: $1, under: keys) }
        let count = try await transaction.run(
            InsertDimensionSets(
                organization: organizationUUID, ids: numbers, hashes: new, users: users, sets: sets)
        ).count
        guard count == new.count else { throw Self.lostDimensionSet }
        for (set, number) in zip(sets, numbers) { ids[set] = number }
        return ids
    }

    /// For sets that are stored again.
    var setReader: DimensionSetReader {
        DimensionSetReader(of: organizationUUID, under: keys, mustOpen: true)
    }

    /// Appends the entries of a report, adds to the roll-ups, moves the clock on.
    func write(
        _ batch: EntryBatch, tick: Tick, lastEntryID: Int64?, in transaction: PostgresTransaction
    ) async throws {
        guard !batch.entries.isEmpty else { return }
        try await insert(batch.entries, tick: tick, in: transaction)
        try await finish(batch.rollups, tick: tick, lastEntryID: lastEntryID, in: transaction)
    }

    private func insert(
        _ entries: [EntryDraft], tick: Tick, in transaction: PostgresTransaction
    ) async throws {
        try await BatchTables.prepare(in: transaction)
        try await transaction.copy(
            intoTable: BatchTables.entries, columns: BatchRows.entryColumns,
            rows: BatchRows.entries(entries))
        try await transaction.execute(
            InsertEntries(organization: organizationUUID, recordedAt: tick.recordedAt))
    }

    /// Adds to the roll-ups, merges what was added where it is too much, and moves the clock on, where
    /// anything was recorded.
    private func finish(
        _ rollups: RollupDeltas, tick: Tick, lastEntryID: Int64?,
        in transaction: PostgresTransaction
    ) async throws {
        guard let lastEntryID else { return }
        let rollups = rollups.sorted
        try transaction.executeLater(
            InsertRollupDeltas(
                organization: organizationUUID, rollups: rollups, recordedAt: tick.recordedAt))
        var unmerged = tick.unmerged
        unmerged.add(rollups.count)
        if unmerged.reaches(mergeLimit)
            || Self.isTooMuchForOnePart(rollups.map(\.delta))
        {
            try await mergeRollups(through: tick.recordedAt, in: transaction)
            unmerged = UnmergedRollups(commits: 0, rollups: 0)
        }
        try transaction.executeLater(
            AdvanceLedgerClock(
                organization: organizationUUID, lastEntryID: lastEntryID,
                lastRecordedAt: tick.recordedAt, events: tick.events, unmerged: unmerged))
    }

    /// Whether what a commit adds to roll-ups is more than an export's part may hold.
    private static func isTooMuchForOnePart(_ deltas: [RollupDelta]) -> Bool {
        let limit = UnmergedRollups.ofCommitMax
        guard deltas.count <= limit.rollups else { return true }
        let byteCount = deltas.lazy.map(\.otherQuantityByteCount).reduce(0, +)
        return byteCount > limit.otherQuantityBytes
    }

    /// Merges what was added to the roll-ups, where that is at least so many and nobody writes; no figure
    /// changes. A writer merges by itself what becomes too much, so nothing waits for one.
    package func mergeRollups(
        whereUnmerged countMin: Int, in transaction: PostgresTransaction
    ) async throws {
        let lock = LockFreeLedgerClock(organization: organizationUUID)
        guard let clock = try await transaction.first(lock), clock.unmerged.rollups >= countMin,
            let through = clock.lastRecordedAt
        else { return }
        try await mergeRollups(through: through, in: transaction)
    }

    /// Merges what was added to the roll-ups: all that was recorded through a time, which is the last.
    /// - Returns: Whether months are left to be summed.
    @discardableResult
    func mergeRollups(
        through: Instant, in transaction: PostgresTransaction
    ) async throws -> Bool {
        let organization = organizationUUID
        try await transaction.execute(
            MergeRollupDeltas(organization: organization, through: through))
        if Mutant.keepMergedDeltas.isActive { return false }
        let hasMonthsLeft = try await transaction.first(
            MarkRollupsMerged(organization: organization, through: through))
        try await transaction.execute(
            DeleteMergedDeltas(organization: organization, through: through))
        return hasMonthsLeft ?? false
    }

    static var lostDimensionSet: ServiceError {
        ServiceError(
            .internal, "DIMENSION_SET_LOST", "A dimension set was neither found nor stored.")
    }
}
