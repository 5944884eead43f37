internal import DequeModule

/// Decides who gets a connection: organizations take turns, each first come, first served, and none
/// holds more than its share. What is of no organization, such as finding out who calls, has every
/// second turn: all of them wait for it.
///
/// Of its share, an organization may use a part for transactions that have only begun. Those keep the database's
/// processors busy, so that who sends many of them slows others down; one that goes on for longer mostly waits, as
/// an export for its reader does, and should not hold up the short ones behind it.
///
/// It holds permits and idle connections, does no I/O and has no clock: it is told what time it is. Whoever has a permit takes
/// an idle connection or opens one, and gives both back together. Every step costs the same however
/// many wait, but for a look at those that wait for transactions to become long.
struct PoolState<Connection> {
    struct Limits {
        var connections: Int
        var perOrganization: Int
        /// Of these, of transactions that have not lasted for `shortFor`.
        var shortPerOrganization: Int
        var shortFor: Duration = .milliseconds(100)
        /// Rest after short ones, where others call, in hundredths of the time that they took; 0: none.
        var restPercent = 0
        /// Longest such rest.
        var restMax: Duration = .milliseconds(20)
        /// Of their time and rests, how much an organization may be behind that has not called for a while.
        var restCredit: Duration = .seconds(1)
        var waiters: Int
        var waitersPerOrganization: Int
    }

    enum Decision: Equatable {
        case granted
        case waiting(Ticket)
        case refusedAsFull
        case refusedAsClosed
    }

    typealias Ticket = UInt64
    typealias Instant = ContinuousClock.Instant

    /// What one organization has and waits for.
    private struct Party {
        var permits = 0
        /// Since when it has those that are not old yet, the eldest first.
        var young = Deque<Instant>()
        /// Until when short permits that it gave back rest: as good as young.
        var resting: [Instant] = []
        /// Until when the time of its short ones lasts, with their rests; nil before the first.
        var paidUntil: Instant?
        /// In order of arrival; some may have given up since.
        var tickets = Deque<Ticket>()
        /// Of `tickets`, those that still wait.
        var waiterCount = 0
        /// Whether it stands in `turns`.
        var hasTurn = false

        var isIdle: Bool { permits == 0 && waiterCount == 0 && !hasTurn }
    }

    private let limits: Limits
    private var idle: [Connection] = []
    /// Those that hold or wait for something, or did a moment ago; what is of no organization is one party, without a share.
    private var parties: [PostgresUUID?: Party] = [:]
    /// Of so many, those whose moment is over are forgotten.
    private var partiesMax = 64
    /// Of these, organizations that wait only since they have as many young permits as they may.
    private var waitingForAge: Set<PostgresUUID> = []
    /// Organizations with waiters that may take a connection, in the order in which they do.
    private var turns = Deque<PostgresUUID>()
    /// Which organization had a permit last, and when one had that was not the same.
    private var latest: (organization: PostgresUUID, at: Instant, othersAt: Instant?)?
    /// Whether what is of no organization is next, where it waits.
    private var isPlatformNext = true
    /// Who waits, by ticket.
    private var waiters: [Ticket: PostgresUUID?] = [:]
    private var permitsGiven = 0
    private var lastTicket: Ticket = 0
    private(set) var isClosed = false

    init(limits: Limits) {
        self.limits = limits
    }

    var permitsInUse: Int { permitsGiven }
    var partyCount: Int { parties.count }
    var waiterCount: Int { waiters.count }
    func isWaiting(_ ticket: Ticket) -> Bool { waiters[ticket] != nil }

