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
        for item in items {
            let time = events[item.index].event.time
            let share = Share(
                month: UTCMonth.number(of: time),
                nextMonth: UTCMonth.number(
                    of: time.advanced(bySeconds: UsageRetention.headStartSeconds)),
                currency: events[item.index].currency)
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
