import TestSupport
import Testing

@testable import Jobs

@Suite struct LookPlanTests {
    /// A worker in virtual time, whose jobs become due at random times and take some.
    private struct Worker {
        var plan = LookPlan(idle: .seconds(1))
        var dueAt: [Duration]
        var endAt: [Duration] = []
        let placeCount: Int
        var now: Duration = .zero
        var lookCount = 0
        /// Looks that found as much as they could take.
        var filledCount = 0
        var latest: Duration = .zero

        /// Goes from event to event until `end`.
        mutating func run(until end: Duration, take: Duration) {
            while now < end {
                let nextEnd = endAt.min()
                let free = placeCount - endAt.count
                let look = free > 0 ? max(now, plan.nextLook) : nil
                guard let next = [nextEnd, look].compactMap({ $0 }).min() else { return }
                now = next
                if let nextEnd, nextEnd == now {
                    endAt.remove(at: endAt.firstIndex(of: nextEnd) ?? 0)
                    plan.jobEnded(at: now)
                    continue
                }
                lookCount += 1
                let due = dueAt.prefix { $0 <= now }.prefix(free)
                for time in due {
                    latest = max(latest, now - time)
                    endAt.append(now + take)
                }
                dueAt.removeFirst(due.count)
                if due.count >= free { filledCount += 1 }
                plan.looked(
                    at: now, placeCount: free, jobCount: due.count,
                    untilNextDue: dueAt.first.map { max(.zero, $0 - now) })
            }
        }
    }

    private static func times(
        perSecond: Int, seconds: Int, _ random: inout SeededRandom
    ) -> [Duration] {
        (0..<perSecond * seconds)
            .map { _ in .milliseconds(Int.random(in: 0..<seconds * 1000, using: &random)) }.sorted()
    }

    /// With as many places as a worker has unless somebody says otherwise. Of 33 jobs a second each look finds more than
    /// these.
    @Test(arguments: [(3, 5), (7, 30), (33, 300)])
    func aBusyQueueIsLookedAtInSteps(perSecond: Int, filledMax: Int) {
        var random = SeededRandom(seed: 20_261_122)
        let times = Self.times(perSecond: perSecond, seconds: 100, &random)
        var worker = Worker(
            dueAt: times, placeCount: JobRunner.Configuration().concurrency)
        worker.run(until: .seconds(100), take: .milliseconds(20))
        #expect(worker.dueAt.count <= perSecond * 2)
        // One a step, those at once, and those that filled every place, after each of which is another.
        let steps = Int(Duration.seconds(100) / LookPlan.spacing)
        #expect(worker.lookCount - worker.filledCount <= steps + LookPlan.allowanceMax + 15)
        #expect(worker.filledCount <= filledMax)
        #expect(worker.latest <= LookPlan.spacing + .milliseconds(10))
        // A queue that is empty for a while is looked at at once again.
        #expect(!worker.plan.isAtOnce(at: .seconds(100)) || perSecond == 33)
        worker.run(until: .seconds(200), take: .milliseconds(20))
        #expect(worker.dueAt.isEmpty && worker.plan.isAtOnce(at: .seconds(200)))
    }

    /// More than one at a time can do: every place that is free is filled at once.
    @Test func noPlaceIsFreeWhileJobsWait() {
        var worker = Worker(
            dueAt: Array(repeating: .zero, count: 1_000), placeCount: 4)
        worker.run(until: .seconds(30), take: .milliseconds(50))
        // 80 a second.
        #expect(worker.dueAt.isEmpty)
        #expect(worker.latest <= .seconds(13))
    }

    /// Each turn of a long report, however busy the queue is.
    @Test func whatGoesOnIsTakenAtOnce() {
        var plan = LookPlan(idle: .seconds(1))
        var now = Duration.zero
        // Others use up the looks at once.
        repeat {
            now += .milliseconds(10)
            plan.looked(at: now, placeCount: 4, jobCount: 1, untilNextDue: .zero)
        } while plan.isAtOnce(at: now)
        now += .milliseconds(50)
        var other = plan
        other.jobEnded(at: now)
        #expect(other.nextLook >= now + .seconds(1))
        plan.jobEnded(at: now, goesOn: true)
        #expect(plan.nextLook == now)
    }

    @Test func whatComesAfterARestIsTakenAtOnce() {
        var worker = Worker(dueAt: [.seconds(100), .seconds(200)], placeCount: 4)
        worker.run(until: .seconds(300), take: .milliseconds(50))
        #expect(worker.latest <= .milliseconds(10))
        // An empty queue is looked at once a second.
        #expect(worker.lookCount <= 310)
    }
}