    /// Someone wants a permit, which is given from `now` on where it is granted.
    mutating func requested(organization: PostgresUUID?, at now: Instant) -> Decision {
        if isClosed { return .refusedAsClosed }
        var party = parties[organization] ?? Party()
        age(&party, now)
        // Nobody overtakes those of the same organization who wait.
        if permitsGiven < limits.connections, party.waiterCount == 0, mayTake(organization, party) {
            give(organization, &party, now)
            keep(party, of: organization)
            return .granted
        }
        // The first of each always waits: a few with many waiters are not in the way of all others.
        guard
            party.waiterCount == 0
                || waiters.count < limits.waiters
                    && (organization == nil || party.waiterCount < limits.waitersPerOrganization)
        else { return .refusedAsFull }
        lastTicket += 1
        waiters[lastTicket] = .some(organization)
        party.tickets.append(lastTicket)
        party.waiterCount += 1
        giveTurn(organization, &party)
        keep(party, of: organization)
        return .waiting(lastTicket)
    }

    /// A holder of a permit looks for a connection that is already open; the last one used first.
    mutating func idleConnectionWanted() -> Connection? {
        idle.popLast()
    }

    /// A connection proved lost, and the idle ones are likely to be: hands them all out to be closed.
    mutating func idleConnectionsLost() -> [Connection] {
        defer { idle = [] }
        return idle
    }

    /// A permit came back, with its connection where that can be used again.
    /// - Parameter since: When it was given.
    /// - Returns: the waiters that have a permit from `now` on; a connection to close where the pool is; and where the
    ///   organization rests, until when: `rested` must be called then, or later.
    mutating func returned(
        _ connection: Connection?, organization: PostgresUUID?, since: Instant, at now: Instant
    ) -> (granted: [Ticket], toClose: Connection?, restsUntil: Instant?) {
        permitsGiven -= 1
        var party = parties[organization] ?? Party()
        party.permits -= 1
        age(&party, now)
        var rest: Instant?
        // Those of the same instant are alike.
        if let index = party.young.firstIndex(of: since) {
            party.young.remove(at: index)
            rest = self.rest(of: organization, &party, since: since, at: now)
        }
        if isClosed { return ([], connection, nil) }
        giveTurn(organization, &party)
        keep(party, of: organization)
        if let connection { idle.append(connection) }
        return (grantWaiters(now), nil, rest)
    }

    /// Who goes on wanting more than twice its share, while others call, leaves them a multiple of the time that it takes.
    /// A few calls at once, as of a page with many figures, are no such thing, nor is one that reads while it writes.
    private func rest(
        of organization: PostgresUUID?, _ party: inout Party, since: Instant, at now: Instant
    ) -> Instant? {
        guard limits.restPercent > 0, let organization else { return nil }
        // Of all that it may have at once.
        let took = since.duration(to: now) / limits.shortPerOrganization
        let before = since.advanced(by: .zero - limits.restCredit)
        let paid = max(party.paidUntil ?? before, before)
            .advanced(by: took * (100 + limits.restPercent) / 100)
        let end = min(paid, now.advanced(by: limits.restMax))
        party.paidUntil = end
        guard end > now, party.waiterCount > limits.shortPerOrganization, let latest,
            let others = latest.organization == organization ? latest.othersAt : latest.at,
            others.advanced(by: Self.isActiveFor) > now
        else { return nil }
        party.resting.append(end)
        return end
    }

    /// How long an organization that had a transaction counts as one that calls.
    private static var isActiveFor: Duration { .seconds(1) }

    /// An organization has rested.
    /// - Returns: the waiters that have a permit from `now` on.
    mutating func rested(_ organization: PostgresUUID?, at now: Instant) -> [Ticket] {
        guard var party = parties[organization] else { return [] }
        age(&party, now)
        giveTurn(organization, &party)
        keep(party, of: organization)
        return grantWaiters(now)
    }

    /// Time has passed, by which young permits of organizations that wait have become old.
    /// - Returns: the waiters that have a permit from `now` on.
    mutating func timePassed(_ now: Instant) -> [Ticket] {
        for organization in Array(waitingForAge) {
            guard var party = parties[organization] else { continue }
            age(&party, now)
            giveTurn(organization, &party)
            keep(party, of: organization)
        }
        return grantWaiters(now)
    }

    /// When an organization that waits may take one more since a young permit is old; nil where none waits for that.
    /// After any step that leaves one, `timePassed` must be called, at that time or later.
    var nextAging: Instant? {
        waitingForAge.lazy.compactMap { [parties] in parties[$0]?.young.first }.min()?
            .advanced(by: limits.shortFor)
    }

