package import Core
package import Domain

/// Turns roll-ups of events, provider usage and bills into one amount per cause: pure.
///
/// The rules stand in `Ledger.docc`. Rows must cover whole UTC days, because a bill's day is one:
/// the caller cuts the outcome to the window it was asked for.
package struct EffectiveCost: Sendable {
    private let calculator: CostCalculator

    /// - Parameter calculator: Prices as the organization's contracts have them, which is what its recorded
    ///   amounts are made of, too.
    package init(calculator: CostCalculator) {
        self.calculator = calculator
    }

    package init(catalogue: PriceCatalogue) {
        self.init(calculator: CostCalculator(catalogue: catalogue))
    }

    private struct DayKey: Hashable {
        /// Names the account: see `AccountReadings`.
        let connection: ConnectionID
        let utcDay: Int64
    }

    /// The rows of a basis, as of `now`; in no particular order. `AMOUNT_OUT_OF_RANGE` where a day
    /// does not fit 128 bits.
    package func resolve(
        _ rows: [RollupRow], connections: [ConnectionReading], basis: Basis, now: Instant
    ) throws(ServiceError) -> [SpendRow] {
        let accounts = AccountReadings(connections)
        var result: [SpendRow] = []
        var days: [DayKey: [RollupRow]] = [:]
        for row in rows where row.kind != .suppressed {
            if let connection = row.dimensions.connectionID {
                let owner = accounts.owner(of: connection)
                days[DayKey(connection: owner, utcDay: row.utcDay), default: []].append(row)
            } else if basis != .billed {
                let spend = unconnected(row, now: now)
                if !spend.isEmpty { result.append(spend) }
            }
        }
        for (key, rows) in days {
            result += try resolve(
                accounts[key.connection].day(key.utcDay, rows, basis: basis, now: now),
                utcDay: key.utcDay, basis: basis)
        }
        return result
    }

    /// Until where a connection's days are final: read, old enough, and of the rows' days none
    /// whose bill changed less than 3 days ago.
    package func finalThrough(
        _ reading: ConnectionReading, rows: [RollupRow], basis: Basis, now: Instant
    ) -> Instant? {
        guard let read = reading.readThrough(for: basis, now: now),
            let settled = reading.settledBefore(basis, now: now)
        else { return nil }
        var through = UTCDay.floor(min(read, settled))
        guard basis != .metered else { return through }
        let charges = rows.filter {
            $0.kind == .charge && $0.dimensions.connectionID == reading.id
        }
        for (day, charges) in Dictionary(grouping: charges, by: \.utcDay) {
            guard let changed = Self.lastChange(of: charges), changed > settled else { continue }
            through = min(through, UTCDay.start(of: day))
        }
        return through
    }

    /// When a day's bill was last corrected or got a line that its first read did not have; nil
    /// where neither ever was. A day's first read is one transaction, so its lines have one time.
    static func lastChange(of charges: [RollupRow]) -> Instant? {
        let recorded = charges.map(\.lastRecordedAt)
        let corrected = charges.compactMap(\.lastCorrectedAt).max()
        guard let first = recorded.min(), let last = recorded.max(), first < last else {
            return corrected
        }
        return max(last, corrected ?? last)
    }

    private func unconnected(_ row: RollupRow, now: Instant) -> SpendRow {
        let end = UTCDay.start(of: row.utcDay + 1)
        return SpendRow(
            start: row.start, shared: row.shared, amount: row.amount,
            requests: row.requests, tokens: row.tokens, unpricedEntries: row.unpricedEntries,
            unpricedTokens: row.unpricedTokens,
            provisional: end > now.advanced(bySeconds: -ConnectionReading.settlingSeconds),
            isOfEvents: row.kind == .event)
    }

    private func resolve(
        _ told: AccountReading.Day, utcDay: Int64, basis: Basis
    ) throws(ServiceError) -> [SpendRow] {
        var day = ConnectionDay(
            utcDay: utcDay, rows: Self.ordered(told.rows), calculator: calculator,
            provisional: !told.isFinal)
        switch basis {
        case .billed: return try day.billed()
        case .metered: return try day.metered()
        case .effective: return try told.isBillFinal ? day.billed() : day.metered()
        }
    }

    /// By start, then dimension key bytewise, then all dimensions: the order of shares.
    static func ordered(_ rows: [RollupRow]) -> [RollupRow] {
        let keyed = rows.map { (row: $0, key: $0.dimensions.dimensionKey) }
        return keyed.sorted { left, right in
            if left.row.start != right.row.start { return left.row.start < right.row.start }
            if left.key != right.key {
                return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
            }
            return left.row.dimensions.canonicalText.utf8.lexicographicallyPrecedes(
                right.row.dimensions.canonicalText.utf8)
        }.map(\.row)
    }
}
