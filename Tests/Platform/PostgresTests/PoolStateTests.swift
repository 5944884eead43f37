import TestSupport
import Testing

@testable import Postgres

@Suite struct PoolStateTests {
    private static let first = PostgresUUID(high: 1, low: 1)
    private static let second = PostgresUUID(high: 2, low: 2)

    private func pool(connections: Int, perOrganization: Int, waiters: Int) -> PoolState<String> {
        PoolState(
            limits: .init(
                connections: connections, perOrganization: perOrganization,
                shortPerOrganization: perOrganization, waiters: waiters,
                waitersPerOrganization: max(1, waiters / 2)))
    }

    /// Of its three connections an organization may have one with a transaction that has only begun.
    @Test func longTransactionsLeaveRoomForShortOnes() {
        var pool = PoolState<String>(
            limits: .init(
                connections: 8, perOrganization: 3, shortPerOrganization: 1, waiters: 10,
                waitersPerOrganization: 5))
        let start = ContinuousClock.now
        let at = { (milliseconds: Int) in start.advanced(by: .milliseconds(milliseconds)) }
        var step = pool.requested(organization: Self.first, at: at(0))
        #expect(step == .granted)
        #expect(pool.nextAging == nil)
        step = pool.requested(organization: Self.first, at: at(99))
        #expect(step == .waiting(1))
        // Others have a share of their own, and what is of nobody has none.
        step = pool.requested(organization: Self.second, at: at(99))
        #expect(step == .granted)
        for _ in 0..<2 {
            step = pool.requested(organization: nil, at: at(99))
            #expect(step == .granted)
        }
        #expect(pool.nextAging == at(100))
        var granted = pool.timePassed(at(99))
        #expect(granted == [])
        granted = pool.timePassed(at(100))
        #expect(granted == [1])
        #expect(pool.nextAging == nil)
        // The second is young itself now, and the first goes on without being counted.
        step = pool.requested(organization: Self.first, at: at(150))
        #expect(step == .waiting(2))
        #expect(pool.nextAging == at(200))
        granted = pool.returned("a", organization: Self.first, since: at(0), at: at(160)).granted
        #expect(granted == [])
        granted = pool.returned("b", organization: Self.first, since: at(100), at: at(170)).granted
        #expect(granted == [2])
        // Whoever comes finds by itself that the others are old.
        for milliseconds in [270, 370] {
            step = pool.requested(organization: Self.first, at: at(milliseconds))
            #expect(step == .granted)
        }
        // No more than its share, however old.
        step = pool.requested(organization: Self.first, at: at(1_000))
        #expect(step == .waiting(3))
        #expect(pool.nextAging == nil)
        granted = pool.timePassed(at(2_000))
        #expect(granted == [])
    }

