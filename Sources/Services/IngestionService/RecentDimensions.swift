import Ledger

/// Of the dimensions that a call's events brought, those that came last, each in one of two places that a quick hash of
/// its key names: most events of a large call find theirs here, without a lock and without the hash of a dictionary.
///
/// A sender may choose keys that all have the same places, and then finds them where everybody does.
struct RecentDimensions {
    private struct Entry {
        let hash: UInt64
        let key: KnownDimensions.Key
        let dimensions: SharedDimensions
    }

    private static let placeCount = 4096

    private var entries: [Entry?] = Array(repeating: nil, count: placeCount)

    /// - Parameter hash: the key's `quickHash`.
    func find(_ key: KnownDimensions.Key, hash: UInt64) -> SharedDimensions? {
        let first = Self.place(of: hash)
        return find(key, hash: hash, at: first) ?? find(key, hash: hash, at: first ^ 1)
    }

    private func find(
        _ key: KnownDimensions.Key, hash: UInt64, at place: Int
    ) -> SharedDimensions? {
        guard let entry = entries[place], entry.hash == hash, entry.key == key else { return nil }
        return entry.dimensions
    }

    /// - Parameter key: one that stays as it is.
    mutating func remember(
        _ dimensions: SharedDimensions, as key: KnownDimensions.Key, hash: UInt64
    ) {
        let first = Self.place(of: hash)
        let place = entries[first] == nil || entries[first ^ 1] != nil ? first : first ^ 1
        entries[place] = Entry(hash: hash, key: key, dimensions: dimensions)
    }

    private static func place(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash) & (placeCount - 1)
    }
}
