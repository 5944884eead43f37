import Core

/// Which version of an organization's rules holds when: of those that have begun, the newest.
struct AttributionTimeline: Sendable {
    struct Entry: Hashable, Sendable {
        let version: Int64
        /// First instant at which it holds, until the next entry's.
        let from: Instant
    }

    /// By version, and so by their begins.
    let entries: [Entry]

    /// - Parameter versions: in any order; those that a later one begins before, or with, hold nowhere.
    init(_ versions: [Entry]) {
        var entries: [Entry] = []
        for entry in versions.sorted(by: { $0.version < $1.version }) {
            while let last = entries.last, last.from >= entry.from { entries.removeLast() }
            entries.append(entry)
        }
        self.entries = entries
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Nil before the first.
    func version(at time: Instant) -> Int64? {
        // Most events are of now.
        if let last = entries.last, last.from <= time { return last.version }
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].from <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : entries[low - 1].version
    }
}