    /// Who goes on wanting more than twice its share while others call rests, here for as long as its transactions take.
    @Test func whoFloodsRestsWhileOthersCall() {
        var pool = PoolState<String>(
            limits: .init(
                connections: 8, perOrganization: 3, shortPerOrganization: 1,
                restPercent: 100, restMax: .milliseconds(5), restCredit: .zero, waiters: 30,
                waitersPerOrganization: 15))
        let start = ContinuousClock.now
        let at = { (milliseconds: Int) in start.advanced(by: .milliseconds(milliseconds)) }
        func request(_ organization: PostgresUUID, _ milliseconds: Int) -> Decision {
            pool.requested(organization: organization, at: at(milliseconds))
        }
        func giveBack(_ organization: PostgresUUID, _ since: Int, _ milliseconds: Int) -> Returned {
            let step = pool.returned(
                "a", organization: organization, since: at(since), at: at(milliseconds))
            return Returned(granted: step.granted, restsUntil: step.restsUntil)
        }
        func rested(_ milliseconds: Int) -> [UInt64] {
            pool.rested(Self.first, at: at(milliseconds))
        }

        // Alone, it has what there is.
        #expect(request(Self.first, 0) == .granted)
        for ticket in 1...8 { #expect(request(Self.first, 1) == .waiting(UInt64(ticket))) }
        #expect(giveBack(Self.first, 0, 2) == Returned(granted: [1]))
        // Another one calls: what lasted 5 ms is followed by as much.
        #expect(request(Self.second, 3) == .granted)
        #expect(giveBack(Self.second, 3, 4) == Returned())
        #expect(giveBack(Self.first, 2, 5) == Returned(restsUntil: at(10)))
        #expect(request(Self.second, 7) == .granted)
        #expect(giveBack(Self.second, 7, 7) == Returned())
        #expect(rested(9) == [])
        #expect(rested(10) == [2])
        // Never for longer than it may.
        #expect(giveBack(Self.first, 10, 58) == Returned(restsUntil: at(63)))
        #expect(rested(62) == [])
        #expect(rested(63) == [3])
        // As many wait as may run at once, and no more.
        for ticket in UInt64(5)...8 {
            let gaveUp = pool.gaveUp(ticket)
            #expect(gaveUp)
        }
        #expect(giveBack(Self.first, 63, 64) == Returned(granted: [4]))
        // What has lasted was no flood of short ones: the next has begun since.
        for ticket in UInt64(9)...12 { #expect(request(Self.first, 70) == .waiting(ticket)) }
        var granted = pool.timePassed(at(164))
        #expect(granted == [9])
        #expect(giveBack(Self.first, 64, 170) == Returned())
        #expect(giveBack(Self.first, 164, 170) == Returned(restsUntil: at(175)))
        #expect(rested(175) == [10])
        // Nobody else has called for a second.
        for ticket in UInt64(13)...14 { #expect(request(Self.first, 180) == .waiting(ticket)) }
        granted = pool.timePassed(at(1_009))
        #expect(granted == [11])
        #expect(giveBack(Self.first, 175, 1_010) == Returned())
        #expect(giveBack(Self.first, 1_009, 1_011) == Returned(granted: [12]))
    }

    /// Ten at once, as of a page of figures, do not.
    @Test func aFewAtOnceDoNotRest() {
        var pool = PoolState<String>(
            limits: .init(
                connections: 8, perOrganization: 3, shortPerOrganization: 1, restPercent: 100,
                restCredit: .milliseconds(10), waiters: 100, waitersPerOrganization: 50))
        let start = ContinuousClock.now
        let at = { (milliseconds: Int) in start.advanced(by: .milliseconds(milliseconds)) }
        _ = pool.requested(organization: Self.second, at: at(0))
        for _ in 0..<20 { _ = pool.requested(organization: Self.first, at: at(0)) }
        for number in 1...10 {
            let step = pool.returned(
                "a", organization: Self.first, since: at(number - 1), at: at(number))
            #expect(step.granted.count == 1 && step.restsUntil == nil)
        }
        let step = pool.returned("a", organization: Self.first, since: at(10), at: at(11))
        #expect(step.granted == [] && step.restsUntil == at(12))
    }

    /// Who stops for a moment before each call has used as much; who called long ago is not remembered.
    @Test func whatAnOrganizationUsedIsRememberedForAWhile() {
        var pool = PoolState<String>(
            limits: .init(
                connections: 8, perOrganization: 3, shortPerOrganization: 1, restPercent: 100,
                waiters: 100, waitersPerOrganization: 50))
        var now = ContinuousClock.now
        func call(_ organization: PostgresUUID, _ milliseconds: Int) {
            let since = now
            _ = pool.requested(organization: organization, at: since)
            now += .milliseconds(milliseconds)
            _ = pool.returned("a", organization: organization, since: since, at: now)
        }
        for number in 0..<1_000 {
            call(PostgresUUID(high: 9, low: UInt64(number)), 90)
            #expect(pool.partyCount <= 64)
        }
        // Each leaves 90 ms less of what it has from the second before.
        for number in 0..<12 {
            call(Self.first, 90)
            // So many others that it is looked whom to forget.
            for low in UInt64(0)..<70 { call(PostgresUUID(high: 10 + UInt64(number), low: low), 0) }
        }
        call(Self.second, 1)
        let since = now
        for _ in 0..<3 { _ = pool.requested(organization: Self.first, at: since) }
        let step = pool.returned(
            "a", organization: Self.first, since: since, at: since + .milliseconds(50))
        #expect(step.granted == [] && step.restsUntil != nil)
    }

    private typealias Decision = PoolState<String>.Decision

    private struct Returned: Equatable {
        var granted: [UInt64] = []
        var restsUntil: ContinuousClock.Instant?
    }

    @Test func waitersAreServedInOrderOfArrival() {
        var pool = pool(connections: 1, perOrganization: 1, waiters: 10)
        let step1 = pool.requested(organization: nil)
        #expect(step1 == .granted)
        let step2 = pool.requested(organization: nil)
        #expect(step2 == .waiting(1))
        let step3 = pool.requested(organization: nil)
        #expect(step3 == .waiting(2))
        let step4 = pool.returned("a", organization: nil).granted
        #expect(step4 == [1])
        let step5 = pool.idleConnectionWanted()
        #expect(step5 == "a")
        let step6 = pool.returned("a", organization: nil).granted
        #expect(step6 == [2])
    }

    @Test func oneOrganizationNeverTakesAllConnections() {
        var pool = pool(connections: 3, perOrganization: 2, waiters: 10)
        let step7 = pool.requested(organization: Self.first)
        #expect(step7 == .granted)
        let step8 = pool.requested(organization: Self.first)
        #expect(step8 == .granted)
        let step9 = pool.requested(organization: Self.first)
        #expect(step9 == .waiting(1))
        let step10 = pool.requested(organization: Self.second)
        #expect(step10 == .granted)
        // The second's connection comes back: the first waits for one of its own.
        let step11 = pool.returned("a", organization: Self.second).granted
        #expect(step11 == [])
        let step12 = pool.returned("b", organization: Self.first).granted
        #expect(step12 == [1])
    }

    @Test func oneMoreWaiterThanAllowedIsRefused() {
        var pool = pool(connections: 1, perOrganization: 1, waiters: 1)
        let step13 = pool.requested(organization: nil)
        #expect(step13 == .granted)
        let step14 = pool.requested(organization: nil)
        #expect(step14 == .waiting(1))
        let step15 = pool.requested(organization: nil)
        #expect(step15 == .refusedAsFull)
    }

    /// One with many waiters is no more in the way of another than one with few.
    @Test func organizationsTakeTurns() {
        var pool = pool(connections: 2, perOrganization: 2, waiters: 100)
        for _ in 0..<2 { _ = pool.requested(organization: Self.first) }
        for ticket in 1...50 {
            let step = pool.requested(organization: Self.first)
            #expect(step == .waiting(UInt64(ticket)))
        }
        for _ in 0..<2 { _ = pool.requested(organization: Self.second) }
        var granted: [UInt64] = []
        for organization in [Self.first, Self.first, Self.second, Self.first] {
            granted += pool.returned("a", organization: organization).granted
        }
        // In turn, and each in order of arrival.
        #expect(granted == [51, 1, 52, 2])
    }

    /// Who calls is found out in transactions of no organization; all of them wait for it.
    @Test func whatIsOfNoOrganizationHasEverySecondTurn() {
        var pool = pool(connections: 1, perOrganization: 1, waiters: 1000)
        _ = pool.requested(organization: nil)
        for number in 1...50 {
            _ = pool.requested(organization: PostgresUUID(high: 9, low: UInt64(number)))
        }
        for _ in 0..<3 { _ = pool.requested(organization: nil) }
        var granted: [UInt64] = []
        var holder: PostgresUUID?
        for _ in 0..<6 {
            let tickets = pool.returned("a", organization: holder).granted
            granted += tickets
            holder = tickets.first.flatMap {
                $0 <= 50 ? PostgresUUID(high: 9, low: $0) : nil
            }
        }
        #expect(granted == [51, 1, 52, 2, 53, 3])
    }

    @Test func oneOrganizationNeverTakesAllPlacesToWait() {
        var pool = pool(connections: 1, perOrganization: 1, waiters: 4)
        _ = pool.requested(organization: nil)
        for _ in 0..<2 { _ = pool.requested(organization: Self.first) }
        let refused = pool.requested(organization: Self.first)
        #expect(refused == .refusedAsFull)
        let waiting = pool.requested(organization: Self.second)
        #expect(waiting == .waiting(3))
        // With all places taken, whoever has none yet gets one.
        _ = pool.requested(organization: Self.second)
        let third = PostgresUUID(high: 3, low: 3)
        let one = pool.requested(organization: third)
        #expect(one == .waiting(5))
        let another = pool.requested(organization: third)
        #expect(another == .refusedAsFull)
    }

    /// Against a plain list of who holds and who waits, over random steps.
    @Test(arguments: UInt64(0)..<40)
    func sharesHoldAndNobodyWaitsInVain(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let organizations: [PostgresUUID?] = [nil, Self.first, Self.second]
        let limits = PoolState<String>.Limits(
            connections: 5, perOrganization: 2,
            shortPerOrganization: seed.isMultiple(of: 2) ? 1 : 2,
            shortFor: .seconds(10), restPercent: seed.isMultiple(of: 3) ? 100 : 0,
            restMax: .seconds(3), restCredit: .zero, waiters: 30,
            waitersPerOrganization: 12)
        var pool = PoolState<String>(limits: limits)
        var now = ContinuousClock.now
        var holders: [(organization: PostgresUUID?, since: ContinuousClock.Instant)] = []
        var waiting: [(ticket: UInt64, organization: PostgresUUID?)] = []
        func grant(_ tickets: [UInt64]) {
            for ticket in tickets {
                guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else {
                    Issue.record("\(ticket) does not wait")
                    continue
                }
                let organization = waiting[index].organization
                // The first of its organization.
                #expect(
                    waiting.firstIndex { $0.organization == organization } == index)
                holders.append((organization, now))
                waiting.remove(at: index)
            }
        }
        /// When the pool is told that time has passed: once it has asked for that, and then as often as it asks.
        var look: ContinuousClock.Instant?
        /// Organizations that rest, of which it is told then.
        var rests: [(organization: PostgresUUID?, end: ContinuousClock.Instant)] = []
        var restCount = 0
        for _ in 0..<600 {
            let organization = organizations.randomElement(using: &random) ?? nil
            // Mostly so soon that others called a moment ago; now and then so long that what is young becomes old.
            let isLong = Int.random(in: 0..<8, using: &random) == 0
            now += .milliseconds(Int.random(in: 0...4, using: &random) * (isLong ? 4_000 : 100))
            for rest in rests where rest.end <= now {
                grant(pool.rested(rest.organization, at: now))
            }
            rests.removeAll { $0.end <= now }
            if let time = look, time <= now {
                grant(pool.timePassed(now))
                look = pool.nextAging
            }
            switch Int.random(in: 0..<5, using: &random) {
            case 0...2:
                switch pool.requested(organization: organization, at: now) {
                case .granted: holders.append((organization, now))
                case .waiting(let ticket): waiting.append((ticket, organization))
                case .refusedAsFull:
                    let theirs = waiting.count { $0.organization == organization }
                    #expect(
                        theirs > 0 && waiting.count >= 30 || (organization != nil && theirs == 12))
                case .refusedAsClosed: Issue.record("not closed")
                }
            case 3 where !holders.isEmpty:
                let index = Int.random(in: holders.indices, using: &random)
                let holder = holders.remove(at: index)
                let step = pool.returned(
                    "c", organization: holder.organization, since: holder.since, at: now)
                grant(step.granted)
                if let end = step.restsUntil {
                    rests.append((holder.organization, end))
                    restCount += 1
                }
            default:
                guard let index = waiting.indices.randomElement(using: &random) else { continue }
                let gaveUp = pool.gaveUp(waiting.remove(at: index).ticket)
                #expect(gaveUp)
            }
            look = look ?? pool.nextAging
            #expect(pool.permitsInUse == holders.count && holders.count <= 5)
            #expect(pool.waiterCount == waiting.count)
            let mine = { (organization: PostgresUUID?) in
                let all = holders.filter { $0.organization == organization }
                return (all: all, young: all.filter { now < $0.since + limits.shortFor })
            }
            for organization in organizations.compactMap({ $0 }) {
                #expect(mine(organization).all.count <= 2)
                let restingCount = rests.count { $0.organization == organization }
                #expect(
                    mine(organization).young.count + restingCount <= limits.shortPerOrganization)
            }
            // Whoever waits could not be served, or is looked at again by the time that its permits take to be old.
            for waiter in waiting where holders.count < 5 {
                #expect(waiter.organization != nil)
                guard mine(waiter.organization).all.count < 2 else { continue }
                let times =
                    rests.filter { $0.organization == waiter.organization }.map(\.end)
                    + [look].compactMap(\.self)
                #expect(try #require(times.min()) <= now + limits.shortFor)
            }
        }
        // Those that may have one at a time, and are to rest, do.
        if seed.isMultiple(of: 6) { #expect(restCount > 0) }
        #expect(restCount == 0 || limits.restPercent > 0)
    }

    @Test func whoGaveUpIsPassedOver() {
        var pool = pool(connections: 1, perOrganization: 1, waiters: 10)
        _ = pool.requested(organization: nil)
        _ = pool.requested(organization: nil)
        _ = pool.requested(organization: nil)
        let step16 = pool.gaveUp(1)
        #expect(step16)
        let step17 = pool.gaveUp(1)
        #expect(!step17)
        let step18 = pool.returned(nil, organization: nil).granted
        #expect(step18 == [2])
        let step19 = pool.gaveUp(2)
        #expect(!step19)
    }

    @Test func closedPoolRefusesAndHandsOutWhatIsLeft() {
        var pool = pool(connections: 2, perOrganization: 2, waiters: 10)
        _ = pool.requested(organization: nil)
        _ = pool.requested(organization: nil)
        let step20 = pool.requested(organization: nil)
        #expect(step20 == .waiting(1))
        _ = pool.returned("a", organization: nil)
        _ = pool.requested(organization: nil)
        let closed = pool.closed()
        #expect(closed.toClose == ["a"])
        #expect(closed.refused == [2])
        let step21 = pool.requested(organization: nil)
        #expect(step21 == .refusedAsClosed)
        let step22 = pool.returned("b", organization: nil).toClose
        #expect(step22 == "b")
    }
}

/// Steps at one instant.
extension PoolState {
    fileprivate mutating func requested(organization: PostgresUUID?) -> Decision {
        requested(organization: organization, at: oneInstant)
    }

    fileprivate mutating func returned(
        _ connection: Connection?, organization: PostgresUUID?
    ) -> (granted: [Ticket], toClose: Connection?, restsUntil: Instant?) {
        returned(connection, organization: organization, since: oneInstant, at: oneInstant)
    }
}

private let oneInstant = ContinuousClock.now
