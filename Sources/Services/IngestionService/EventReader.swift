import API
import Core
import Domain
import Ledger
import Wire

/// Reads the events of a call, and what others brought before only as far as it differs.
struct EventReader {
    private let organization: OrganizationID
    private let dimensions: KnownDimensions
    private let now: Instant
    private let keptFrom: Instant?
    /// Nil for few events, which gain nothing by it.
    private var recent: RecentDimensions?
    // Keys keep their memory from event to event.
    private var key = KnownDimensions.Key()
    private var scannedKey = KnownDimensions.Key()
    /// Dimensions with connections, which may not be the organization's: nobody else may find them before that
    /// is known, or whoever is refused would fill the memory of all.
    private var unchecked: [KnownDimensions.Key: SharedDimensions] = [:]
    /// Of events that were read.
    private(set) var connections: Set<ConnectionID> = []
    /// Whether one that was read has a user.
    private(set) var hasUsers = false
    /// For what is read as a message.
    private let arena = MessageArena()

    /// From so many events on a call is likely to bring the same dimensions again and again.
    private static let recentCountMin = 256

    /// - Parameters:
    ///   - eventCount: Of the call.
    ///   - keptFrom: From when on the organization's usage is kept; nil: for as long as anybody's.
    init(
        of organization: OrganizationID, eventCount: Int, dimensions: KnownDimensions, now: Instant,
        keptFrom: Instant?
    ) {
        recent = eventCount < Self.recentCountMin ? nil : RecentDimensions()
        self.organization = organization
        self.dimensions = dimensions
        self.now = now
        self.keptFrom = keptFrom
    }

    /// What each of the events at some places says, or why it is refused, without its place; the last one first, so that
    /// each may be taken from the end in its turn: copying them would count their references.
    /// - Throws: `WireError` where the request is none.
    mutating func read(
        _ events: SentEvents, at places: Range<Int>
    ) throws -> [Result<LedgerEvent, ServiceError>] {
        var results: [Result<LedgerEvent, ServiceError>] = []
        results.reserveCapacity(places.count)
        switch events {
        case .messages(let events):
            for event in events[places].reversed() { results.append(result(of: event)) }
        case .serialized(let request, let ranges):
            try request.withUnsafeBytes { bytes in
                for range in ranges[places].reversed() {
                    results.append(
                        try result(of: UnsafeRawBufferPointer(rebasing: bytes[range])))
                }
            }
        }
        return results
    }

    /// Remembers what was read with connections, where they are found good.
    mutating func remember(where isGood: (SharedDimensions) -> Bool) {
        for (key, shared) in unchecked where isGood(shared) {
            dimensions.remember(shared, as: key)
        }
        unchecked = [:]
    }

    /// Of an event that is good. Not by the event itself: to ask one whether it is good copies it.
    private mutating func note(_ shared: SharedDimensions) {
        if let connection = shared.connectionID { connections.insert(connection) }
        if shared.hasUser { hasUsers = true }
    }

    private mutating func result(of wire: API.Event) -> Result<LedgerEvent, ServiceError> {
        Result { () throws(ServiceError) in try read(wire) }
    }

    private mutating func read(_ wire: API.Event) throws(ServiceError) -> LedgerEvent {
        // First, since it may tell dimensions.
        let usage = wire.usageObject.isEmpty ? nil : try EventUsage(wire)
        key.become(wire, of: organization, object: usage?.object)
        let known = find(key)
        let event = try LedgerEvent(
            wire: wire, now: now, keptFrom: keptFrom, known: known, usage: usage)
        if known == nil { remember(event.shared, as: key) }
        note(event.shared)
        return event
    }

    private mutating func find(_ key: KnownDimensions.Key) -> SharedDimensions? {
        guard recent != nil, key.isShort else { return dimensions.find(key) ?? findUnchecked(key) }
        let hash = key.quickHash
        if let found = recent?.find(key, hash: hash) { return found }
        guard let entry = dimensions.entry(of: key) else { return findUnchecked(key) }
        recent?.remember(entry.dimensions, as: entry.key, hash: hash)
        return entry.dimensions
    }

    private func findUnchecked(_ key: KnownDimensions.Key) -> SharedDimensions? {
        unchecked.isEmpty ? nil : unchecked[key]
    }

    private mutating func remember(_ shared: SharedDimensions, as key: KnownDimensions.Key) {
        if shared.connectionID == nil {
            dimensions.remember(shared, as: key)
        } else if key.isShort {
            unchecked[key.compact] = shared
        }
    }

    private mutating func result(
        of bytes: UnsafeRawBufferPointer
    ) throws -> Result<LedgerEvent, ServiceError> {
        let scanned = scannedKey.become(ofEvent: bytes, of: organization)
        if let scanned, let known = find(scannedKey),
            // What is wrong with it is told in its place.
            let usage = try? EventUsage(scanned.quantities, state: scanned.usageState)
        {
            return Result { () throws(ServiceError) in
                let event = try LedgerEvent(
                    scanned: scanned, now: now, keptFrom: keptFrom, known: known, usage: usage)
                note(known)
                return event
            }
        }
        defer { arena.reset() }
        let wire = try API.Event(serialized: bytes, in: arena)
        guard scanned != nil else { return result(of: wire) }
        // Not by its message's key: events that are scanned come again as such, and one key suffices.
        return Result { () throws(ServiceError) in
            let event = try LedgerEvent(
                wire: wire, now: now, keptFrom: keptFrom, known: nil, usage: nil)
            remember(event.shared, as: scannedKey)
            note(event.shared)
            return event
        }
    }
}
