import API
import Core
import Domain
import TallyClient

/// Reads an export to its end: where the server goes away meanwhile, on from the last part that came, for
/// as long as that gets further.
struct EntryExport {
    /// Hands every part of one stream on.
    let stream: (ExportEntriesRequest, (EntryExportPart) throws -> Void) async throws -> Void

    /// What was exported.
    struct Total {
        var tally = EntryTally()
        var completeness: Completeness?

        var text: String {
            (["Exported \(CompletenessText.number(tally.count)) entries."] + tally.lines
                + [CompletenessText.text(completeness)]).joined(separator: "\n")
        }
    }

    /// - Throws: `Failure` where the export is not whole; what the stream and `write` throw.
    func run(
        _ request: ExportEntriesRequest, write: ([ExportedEntry]) throws -> Void
    ) async throws -> Total {
        var request = request
        var total = Total()
        while true {
            var tally = EntryTally()
            var end: EntryExportEnd?
            let before = request.after
            do {
                try await stream(request) { part in
                    switch part.part {
                    case .entries(let entries) where end == nil:
                        for entry in entries.entries {
                            try tally.add(entry)
                            try total.tally.add(entry)
                        }
                        try write(entries.entries)
                        request.after = entries.after
                    case .end(let last) where end == nil: end = last
                    default: throw Self.broken("A part of the export came out of order.")
                    }
                }
            } catch let error as TallyError
                where error.code == .unavailable && request.after != before
            {
                continue
            }
            guard let end else { throw Self.broken("The export ended before its last part.") }
            guard tally.says(end) else {
                throw Self.broken("The entries do not come to what the server says.")
            }
            total.completeness = end.completeness
            return total
        }
    }

    private static func broken(_ text: String) -> Failure {
        Failure(text, remedy: "Export again.")
    }
}

/// What entries come to, by feed and currency.
struct EntryTally {
    private struct Key: Hashable {
        let feed: Int32
        let currency: Currency
    }

    private(set) var count: Int64 = 0
    private var sums: [Key: (count: Int64, picos: Int128)] = [:]

    /// - Throws: as `Domain.Money.init(wire:)` and `Currency.init`; `Failure` beyond 128 bits.
    mutating func add(_ entry: ExportedEntry) throws {
        let key = Key(feed: entry.feed.rawValue, currency: try Currency(entry.currencyCode))
        let picos = try entry.amount.map { try Domain.Money(wire: $0).picos } ?? 0
        let before = sums[key] ?? (0, 0)
        let (sum, overflow) = before.picos.addingReportingOverflow(picos)
        guard !overflow else { throw Failure("The amounts are beyond 128 bits of picos.") }
        sums[key] = (before.count + 1, sum)
        count += 1
    }

    /// Whether the server counted the same.
    func says(_ end: EntryExportEnd) -> Bool {
        end.entryCount == count && end.sums.count == sums.count
            && end.sums.allSatisfy { sum in
                guard let amount = sum.amount, let money = try? Domain.Money(wire: amount),
                    let own = sums[Key(feed: sum.feed.rawValue, currency: money.currency)]
                else { return false }
                return own.count == sum.entryCount && own.picos == money.picos
            }
    }

    /// One a feed and currency.
    var lines: [String] {
        let ordered = sums.sorted {
            ($0.key.feed, $0.key.currency) < ($1.key.feed, $1.key.currency)
        }
        return ordered.map { key, sum in
            let amount = Domain.Money(picos: sum.picos, currency: key.currency)
            return "  \(EntryText.feed(EntryFeed(rawValue: key.feed))): "
                + "\(MoneyText.grouped(amount.displayText)) \(key.currency.code) in "
                + "\(CompletenessText.number(sum.count)) entries"
        }
    }
}
