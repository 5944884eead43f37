package import Core
package import Domain

/// How far a connection's provider has been read.
package struct ConnectionReading: Hashable, Sendable {
    /// A bill is final when nothing changed for so long after its day.
    static let settlingSeconds: Int64 = 3 * UTCDay.seconds
    /// Bills are read again for so long after their day.
    private static let billRevisedSeconds: Int64 = 35 * UTCDay.seconds

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
    /// Spans that the usage reports were read of, all of them.
    let usageSpans: [Range<Instant>]
    /// Spans that the cost report was read of.
    let costsSpans: [Range<Instant>]
    /// The provider's account, where the provider has named it.
    let account: String?
    /// Names of the account and of the key, as far as there are any: who shares one reads the same account.
    let identities: [String]
    /// Names of accounts, and of keys of accounts that had none, that it had before.
    let formerIdentities: [String]
    /// Since when this has been known; nil where nobody remembered.
    let knownFrom: Instant?

    /// - Parameters:
    ///   - usageSpans: Nil: all before `usageThrough`.
    ///   - costsSpans: Nil: all before `costsThrough`.
    package init(
        id: ConnectionID, displayName: String, usageThrough: Instant?, costsThrough: Instant?,
        usageReadAt: Instant?, costsReadAt: Instant?, lastReadAt: Instant?,
        isRecordOfBilling: Bool = true, isRecordOfAttribution: Bool = true,
        isDeleted: Bool = false, usageSpans: [Range<Instant>]? = nil,
        costsSpans: [Range<Instant>]? = nil, account: String? = nil, identities: [String] = [],
        formerIdentities: [String] = [], knownFrom: Instant? = nil
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
        self.usageSpans = usageSpans ?? Self.spans(before: usageThrough)
        self.costsSpans = costsSpans ?? Self.spans(before: costsThrough)
        self.account = account
        self.identities = identities
        self.formerIdentities = formerIdentities
        self.knownFrom = knownFrom
    }

    private static func spans(before through: Instant?) -> [Range<Instant>] {
        let beginning = Instant(microseconds: .min)
        return through.map { [beginning..<$0] } ?? []
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

    /// Whether the bill of a UTC day will not change any more: read whole, and last read when
    /// neither its end nor its last change was less than 3 days ago. Its first read is no change.
    func isBillFinal(utcDay: Int64, lastChangedAt: Instant?, now: Instant) -> Bool {
        let end = UTCDay.start(of: utcDay + 1)
        guard hasRead(.charge, utcDay: utcDay), let settled = settledBefore(.billed, now: now)
        else { return false }
        return max(end, lastChangedAt ?? end) <= settled
    }

    /// Whether the usage of a UTC day will not change any more: read as far as it will be, and old enough not to
    /// be revised.
    func isUsageFinal(utcDay: Int64, now: Instant) -> Bool {
        let end = UTCDay.start(of: utcDay + 1)
        guard let through = readThrough(for: .metered, now: now), through >= end,
            let settled = settledBefore(.metered, now: now)
        else { return false }
        return end <= settled
    }

    /// Whether nobody revises a UTC day any more.
    static func isOver(utcDay: Int64, now: Instant) -> Bool {
        UTCDay.start(of: utcDay + 1) <= now.advanced(bySeconds: -settlingSeconds)
    }

    /// When a kind was last read to its end, no later than a UTC day is read again; nil where it never was.
    func lastRead(_ kind: RollupRow.Kind, utcDay: Int64) -> Instant? {
        (kind == .charge ? costsReadAt : usageReadAt).map {
            min($0, Self.restatedUntil(kind, utcDay: utcDay))
        }
    }

    /// Until when a UTC day is read again.
    static func restatedUntil(_ kind: RollupRow.Kind, utcDay: Int64) -> Instant {
        UTCDay.start(of: utcDay + 1).advanced(
            bySeconds: kind == .charge ? billRevisedSeconds : settlingSeconds)
    }

    /// Whether rows of a kind are pulled still.
    func pulls(_ kind: RollupRow.Kind) -> Bool {
        !isDeleted && (kind == .charge ? isRecordOfBilling : isRecordOfAttribution)
    }

    /// Whether a whole UTC day was read.
    func hasRead(_ kind: RollupRow.Kind, utcDay: Int64) -> Bool {
        secondsRead(kind, utcDay: utcDay) == UTCDay.seconds
    }

    /// How much of a UTC day was read.
    func secondsRead(_ kind: RollupRow.Kind, utcDay: Int64) -> Int64 {
        let day = UTCDay.start(of: utcDay)..<UTCDay.start(of: utcDay + 1)
        return (kind == .charge ? costsSpans : usageSpans).reduce(0) {
            let part = $1.clamped(to: day)
            return $0 + (part.upperBound.seconds - part.lowerBound.seconds)
        }
    }
}
