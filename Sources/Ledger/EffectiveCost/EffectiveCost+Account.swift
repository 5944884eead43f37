import Core
import Domain

extension EffectiveCost {
    /// Until where the days of accounts are final, one value for each account: where one of its connections was
    /// read no further, or never, another one that was may stand for it, day by day, as it does for the figures.
    /// - Parameters:
    ///   - window: what is asked for; where one was never read, it is looked from its first day on, or from the first
    ///     of which the provider told anything, before which there is nothing.
    ///   - sources: those that are waited for.
    ///   - connections: all, by which it is known whose they are.
    func finalThrough(
        of sources: [ConnectionReading], among connections: [ConnectionReading],
        rows: [RollupRow], window: Range<Instant>, basis: Basis, now: Instant
    ) -> [Instant?] {
        let accounts = AccountReadings(connections)
        let byOwner = Dictionary(grouping: sources) { accounts.owner(of: $0.id) }
        return byOwner.map { owner, members in
            let ends = members.map { finalThrough($0, rows: rows, basis: basis, now: now) }
            guard let last = ends.compactMap(\.self).max() else { return nil }
            let isUnread = ends.contains(nil)
            let begin = UTCDay.floor(window.lowerBound)
            let first =
                isUnread
                ? accounts[owner].readFrom.map { $0 <= begin ? begin : UTCDay.floor($0) } ?? begin
                : ends.compactMap(\.self).min() ?? last
            guard first < last else { return isUnread ? nil : first }
            let ofAccount = rows.filter { row in
                row.dimensions.connectionID.map { accounts.owner(of: $0) == owner } ?? false
            }
            let days = Dictionary(grouping: ofAccount, by: \.utcDay)
            var through = first
            while through < last {
                let utcDay = UTCDay.number(of: through)
                guard
                    accounts[owner].day(utcDay, days[utcDay] ?? [], basis: basis, now: now).isFinal
                else { break }
                through = UTCDay.start(of: utcDay + 1)
            }
            // Nothing is known of what was before the window.
            return isUnread && through == begin ? nil : through
        }
    }
}
