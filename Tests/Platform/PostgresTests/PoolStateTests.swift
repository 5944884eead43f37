import Testing

@testable import Postgres

@Suite struct PoolStateTests {
    private static let first = PostgresUUID(high: 1, low: 1)
    private static let second = PostgresUUID(high: 2, low: 2)

    private func pool(connections: Int, perOrganization: Int, waiters: Int) -> PoolState<String> {
        PoolState(
            limits: .init(
                connections: connections, perOrganization: perOrganization, waiters: waiters))
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