    /// A waiter gave up. False where it has its permit already.
    mutating func gaveUp(_ ticket: Ticket) -> Bool {
        guard let organization = waiters.removeValue(forKey: ticket),
            var party = parties[organization]
        else { return false }
        party.waiterCount -= 1
        // Those who gave up are dropped when their turn comes; where many do before, at once.
        if party.tickets.count > 2 * party.waiterCount + 16 {
            party.tickets.removeAll { waiters[$0] == nil }
        }
        keep(party, of: organization)
        return true
    }

    /// No permit is given any more.
    mutating func closed() -> (refused: [Ticket], toClose: [Connection]) {
        isClosed = true
        defer {
            waiters = [:]
            waitingForAge = []
            turns = []
            idle = []
        }
        return (waiters.keys.sorted(), idle)
    }

    private func mayTake(_ organization: PostgresUUID?, _ party: Party) -> Bool {
        organization == nil
            || party.permits < limits.perOrganization
                && party.young.count + party.resting.count < limits.shortPerOrganization
    }

    private mutating func give(
        _ organization: PostgresUUID?, _ party: inout Party, _ now: Instant
    ) {
        party.permits += 1
        permitsGiven += 1
        guard let organization else { return }
        forgetIdle(now)
        party.young.append(now)
        if latest?.organization == organization {
            latest?.at = now
        } else {
            latest = (organization, now, latest?.at)
        }
    }

    /// Seldom enough that it costs each step little.
    private mutating func forgetIdle(_ now: Instant) {
        guard parties.count >= partiesMax else { return }
        let past = now.advanced(by: .zero - limits.restCredit)
        parties = parties.filter { !$1.isIdle || $1.paidUntil.map { $0 > past } ?? false }
        partiesMax = max(64, 2 * parties.count)
    }

    private func age(_ party: inout Party, _ now: Instant) {
        while let eldest = party.young.first, eldest.advanced(by: limits.shortFor) <= now {
            party.young.removeFirst()
        }
        party.resting.removeAll { $0 <= now }
    }

    /// Puts an organization at the end of the turns, where it waits and may take a connection.
    private mutating func giveTurn(_ organization: PostgresUUID?, _ party: inout Party) {
        guard let organization, !party.hasTurn, party.waiterCount > 0,
            mayTake(organization, party)
        else { return }
        party.hasTurn = true
        turns.append(organization)
    }

    private mutating func keep(_ party: Party, of organization: PostgresUUID?) {
        parties[organization] = party.isIdle && party.paidUntil == nil ? nil : .some(party)
        guard let organization else { return }
        if party.waiterCount > 0, party.permits < limits.perOrganization,
            party.young.count + party.resting.count >= limits.shortPerOrganization
        {
            waitingForAge.insert(organization)
        } else {
            waitingForAge.remove(organization)
        }
    }

    private mutating func grantWaiters(_ now: Instant) -> [Ticket] {
        var granted: [Ticket] = []
        while permitsGiven < limits.connections {
            let platformWaits = (parties[nil]?.waiterCount ?? 0) > 0
            let organization: PostgresUUID?
            if platformWaits, isPlatformNext || turns.isEmpty {
                organization = nil
            } else if let next = turns.popFirst() {
                organization = next
            } else {
                break
            }
            guard var party = parties[organization] else { continue }
            party.hasTurn = false
            if mayTake(organization, party), let ticket = nextWaiter(&party) {
                waiters[ticket] = nil
                party.waiterCount -= 1
                give(organization, &party, now)
                granted.append(ticket)
                isPlatformNext = organization != nil
                giveTurn(organization, &party)
            }
            keep(party, of: organization)
        }
        return granted
    }

    /// The first of a party's tickets that still waits.
    private func nextWaiter(_ party: inout Party) -> Ticket? {
        while let ticket = party.tickets.popFirst() {
            if waiters[ticket] != nil { return ticket }
        }
        party.waiterCount = 0
        return nil
    }
}
