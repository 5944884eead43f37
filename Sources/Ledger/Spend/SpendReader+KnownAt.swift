package import Core
package import Domain
package import Encryption
package import Postgres

extension SpendReader {
    /// What `spend` answered, or would have answered, with what was known at an instant. Asked with the instant that an
    /// answer says that it is known at, the same, whatever was recorded since.
    ///
    /// Where nothing was recorded since, it is read from roll-ups, by days where no step cuts one; entries are
    /// read of the other quarters of an hour.
    /// - Parameters:
    ///   - knownAt: entries, readings of connections, prices and contracts count that were recorded by then, and bills
    ///     are final, or not, then.
    ///   - steps: as of `spend`; not empty.
    ///   - now: of the clock.
    /// - Throws: `KNOWN_AT_IN_FUTURE`, `USAGE_REMOVED`, `KNOWN_AT_TOO_EARLY`, `KNOWN_AT_READS_TOO_MUCH`, and as `spend`.
    package func spend(
        _ transaction: PostgresTransaction, organization: OrganizationID,
        keys: any PersonalFieldKeys, from: Instant, through: Instant, by steps: [Range<Instant>],
        basis: Basis, needsUsers: Bool = true, knownAt: Instant, now: Instant
    ) async throws -> SpendReport {
        let key = PostgresUUID(organization)
        let days = UTCDay.floor(from)..<max(UTCDay.floor(from), UTCDay.ceiling(through))
        let bounds = try await transaction.first(SelectKnownBounds(organization: key))
        // What was recorded last may be a little ahead of the clock.
        guard knownAt <= max(now, bounds?.lastRecordedAt ?? now) else { throw Self.inFuture }
        if let removed = bounds?.removedBefore, days.lowerBound < removed {
            throw Self.removed(before: removed)
        }
        let calculator = try await catalogues.calculator(
            of: organization, knownAt: knownAt, in: transaction, now: now)
        let late =
            Mutant.forgetWhatWasKnown.isActive
            ? []
            : try await transaction.run(
                SelectQuartersRecordedAfter(organization: key, days: days, knownAt: knownAt))
        guard late.reduce(0, { $0.addingClamped($1.entries) }) <= lateEntriesMax else {
            throw tooMuch
        }
        try await transaction.execute(HaveRoomForHashes())
        let selected = try await transaction.run(
            SelectSpendKnownAt(
                organization: key, knownAt: knownAt,
                spans: KnownSpans(of: steps, within: days, lateQuarters: late.map(\.start))))
        var dimensions = DimensionSetReader(of: key, under: keys, mustOpen: false, cache: sets)
        try await dimensions.read(
            selected.filter { $0.place == nil }.map(\.dimensionSetID), in: transaction)
        try await dimensions.read(
            selected.filter { $0.place != nil }.map(\.dimensionSetID), opensUsers: needsUsers,
            in: transaction)
        var rollups: [RollupRow] = []
        var sums: [SpendSums] = []
        for row in selected {
            let shared = try dimensions.shared(row.dimensionSetID)
            if let place = row.place {
                sums.append(row.sums(place: place, of: steps, shared))
            } else {
                var rollup = row.rollup
                rollup.shared = shared
                rollups.append(rollup)
            }
        }
        let readings = try await transaction.run(
            SelectConnectionReadingsKnownAt(organization: key, knownAt: knownAt)
        ).map { row throws(ServiceError) in
            guard let reading = row.reading else { throw Self.tooEarly }
            return reading
        }
        return try SpendReport(
            rollups: rollups, sums: sums, connections: readings, calculator: calculator,
            window: from..<max(from, through), basis: basis, now: knownAt)
    }

    private static var inFuture: ServiceError {
        ServiceError(
            .invalidArgument, "KNOWN_AT_IN_FUTURE", field: "known_at",
            "What will be known is not known yet. Give an instant of the past, or leave it out for "
                + "what is known now.")
    }

    private static func removed(before: Instant) -> ServiceError {
        ServiceError(
            .failedPrecondition, "USAGE_REMOVED", field: "from",
            "Usage from before \(before.rfc3339) is not kept, so what was known of it is not "
                + "known any more. Ask for later days, or without known_at for what is left.")
    }

    private static var tooEarly: ServiceError {
        ServiceError(
            .failedPrecondition, "KNOWN_AT_TOO_EARLY", field: "known_at",
            "What the organization's connections had read by then was not remembered, or is not "
                + "kept any more. Ask for a later instant.")
    }

    private var tooMuch: ServiceError {
        ServiceError(
            .resourceExhausted, "KNOWN_AT_READS_TOO_MUCH", field: "known_at",
            "Of these days more than \(lateEntriesMax) entries would be read, since something was "
                + "recorded beside them later. Ask for fewer days at once, or for a later instant.")
    }
}

extension SelectSpendKnownAt.Row {
    /// What is around the steps, on days of theirs, tells only when its source was last heard of.
    fileprivate func sums(
        place: Int, of steps: [Range<Instant>], _ dimensions: SharedDimensions
    ) -> SpendSums {
        let isInside = place > 0 && place <= steps.count
        return SpendSums(
            span: steps[min(max(place, 1), steps.count) - 1], kind: rollup.kind,
            dimensions: dimensions,
            amount: isInside ? rollup.amount : .zero(rollup.amount.currency),
            requests: isInside ? rollup.requests : 0, tokens: isInside ? tokens : 0,
            unpricedEntries: isInside ? rollup.unpricedEntries : 0,
            unpricedTokens: isInside ? rollup.unpricedTokens : 0,
            lastRecordedAt: rollup.lastRecordedAt)
    }
}
