import Domain
import Ledger

/// Cuts entries into parts that each fit a message.
struct EntryExportParts: Sequence, IteratorProtocol {
    /// About what one part comes to. A reader takes messages of 4 MiB at least.
    static let byteCountMaxDefault = 1 << 20
    /// Of an entry's numbers, times and identifiers.
    private static let numbersByteCount = 320
    /// Of a dimension that rules derived, beside its texts.
    private static let derivedByteCount = 40

    private var rest: ArraySlice<LedgerEntry>
    private let byteCountMax: Int

    /// - Parameter byteCountMax: of a part, unless an entry alone has more.
    init(_ entries: [LedgerEntry], byteCountMax: Int = byteCountMaxDefault) {
        rest = entries[...]
        self.byteCountMax = byteCountMax
    }

    mutating func next() -> ArraySlice<LedgerEntry>? {
        guard !rest.isEmpty else { return nil }
        var bytes = 0
        let part = rest.prefix { entry in
            let isFirst = bytes == 0
            bytes += Self.byteCount(of: entry)
            return isFirst || bytes <= byteCountMax
        }
        rest = rest.dropFirst(part.count)
        return part
    }

    /// About what it comes to as a message, rather more than less.
    private static func byteCount(of entry: LedgerEntry) -> Int {
        let dimensions = entry.dimensions
        let texts = [
            entry.eventID, entry.reason, entry.session, entry.run, dimensions.provider,
            dimensions.model, dimensions.requestedModel, dimensions.operation, dimensions.region,
            dimensions.serviceTier, dimensions.contextTier, dimensions.project,
            dimensions.apiKeyID, dimensions.user, dimensions.feature, dimensions.customer,
            dimensions.team, dimensions.environment, dimensions.source, dimensions.lineItem,
        ]
        return numbersByteCount
            + texts.reduce(0) { $0 + $1.utf8.count + 4 }
            + dimensions.tags.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 12 }
            + (dimensions.attribution?.derived ?? []).reduce(0) {
                let texts = [
                    $1.target.text, dimensions.value(of: $1.target) ?? "", $1.rule.text,
                    $1.sent?.text ?? "",
                ]
                return $0 + derivedByteCount + texts.reduce(0) { $0 + $1.utf8.count }
            }
            // A class has 64 bytes at most.
            + entry.quantities.all.count * 90
    }
}
