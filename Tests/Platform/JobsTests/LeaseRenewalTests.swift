import Core
import Domain
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Renewals that hang.
@Suite struct LeaseRenewalTests {
    /// Nothing ends it, as a connection to a host that is gone.
    @Test func nobodyWaitsForARequestThatHangs() async throws {
        let hanging = Mutex<CheckedContinuation<Void, Never>?>(nil)
        let renewals = LeaseRenewals(patience: .milliseconds(20)) { _ in
            await withCheckedContinuation { continuation in
                hanging.withLock { $0 = continuation }
            }
            return []
        }
        try await withThrowingTaskGroup { group in
            group.addTask { await renewals.run() }
            await #expect(throws: ServiceError(.deadlineExceeded, "LEASE_RENEWAL_TIMED_OUT", "")) {
                try await renewals.renew([])
            }
            try await until { hanging.withLock { $0 != nil } }
            hanging.withLock { $0 }?.resume()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func whoeverIsCancelledWaitsForNoAnswer() async {
        // Nobody carries it out.
        let renewals = LeaseRenewals(patience: .seconds(600)) { Set($0.map(\.jobID)) }
        let asking = Task { try await renewals.renew([]) }
        asking.cancel()
        await #expect(throws: CancellationError.self) { try await asking.value }
    }

    /// Though it would have another ten minutes.
    @Test func whatNobodyWaitsForIsNotAskedAnyLonger() async throws {
        let asked = (began: Signal(), wasCancelled: Signal())
        let renewals = LeaseRenewals(patience: .seconds(600)) { _ in
            asked.began.set()
            do {
                try await Task.sleep(for: .seconds(600))
            } catch {
                asked.wasCancelled.set()
            }
            return []
        }
        try await withThrowingTaskGroup { group in
            group.addTask { await renewals.run() }
            let asking = Task { try await renewals.renew([]) }
            try await until { asked.began.isSet }
            asking.cancel()
            try await until { asked.wasCancelled.isSet }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// The work has the only connection, until it is cancelled, so that no renewal gets one.
    @Test func aRenewalThatHangsHidesNoEndOfTheLease() async throws {
        try await JobBench.with(["a"], connectionsMax: 1) { bench in
            var configuration = JobRunner.Configuration()
            configuration.lease = .seconds(3)
            let wasCancelled = Signal()
            let ended = await bench.run(configuration, until: 1) { job in
                try await bench.pool.transaction(bench.service) { _ in
                    do {
                        try await Task.sleep(for: .seconds(60))
                    } catch {
                        wasCancelled.set()
                    }
                }
                return .completed
            }
            // Its own worker may take it over at once.
            #expect(Set(ended.lost) == ["a"] && ended.finished.isEmpty)
            #expect(wasCancelled.isSet)
        }
    }

    /// Somebody else has the only connection when the first of two ends, until the second begins.
    @Test func aRenewalThatHangsHidesNoEndOfTheWork() async throws {
        try await JobBench.with(["a", "b"], account: "acme", inStep: true, connectionsMax: 1) {
            bench in
            var configuration = JobRunner.Configuration()
            // So long that a busy machine begins the second before it is over.
            configuration.lease = .seconds(30)
            configuration.turn = .seconds(600)
            configuration.holdLook = .seconds(600)
            let hasBegun = (a: Signal(), b: Signal())
            let isTaken = Signal()
            async let begunMeanwhile: Bool = {
                try await until { hasBegun.a.isSet }
                return try await bench.pool.transaction(bench.service) { _ in
                    isTaken.set()
                    let began = ContinuousClock.now
                    try await until { hasBegun.b.isSet || began.duration(to: .now) > .seconds(60) }
                    return hasBegun.b.isSet
                }
            }()
            let ended = await bench.run(configuration, until: 2) { job in
                guard job.key == "a" else {
                    hasBegun.b.set()
                    return .dueAgain(after: .seconds(3600))
                }
                let began = ContinuousClock.now
                hasBegun.a.set()
                // Until its own lease and that of the one that waits should be renewed, and are not.
                try await until {
                    isTaken.isSet && bench.pool.load.waiting >= 2
                        && began.duration(to: .now) > .seconds(11)
                }
                return .dueAgain(after: .seconds(3600))
            }
            let isBegunMeanwhile = try await begunMeanwhile
            #expect(isBegunMeanwhile)
            #expect(ended.finished.sorted() == ["a", "b"] && ended.lost.isEmpty)
        }
    }
}
