internal import DequeModule

/// Decides who gets a connection: first come, first served, but no organization more than its share.
///
/// It holds permits and idle connections, does no I/O and knows no clock. Whoever has a permit takes
/// an idle connection or opens one, and gives both back together.
struct PoolState<Connection> {
    struct Limits {
        var connections: Int
        var perOrganization: Int
        var waiters: Int
    }

    enum Decision: Equatable {
        case granted
        case waiting(Ticket)
        case refusedAsFull
        case refusedAsClosed
    }

    typealias Ticket = UInt64

    private struct Waiter {
        let ticket: Ticket
        let organization: PostgresUUID?
    }

    private let limits: Limits
    private var idle: [Connection] = []
    private var waiters = Deque<Waiter>()
    private var permitsGiven = 0
    private var permitsByOrganization: [PostgresUUID: Int] = [:]
    private var lastTicket: Ticket = 0
    private(set) var isClosed = false

    init(limits: Limits) {
        self.limits = limits
    }

    var permitsInUse: Int { permitsGiven }
    var waiterCount: Int { waiters.count }

    /// Someone wants a permit.
    mutating func requested(organization: PostgresUUID?) -> Decision {
        if isClosed { return .refusedAsClosed }
        if mayTake(organization) {
            take(organization)
            return .granted
        }
        guard waiters.count < limits.waiters else { return .refusedAsFull }
        lastTicket += 1
        waiters.append(Waiter(ticket: lastTicket, organization: organization))
        return .waiting(lastTicket)
    }

    /// A holder of a permit looks for a connection that is already open; the last one used first.
    mutating func idleConnectionWanted() -> Connection? {
        idle.popLast()
    }

    /// The idle connections proved dead: hands them all out to be closed.
    mutating func idleConnectionsLost() -> [Connection] {
        defer { idle = [] }
        return idle
    }

    /// A permit came back, with its connection where that can be used again.
    /// - Returns: the waiters that now have a permit, and a connection to close where the pool is.
    mutating func returned(
        _ connection: Connection?, organization: PostgresUUID?
    ) -> (granted: [Ticket], toClose: Connection?) {
        permitsGiven -= 1
        if let organization {
            let count = permitsByOrganization[organization, default: 1] - 1
            permitsByOrganization[organization] = count > 0 ? count : nil
        }
        if isClosed { return ([], connection) }
        if let connection { idle.append(connection) }
        return (grantWaiters(), nil)
    }

    /// A waiter gave up. False where it has its permit already.
    mutating func gaveUp(_ ticket: Ticket) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// No permit is given any more.
    mutating func closed() -> (refused: [Ticket], toClose: [Connection]) {
        isClosed = true
        defer {
            waiters = []
            idle = []
        }
        return (waiters.map(\.ticket), idle)
    }

    private func mayTake(_ organization: PostgresUUID?) -> Bool {
        guard permitsGiven < limits.connections else { return false }
        guard let organization else { return true }
        return permitsByOrganization[organization, default: 0] < limits.perOrganization
    }

    private mutating func take(_ organization: PostgresUUID?) {
        permitsGiven += 1
        if let organization { permitsByOrganization[organization, default: 0] += 1 }
    }

    private mutating func grantWaiters() -> [Ticket] {
        var granted: [Ticket] = []
        while let index = waiters.firstIndex(where: { mayTake($0.organization) }) {
            let waiter = waiters.remove(at: index)
            take(waiter.organization)
            granted.append(waiter.ticket)
        }
        return granted
    }
}
