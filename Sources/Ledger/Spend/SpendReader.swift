package import Core
package import Domain
package import Encryption
package import Postgres

/// The one way to an organization's spend: every report, budget and allocation reads here.
///
/// Reads roll-ups only, never entries, so that a report's time does not grow with their number.
/// Call it within a snapshot, since it runs several statements; never in a transaction that stores dimension sets, since
/// what it reads of them is remembered.
package struct SpendReader: Sendable {
    package let catalogues: PriceCatalogueStore
    /// Entries that are read one by one for a report as known at an instant: those of the quarters of an hour in which
    /// something was recorded since.
    package var lateEntriesMax: Int64 = 1_000_000
    let sets: DimensionSetCache
    /// See `tellingCallsApart`.
    let callsMax: Int

    /// - Parameters:
    ///   - sets: what the process remembers of dimension sets.
    ///   - callsMax: events that a report may look at one by one.
    package init(
        catalogues: PriceCatalogueStore, sets: DimensionSetCache = DimensionSetCache(),
        callsMax: Int = callsMaxDefault
    ) {
        self.catalogues = catalogues
        self.sets = sets
        self.callsMax = callsMax
    }

    func dimensions(
        of ids: [Int64], _ organization: PostgresUUID, _ keys: any PersonalFieldKeys,
        opensUsers: Bool, in transaction: PostgresTransaction
    ) async throws -> DimensionSetReader {
        var dimensions = DimensionSetReader(
            of: organization, under: keys, mustOpen: false, cache: sets)
        try await dimensions.read(ids, opensUsers: opensUsers, in: transaction)
        return dimensions
    }

    /// - Parameters:
    ///   - keys: the organization's; users read as away, or destroyed, where the keys are.
    ///   - from: first instant of the window.
    ///   - through: first instant behind the window.
    ///   - steps: parts of the window, one behind the other without gaps, whose inside does not matter to the
    ///     caller: what has no connection comes as one row a set of dimensions and step, which begins with
    ///     the step, and is read from months and days as far as can be. Nil: rows of quarters of an hour.
    ///   - needsUsers: whether the caller looks at users. Where not, rows of steps have none that is sealed;
    ///     what bills are shared out to always has.
    ///   - isRepeatable: whether it may be asked for again as known at the instant that it says: that is `KnownInstant`'s
    ///     then, and no other than `now` otherwise.
    ///   - now: which the report is as of.
    package func spend(
        _ transaction: PostgresTransaction, organization: OrganizationID,
        keys: any PersonalFieldKeys, from: Instant,
        through: Instant, by steps: [Range<Instant>]? = nil, basis: Basis, needsUsers: Bool = true,
        isRepeatable: Bool = false, now: Instant
    ) async throws -> SpendReport {
        let key = PostgresUUID(organization)
        var calculator = try await catalogues.calculator(
            of: organization, in: transaction, now: now)
        var seen: SelectSummedMonths.Row?
        // Bills are for whole days of UTC, whatever window is asked for.
        let days = UTCDay.floor(from)..<max(UTCDay.floor(from), UTCDay.ceiling(through))
        let selected = try await transaction.run(
            SelectRollups(
                organization: key, from: days.lowerBound, through: days.upperBound,
                isOfConnectionsOnly: steps != nil))
        var summed: [SelectSpendSums.Row] = []
        let steps = steps ?? []
        if !steps.isEmpty {
            try await transaction.execute(HaveRoomForHashes())
            seen = try await transaction.first(SelectSummedMonths(organization: key))
            if let newest = seen?.catalogueVersion, calculator.catalogue.version < newest {
                calculator = try await catalogues.newestCalculator(
                    of: organization, in: transaction, now: now)
            }
            summed = try await transaction.run(
                SelectSpendSums(
                    organization: key,
                    spans: SpendSpans(
                        of: steps, within: days,
                        monthsFrom: Mutant.readMonthsTooEarly.isActive
                            ? Instant(seconds: 0) : seen?.monthsFrom,
                        now: now)))
        }
        var dimensions = DimensionSetReader(
            of: key, under: keys, mustOpen: false, cache: sets)
        try await dimensions.read(selected.map(\.dimensionSetID), in: transaction)
        try await dimensions.read(
            summed.map(\.dimensionSetID), opensUsers: needsUsers, in: transaction)
        let read = dimensions
        let rollups = try selected.map { try $0.rollup(with: read) }
        let sums = try summed.map { row in
            SpendSums(
                span: steps[row.step], kind: row.kind,
                dimensions: try read.shared(row.dimensionSetID), amount: row.amount,
                requests: row.requests, tokens: row.tokens, unpricedEntries: row.unpricedEntries,
                unpricedTokens: row.unpricedTokens, lastRecordedAt: row.lastRecordedAt)
        }
        let connections = try await transaction.run(SelectConnectionReadings(organization: key))
        return try SpendReport(
            rollups: rollups, sums: sums, connections: connections, calculator: calculator,
            window: from..<max(from, through), basis: basis,
            now: isRepeatable
                ? KnownInstant.of(
                    now: now,
                    seen: [
                        seen?.lastRecordedAt, connections.compactMap(\.knownFrom).max(),
                        calculator.catalogue.prices?.importedAt, calculator.overrides.changedAt,
                    ]) : now)
    }

    /// An account's bill, usage and events compared.
    package struct ReconciledConnection: Sendable {
        package let reconciliation: Reconciliation
        package let completeness: SpendCompleteness
    }

    /// - Parameters:
    ///   - connection: one of the account's.
    ///   - days: whole days of UTC.
    /// - Returns: nil where the organization has no such connection.
    /// - Throws: as `Reconciler.reconcile`.
    package func reconciliation(
        _ transaction: PostgresTransaction, organization: OrganizationID,
        keys: any PersonalFieldKeys, connection: ConnectionID, days: Range<Instant>, now: Instant
    ) async throws -> ReconciledConnection? {
        let key = PostgresUUID(organization)
        let readings = try await transaction.run(SelectConnectionReadings(organization: key))
        guard readings.contains(where: { $0.id == connection }) else { return nil }
        let account = AccountReadings(readings)[connection]
        let members = Set(account.members.map(\.id))
        let calculator = try await catalogues.calculator(
            of: organization, in: transaction, now: now)
        let selected = try await transaction.run(
            SelectRollups(
                organization: key, from: days.lowerBound, through: days.upperBound,
                isOfConnectionsOnly: true))
        var dimensions = DimensionSetReader(
            of: key, under: keys, mustOpen: false, cache: sets)
        try await dimensions.read(selected.map(\.dimensionSetID), in: transaction)
        let read = dimensions
        let rows = try selected.map { try $0.rollup(with: read) }
            .filter { $0.dimensions.connectionID.map(members.contains) ?? false }
        let usage = Dictionary(grouping: rows, by: \.utcDay).flatMap { utcDay, rows in
            account.day(utcDay, rows, basis: .billed, now: now).rows
        }.filter { $0.kind == .providerUsage }
        let effectiveCost = EffectiveCost(calculator: calculator)
        let counted = Set(rows.compactMap(\.dimensions.connectionID))
        let sourceConnections = account.members.filter {
            !$0.isDeleted || counted.contains($0.id) || $0.id == connection
        }
        let sources = sourceConnections.map {
            SpendCompleteness.Source(
                name: $0.displayName, lastReadAt: $0.lastReadAt,
                finalThrough: effectiveCost.finalThrough(
                    $0, rows: rows, basis: .billed, now: now))
        }
        let ends = effectiveCost.finalThrough(
            of: sourceConnections, among: readings, rows: rows, window: days, basis: .billed,
            now: now)
        let finalThrough = ends.contains(nil) ? nil : ends.compactMap(\.self).min()
        return ReconciledConnection(
            reconciliation: try Reconciler(calculator: calculator).reconcile(
                rows, of: account, now: now),
            completeness: SpendCompleteness(
                basis: .billed, finalThrough: finalThrough,
                provisional: finalThrough.map { $0 < days.upperBound } ?? true,
                unpricedEntries: usage.reduce(0) { $0.addingClamped($1.unpricedEntries) },
                unpricedTokens: usage.reduce(0) { $0.addingClamped($1.unpricedTokens) },
                sources: sources, knownAt: now,
                prices: calculator.catalogue.prices))
    }
}

