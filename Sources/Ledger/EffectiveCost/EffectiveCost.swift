package import Core
package import Domain

/// Turns roll-ups of events, provider usage and bills into one amount per cause: pure.
///
/// The rules stand in `Ledger.docc`. Rows must cover whole UTC days, because a bill's day is one:
/// the caller cuts the outcome to the window it was asked for.
package struct EffectiveCost: Sendable {
    private let calculator: CostCalculator

    package init(catalogue: PriceCatalogue) {
        calculator = CostCalculator(catalogue: catalogue)
    }

    private struct DayKey: Hashable {
        let connection: ConnectionID
        let utcDay: Int64
    }

    /// The rows of a basis, as of `now`; in no particular order.
    package func resolve(
        _ rows: [RollupRow], connections: [ConnectionReading], basis: Basis, now: Instant
    ) -> [SpendRow] {
        var result: [SpendRow] = []
        var days: [DayKey: [RollupRow]] = [:]
        for row in rows {
            if let connection = row.dimensions.connectionID {
                days[DayKey(connection: connection, utcDay: row.utcDay), default: []].append(row)
            } else if basis != .billed {
                let spend = unconnected(row, now: now)
                if !spend.isEmpty { result.append(spend) }
            }
        }
        let readings = Dictionary(
            connections.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for (key, rows) in days {
            result += resolve(
                key, rows, reading: readings[key.connection], basis: basis, now: now)
        }
        return result
    }

    /// First day of a connection in the rows whose bill is read and old enough, but was corrected
    /// less than 3 days ago.
    package func finalThrough(
        _ reading: ConnectionReading, rows: [RollupRow], basis: Basis, now: Instant
    ) -> Instant? {
        let read = basis == .metered ? reading.usageThrough : reading.costsThrough
        guard let read else { return nil }
        let settled = now.advanced(bySeconds: -ConnectionReading.settlingSeconds)
        var through = UTCDay.floor(min(read, settled))
        guard basis != .metered else { return through }
        for row in rows where row.kind == .charge && row.dimensions.connectionID == reading.id {
            guard let corrected = row.lastCorrectedAt, corrected > settled else { continue }
            through = min(through, UTCDay.start(of: row.utcDay))
        }
        return through
    }

    private func unconnected(_ row: RollupRow, now: Instant) -> SpendRow {
        let end = UTCDay.start(of: row.utcDay + 1)
        return SpendRow(
            start: row.start, dimensions: row.dimensions, amount: row.amount,
            requests: row.requests, tokens: row.tokens, unpricedEntries: row.unpricedEntries,
            unpricedTokens: row.unpricedTokens,
            provisional: end > now.advanced(bySeconds: -ConnectionReading.settlingSeconds))
    }

    private func resolve(
        _ key: DayKey, _ rows: [RollupRow], reading: ConnectionReading?, basis: Basis,
        now: Instant
    ) -> [SpendRow] {
        let corrected = rows.filter { $0.kind == .charge }.compactMap(\.lastCorrectedAt).max()
        let isBillFinal =
            reading?.isBillFinal(utcDay: key.utcDay, lastCorrectedAt: corrected, now: now) ?? false
        let isUsageFinal = reading?.isUsageFinal(utcDay: key.utcDay, now: now) ?? false
        let ordered = Self.ordered(rows)
        let isFinal = basis == .metered ? isUsageFinal : isBillFinal
        var day = ConnectionDay(
            utcDay: key.utcDay, rows: ordered, calculator: calculator, provisional: !isFinal)
        switch basis {
        case .billed: return day.billed()
        case .metered: return day.metered()
        case .effective: return isBillFinal ? day.billed() : day.metered()
        }
    }

    /// By start, then dimension key bytewise, then all dimensions: the order of shares.
    private static func ordered(_ rows: [RollupRow]) -> [RollupRow] {
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
