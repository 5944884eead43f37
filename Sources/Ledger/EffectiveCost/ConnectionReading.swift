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
    /// Whether its cost report is pulled.
    package let isRecordOfBilling: Bool
    /// Whether its usage reports are pulled.
    package let isRecordOfAttribution: Bool
    /// Whether nothing is pulled any more, for ever.
    package let isDeleted: Bool

    package init(
        id: ConnectionID, displayName: String, usageThrough: Instant?, costsThrough: Instant?,
        lastReadAt: Instant?, isRecordOfBilling: Bool = true, isRecordOfAttribution: Bool = true,
        isDeleted: Bool = false
    ) {
        self.id = id
        self.displayName = displayName
        self.usageThrough = usageThrough
        self.costsThrough = costsThrough
        self.lastReadAt = lastReadAt
        self.isRecordOfBilling = isRecordOfBilling
        self.isRecordOfAttribution = isRecordOfAttribution
        self.isDeleted = isDeleted
    }

    /// Until where the report was read that a basis waits for; `now` where it waits for none, since none
    /// is pulled. Effective figures of what has no bill are those of its usage.
    func readThrough(for basis: Basis, now: Instant) -> Instant? {
        guard !isDeleted else { return now }
        let usage = isRecordOfAttribution ? usageThrough : now
        switch basis {
        case .metered: return usage
        case .billed: return isRecordOfBilling ? costsThrough : now
        case .effective: return isRecordOfBilling ? costsThrough : usage
        }
    }

    /// Whether the bill of a UTC day will not change any more: read through its end, and neither
    /// its end nor its last change less than 3 days ago. Its first read is no change.
    func isBillFinal(utcDay: Int64, lastChangedAt: Instant?, now: Instant) -> Bool {
        let end = UTCDay.start(of: utcDay + 1)
        guard let costsThrough, costsThrough >= end else { return false }
        let changed = max(end, lastChangedAt ?? end)
        return changed <= now.advanced(bySeconds: -Self.settlingSeconds)
    }

    /// Whether a UTC day's figures on a basis will not change any more. Where a bill of the day was read,
    /// it decides; else the day is read as far as it will be, and old enough not to be revised.
    func isFinal(_ basis: Basis, utcDay: Int64, lastChangedAt: Instant?, now: Instant) -> Bool {
        let end = UTCDay.start(of: utcDay + 1)
        if basis != .metered, let costsThrough, costsThrough >= end {
            return isBillFinal(utcDay: utcDay, lastChangedAt: lastChangedAt, now: now)
        }
        guard let through = readThrough(for: basis, now: now), through >= end else { return false }
        return end <= now.advanced(bySeconds: -Self.settlingSeconds)
    }
}