extension SelectRollups.Row {
    func rollup(with dimensions: DimensionSetReader) throws(ServiceError)
        -> RollupRow
    {
        var rollup = rollup
        rollup.shared = try dimensions.shared(dimensionSetID)
        return rollup
    }
}

/// What a set of dimensions without a connection comes to within a span; nothing, where it only was recorded on a
/// day that the span has a part of, which counts for completeness.
struct SpendSums: Sendable {
    let span: Range<Instant>
    let kind: RollupRow.Kind
    let dimensions: SharedDimensions
    let amount: Money
    let requests: Int64
    let tokens: Int64
    let unpricedEntries: Int64
    let unpricedTokens: Int64
    let lastRecordedAt: Instant
    var attributes: CallAttributes?

    /// As of `EffectiveCost` for its quarters of an hour, which no bill changes.
    func row(now: Instant) -> SpendRow {
        SpendRow(
            start: span.lowerBound, shared: dimensions, amount: amount, requests: requests,
            tokens: tokens, unpricedEntries: unpricedEntries, unpricedTokens: unpricedTokens,
            provisional: UTCDay.ceiling(span.upperBound)
                > now.advanced(bySeconds: -ConnectionReading.settlingSeconds),
            isOfEvents: kind == .event || kind == .suppressed, attributes: attributes)
    }
}

