import API
import Core
import Domain
import Ledger

/// What entries come to, by feed and currency: neither two feeds nor two currencies add up.
struct EntrySums: Sendable {
    private struct Key: Hashable, Comparable {
        let feed: LedgerEntry.Feed
        let currency: Currency

        static func < (left: Key, right: Key) -> Bool {
            (left.feed, left.currency) < (right.feed, right.currency)
        }
    }

    private(set) var count: Int64 = 0
    private var sums: [Key: (count: Int64, amount: Domain.Money)] = [:]

    /// - Throws: `AMOUNT_OUT_OF_RANGE` beyond 128 bits.
    mutating func add(_ entry: LedgerEntry) throws(ServiceError) {
        let key = Key(feed: entry.feed, currency: entry.currency)
        let before = sums[key] ?? (0, .zero(entry.currency))
        let amount = Domain.Money(picos: entry.picos ?? 0, currency: entry.currency)
        sums[key] = (before.count + 1, try before.amount.adding(amount))
        count += 1
    }

    /// By feed, then currency.
    var messages: [EntrySum] {
        sums.sorted { $0.key < $1.key }.map { key, sum in
            EntrySum(
                feed: EntryFeed(key.feed), entryCount: sum.count, amount: API.Money(sum.amount))
        }
    }
}
