import Core
import Domain

/// Events of a batch that share a month of UTC and a currency: one row of `usage_event_blocks`.
struct EventBlock {
    /// More go into further blocks, since one event is looked up by reading its block.
    static let eventsMax = 2_500
    /// The same of bytes, as an export writes them: a block is one row of it, and fits one message.
    private static let byteCountMax = 1_500_000
    /// Of an event's numbers and times, written out.
    private static let numbersByteCount = 350
    private static let providerCostByteCount = 30

    struct Item {
        let entryID: Int64
        let dimensionSetID: Int64
        /// Position in the batch.
        let index: Int
    }

    let currency: Currency
    let items: [Item]

    /// Cuts a batch into blocks; each has its events in the order of the batch.
    static func blocks(_ items: [Item], of events: [PricedEvent]) -> [EventBlock] {
        struct Share: Equatable {
            let month: Int
            /// The last hours of a month are apart: with them begins what is kept when the rest is removed.
            let nextMonth: Int
            let currency: Currency
        }
        // They are few, and neighbours mostly of the same.
        var shares: [(share: Share, items: [Item])] = []
        var place = 0
        var months = HourMonths()
        for item in items {
            let (month, nextMonth) = months.months(of: events[item.index].event.time)
            let share = Share(
                month: month, nextMonth: nextMonth, currency: events[item.index].currency)
            if !shares.indices.contains(place) || shares[place].share != share {
                place = shares.firstIndex { $0.share == share } ?? shares.count
                if place == shares.count { shares.append((share, [])) }
            }
            shares[place].items.append(item)
        }
        return shares.flatMap { share, items in
            cut(items, of: events).map {
                EventBlock(currency: share.currency, items: Array($0))
            }
        }
    }

    private static func cut(_ items: [Item], of events: [PricedEvent]) -> [ArraySlice<Item>] {
        var cuts: [ArraySlice<Item>] = []
        var start = 0
        var bytes = 0
        for position in items.indices {
            let size = byteCount(of: events, at: items[position].index)
            if position - start == eventsMax || (position > start && bytes + size > byteCountMax) {
                cuts.append(items[start..<position])
                start = position
                bytes = 0
            }
            bytes += size
        }
        cuts.append(items[start...])
        return cuts
    }

    private static func byteCount(of events: [PricedEvent], at index: Int) -> Int {
        let texts =
            events[index].event.id.utf8.count + events[index].event.session.utf8.count
            + events[index].event.run.utf8.count
        return numbersByteCount + 2 * texts
            + events[index].event.quantities.otherQuantities.count * 100
            + (events[index].event.providerCost == nil ? 0 : providerCostByteCount)
    }
}

/// The months of a time and of what begins the hours of a head start later. Neighbours are mostly of one
/// hour, and no month begins within one.
private struct HourMonths {
    private var hour: Int64?
    private var known = (month: 0, nextMonth: 0)

    mutating func months(of time: Instant) -> (month: Int, nextMonth: Int) {
        let (quotient, remainder) = time.seconds.quotientAndRemainder(dividingBy: 3600)
        let hour = remainder < 0 ? quotient - 1 : quotient
        if hour != self.hour {
            self.hour = hour
            known = (
                UTCMonth.number(of: time),
                UTCMonth.number(of: time.advanced(bySeconds: UsageRetention.headStartSeconds))
            )
        }
        return known
    }
}
