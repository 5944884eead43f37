package import Core
package import Domain

/// How far a connection's provider has been read.
package struct ConnectionReading: Hashable, Sendable {
    /// A bill is final when nothing changed for so long after its day.
    static let settlingSeconds: Int64 = 3 * UTCDay.seconds

    package let id: ConnectionID
    package let displayName: String
    /// The usage report was read through here; nil where it never was.
    package let usageThrough: Instant?
    /// The cost report was read through here; nil where it never was.
    package let costsThrough: Instant?
    /// Last successful read of either.
    package let lastReadAt: Instant?

    package init(
        id: ConnectionID, displayName: String, usageThrough: Instant?, costsThrough: Instant?,
        lastReadAt: Instant?
    ) {
        self.id = id
        self.displayName = displayName
        self.usageThrough = usageThrough
        self.costsThrough = costsThrough
        self.lastReadAt = lastReadAt
    }

    /// Whether the bill of a UTC day will not change any more: read through its end, and neither
    /// its end nor its last change less than 3 days ago. Its first read is no change.
    func isBillFinal(utcDay: Int64, lastChangedAt: Instant?, now: Instant) -> Bool {
        let end = UTCDay.start(of: utcDay + 1)
        guard let costsThrough, costsThrough >= end else { return false }
        let changed = max(end, lastChangedAt ?? end)
        return changed <= now.advanced(bySeconds: -Self.settlingSeconds)
    }

    /// Whether a UTC day's usage was read and is old enough not to be revised.
    func isUsageFinal(utcDay: Int64, now: Instant) -> Bool {
        let end = UTCDay.start(of: utcDay + 1)
        guard let usageThrough, usageThrough >= end else { return false }
        return end <= now.advanced(bySeconds: -Self.settlingSeconds)
    }
}
