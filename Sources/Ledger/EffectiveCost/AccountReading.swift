import Core
import Domain

/// One account of a provider as its connections have read it: which of them tells what of a UTC day.
///
/// Several may: one that is the record of the bill and another one of the usage, or one that took another's place
/// and read its days again. Of each day the bill of one counts and the usage of one, so that nothing counts
/// twice, and nothing is left out that any of them tells.
struct AccountReading {
    /// By their ids.
    let members: [ConnectionReading]

    /// From when on any of them was read; nil where none was.
    var readFrom: Instant? {
        members.flatMap { $0.usageSpans + $0.costsSpans }.map(\.lowerBound).min()
    }

    /// A day's rows, without those that another connection's stand for.
    struct Day {
        let rows: [RollupRow]
        /// Whether the bill counts.
        let isBillFinal: Bool
        /// Whether the basis' figures will not change any more.
        let isFinal: Bool
    }

    func day(_ utcDay: Int64, _ rows: [RollupRow], basis: Basis, now: Instant) -> Day {
        let usage = teller(of: .providerUsage, utcDay, among: rows)
        let bill = teller(of: .charge, utcDay, among: rows)
        let counted = rows.filter { row in
            switch row.kind {
            case .event: true
            case .suppressed: false
            case .providerUsage: usage == nil || row.dimensions.connectionID == usage?.id
            case .charge: bill == nil || row.dimensions.connectionID == bill?.id
            }
        }
        let changed = EffectiveCost.lastChange(of: counted.filter { $0.kind == .charge })
        let isBillFinal =
            bill?.isBillFinal(utcDay: utcDay, lastChangedAt: changed, now: now) ?? false
        return Day(
            rows: counted, isBillFinal: isBillFinal,
            isFinal: isFinal(
                basis, utcDay, bill: bill, usage: usage, isBillFinal: isBillFinal, now: now))
    }

    /// A connection is behind another one where it was last read so long before it; what is read in turn is not.
    private static let staleSeconds: Int64 = 2 * UTCDay.seconds

    /// Which connection's rows of a kind count: of those that have any, or else of those that have read the day,
    /// the one that has read most of it; of equals one that was read as late as any, since what was told early is
    /// restated; of these one that is pulled still, then the first. Nil where there is none.
    private func teller(
        of kind: RollupRow.Kind, _ utcDay: Int64, among rows: [RollupRow]
    ) -> ConnectionReading? {
        teller(
            of: kind, utcDay,
            amongTold: Set(rows.filter { $0.kind == kind }.compactMap(\.dimensions.connectionID)))
    }

    /// - Parameter told: the connections that have rows of the kind on that day.
    func teller(
        of kind: RollupRow.Kind, _ utcDay: Int64, amongTold told: Set<ConnectionID>
    ) -> ConnectionReading? {
        var candidates =
            told.isEmpty
            ? members.filter { $0.hasRead(kind, utcDay: utcDay) }
            : members.filter { told.contains($0.id) }
        guard candidates.count > 1 else { return candidates.first }
        let most = candidates.map { $0.secondsRead(kind, utcDay: utcDay) }.max()
        candidates.removeAll { $0.secondsRead(kind, utcDay: utcDay) != most }
        if let last = candidates.compactMap({ $0.lastRead(kind, utcDay: utcDay) }).max() {
            // Who has read all that is restated is ahead of whoever has not.
            let isRestated = last >= ConnectionReading.restatedUntil(kind, utcDay: utcDay)
            let fresh = isRestated ? last : last.advanced(bySeconds: -Self.staleSeconds)
            candidates.removeAll { $0.lastRead(kind, utcDay: utcDay).map { $0 < fresh } ?? true }
        }
        return candidates.first { $0.pulls(kind) } ?? candidates.first
    }

    /// Where a bill of the day was read, it decides; else no bill may be waited for any more, and the
    /// usage be read as far as it will be, and old enough not to be revised.
    private func isFinal(
        _ basis: Basis, _ utcDay: Int64, bill: ConnectionReading?, usage: ConnectionReading?,
        isBillFinal: Bool, now: Instant
    ) -> Bool {
        guard !members.isEmpty else { return false }
        if basis != .metered {
            if let bill, bill.hasRead(.charge, utcDay: utcDay) { return isBillFinal }
            let end = UTCDay.start(of: utcDay + 1)
            let isAwaited = members.contains {
                $0.pulls(.charge) && ($0.costsThrough.map { $0 < end } ?? true)
            }
            if isAwaited { return false }
        }
        // No bill will tell more of it.
        if basis == .billed { return ConnectionReading.isOver(utcDay: utcDay, now: now) }
        // Who has read it whole speaks for the others, who may never read on.
        if let usage, usage.hasRead(.providerUsage, utcDay: utcDay) {
            return usage.isUsageFinal(utcDay: utcDay, now: now)
        }
        return members.allSatisfy { $0.isUsageFinal(utcDay: utcDay, now: now) }
    }
}
