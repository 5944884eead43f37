import Core
import Postgres

/// What an organization has brought on a day of UTC, and those of its tokens that have a quota. Pure: who
/// reads and writes it holds the organization's clock.
struct EventQuotas: Sendable {
    let now: Instant
    private(set) var organization: EventCount
    let organizationMax: Int64
    /// Of tokens, the one that their events count for.
    private let countedAs: [String: String]
    private var counts: [String: EventCount]
    private(set) var changed: Set<String> = []

    init(
        now: Instant, organization: EventCount, organizationMax: Int64,
        tokens: [SelectTokenEventCounts.Row] = []
    ) {
        self.now = now
        self.organization = organization
        self.organizationMax = organizationMax
        countedAs = Dictionary(tokens.map { ($0.tokenID, $0.countedAs) }) { first, _ in first }
        counts = Dictionary(tokens.map { ($0.countedAs, $0.events) }) { first, _ in first }
    }

    /// What is to be stored, in the order of the tokens.
    var changes: [(tokenID: String, events: EventCount)] {
        changed.sorted().compactMap { id in counts[id].map { (id, $0) } }
    }

    /// Counts new events of one call, or changes nothing.
    /// - Throws: `EVENTS_PER_DAY_EXCEEDED`, `TOKEN_EVENTS_PER_DAY_EXCEEDED`, `TOKEN_NOT_FOUND`.
    mutating func add(_ added: Int, by quota: TokenEventQuota?) throws(ServiceError) {
        let organization = try organization.adding(added, at: now, limit: organizationMax)
        if let quota {
            guard let id = countedAs[quota.tokenID], let before = counts[id] else {
                throw ServiceError(
                    .notFound, "TOKEN_NOT_FOUND", "There is no such token any more.")
            }
            let after = try before.adding(
                added, at: now, limit: quota.eventsPerDayMax,
                of: id == quota.tokenID ? .token : .sharingToken)
            if after != before {
                counts[id] = after
                changed.insert(id)
            }
        }
        self.organization = organization
    }

    /// How many more the organization may bring, whatever its tokens may.
    var organizationLeft: Int64 { organization.left(at: now, of: organizationMax) }

    /// Of so many new events of a call, how many suffice for all to be refused, and in the words in which they
    /// would be; nil where there is room for them.
    func sufficientCount(of added: Int, by quota: TokenEventQuota?) -> Int? {
        var counted = self
        guard (try? counted.add(added, by: quota)) == nil else { return nil }
        // What is left, and what is too much for any day: one more is answered otherwise. The organization's plan
        // answers first; where that has room, the token's quota does.
        var steps = [organizationMax, organizationLeft]
        if organizationLeft >= Int64(added), let quota,
            let events = countedAs[quota.tokenID].flatMap({ counts[$0] })
        {
            let limit = quota.eventsPerDayMax
            steps = [limit, events.left(at: now, of: limit)]
        }
        return Int((steps.filter { $0 < Int64(added) }.max() ?? 0) + 1)
    }

    /// Whether all of them have room even if every event is new.
    func haveRoom(for shares: [EventShare]) -> Bool {
        var counted = self
        do {
            for share in shares { try counted.add(share.events.count, by: share.quota) }
            return true
        } catch {
            return false
        }
    }

    /// Those that have none, by their place, where the calls come one after another.
    /// - Parameter known: what was recorded before.
    func refusals(
        of shares: [EventShare], known: Set<PostgresUUID>
    ) -> [Int: ServiceError] {
        var counted = self
        var known = known
        var refusals: [Int: ServiceError] = [:]
        for (index, share) in shares.enumerated() {
            let new = Set(share.events.lazy.map(\.key.identity)).subtracting(known)
            do throws(ServiceError) {
                try counted.add(new.count, by: share.quota)
                known.formUnion(new)
            } catch {
                refusals[index] = error
            }
        }
        return refusals
    }
}
