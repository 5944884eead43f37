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
    /// When all of the usage was last read to its end; nil where it never was.
    package let usageReadAt: Instant?
    /// The same of the costs.
    package let costsReadAt: Instant?
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
        usageReadAt: Instant?, costsReadAt: Instant?, lastReadAt: Instant?,
        isRecordOfBilling: Bool = true, isRecordOfAttribution: Bool = true,
        isDeleted: Bool = false
    ) {
        self.id = id
        self.displayName = displayName
        self.usageThrough = usageThrough
        self.costsThrough = costsThrough
        self.usageReadAt = usageReadAt
        self.costsReadAt = costsReadAt
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

    /// What was so before this instant, when the report that a basis waits for was last read, will not change
    /// any more: providers restate for so long. What is not read again is not known to have settled. Nil
    /// where nothing was read to its end.
    func settledBefore(_ basis: Basis, now: Instant) -> Instant? {
        let usage = isRecordOfAttribution ? usageReadAt : now
        let readAt: Instant? =
            switch basis {
            case _ where isDeleted: now
            case .metered: usage
            case .billed: isRecordOfBilling ? costsReadAt : now
            case .effective: isRecordOfBilling ? costsReadAt : usage
            }
        return readAt.map { min($0, now).advanced(bySeconds: -Self.settlingSeconds) }
    }

    /// Whether the bill of a UTC day will not change any more: read through its end, and last read when
    /// neither its end nor its last change was less than 3 days ago. Its first read is no change.
    func isBillFinal(utcDay: Int64, lastChangedAt: Instant?, now: Instant) -> Bool {
        let end = UTCDay.start(of: utcDay + 1)
        guard let costsThrough, costsThrough >= end, let settled = settledBefore(.billed, now: now)
        else { return false }
        return max(end, lastChangedAt ?? end) <= settled
    }

    /// Whether a UTC day's figures on a basis will not change any more. Where a bill of the day was read,
    /// it decides; else the day is read as far as it will be, and old enough not to be revised.
    func isFinal(_ basis: Basis, utcDay: Int64, lastChangedAt: Instant?, now: Instant) -> Bool {
        let end = UTCDay.start(of: utcDay + 1)
        if basis != .metered, let costsThrough, costsThrough >= end {
            return isBillFinal(utcDay: utcDay, lastChangedAt: lastChangedAt, now: now)
        }
        guard let through = readThrough(for: basis, now: now), through >= end,
            let settled = settledBefore(basis, now: now)
        else { return false }
        return end <= settled
    }
}