extension RollupRow {
    /// What is not spend as it was told: see `SpendReport.suppressed`.
    fileprivate var suppressed: SpendRow? {
        guard kind == .suppressed else { return nil }
        return SpendRow(
            start: start, shared: shared, amount: amount, requests: requests,
            tokens: tokens, unpricedEntries: unpricedEntries, unpricedTokens: unpricedTokens,
            isOfEvents: true)
    }
}

extension SpendReport {
    /// Resolves the basis and cuts the outcome to the window: pure. Throws as
    /// `EffectiveCost.resolve`.
    package init(
        rollups: [RollupRow], connections: [ConnectionReading], catalogue: PriceCatalogue,
        window: Range<Instant>, basis: Basis, now: Instant
    ) throws(ServiceError) {
        try self.init(
            rollups: rollups, sums: [], connections: connections,
            calculator: CostCalculator(catalogue: catalogue),
            window: window, basis: basis, now: now)
    }

    /// - Parameter sums: of sets without a connection, which are not among the roll-ups.
    init(
        rollups: [RollupRow], sums: [SpendSums], connections: [ConnectionReading],
        calculator: CostCalculator, window: Range<Instant>, basis: Basis, now: Instant
    ) throws(ServiceError) {
        let effectiveCost = EffectiveCost(calculator: calculator)
        let summed =
            basis == .billed
            ? []
            : sums.filter { $0.kind != .suppressed }.map { $0.row(now: now) }
                .filter { !$0.isEmpty }
        let rows = try
            (effectiveCost.resolve(rollups, connections: connections, basis: basis, now: now)
            + summed).filter { window.contains($0.start) }
        let suppressed =
            rollups.compactMap(\.suppressed)
            + sums.filter { $0.kind == .suppressed }.map { $0.row(now: now) }
        let settled = UTCDay.floor(now.advanced(bySeconds: -ConnectionReading.settlingSeconds))
        // One that is deleted is named where it has figures.
        let counted = Set(rollups.compactMap(\.dimensions.connectionID))
        let sourceConnections = connections.filter { !$0.isDeleted || counted.contains($0.id) }
        var sources = sourceConnections.map { reading in
            SpendCompleteness.Source(
                name: reading.displayName, lastReadAt: reading.lastReadAt,
                finalThrough: effectiveCost.finalThrough(
                    reading, rows: rollups, basis: basis, now: now))
        }
        var lastEvents: [ExactText: Instant] = [:]
        for row in rollups where row.kind == .event {
            let source = ExactText(row.dimensions.source)
            lastEvents[source] = max(lastEvents[source] ?? row.lastRecordedAt, row.lastRecordedAt)
        }
        for sum in sums where sum.kind == .event {
            let source = ExactText(sum.dimensions.set.source)
            lastEvents[source] = max(lastEvents[source] ?? sum.lastRecordedAt, sum.lastRecordedAt)
        }
        sources += lastEvents.sorted { $0.key < $1.key }.map {
            .init(name: $0.key.text, lastReadAt: $0.value, finalThrough: settled)
        }
        let ends =
            sourceConnections.isEmpty
            ? [settled]
            : sources[sourceConnections.count...].map(\.finalThrough)
                + effectiveCost.finalThrough(
                    of: sourceConnections, among: connections, rows: rollups, window: window,
                    basis: basis, now: now)
        let finalThrough = ends.contains(nil) ? nil : ends.compactMap { $0 }.min()
        self.init(
            rows: rows,
            completeness: SpendCompleteness(
                basis: basis, finalThrough: finalThrough,
                provisional: finalThrough.map { $0 < window.upperBound } ?? true,
                unpricedEntries: Self.unpricedEntries(rows),
                unpricedTokens: Self.unpricedTokens(rows),
                sources: sources, knownAt: now,
                prices: calculator.catalogue.prices),
            suppressed: suppressed.filter { window.contains($0.start) && !$0.isEmpty })
    }
}

extension Int64 {
    /// The sum, or the largest number where it is beyond 64 bits: for counts shown to people.
    package func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
