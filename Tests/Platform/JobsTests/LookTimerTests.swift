import TestSupport
import Testing

@testable import Jobs

@Suite struct LookTimerTests {
    @Test func theSoonestIsWaitedFor() {
        var timer = LookTimer()
        func begin(_ seconds: Int) -> Bool { timer.begin(until: .seconds(seconds)) }
        #expect(begin(5))
        #expect(!begin(5))
        #expect(!begin(6))
        #expect(begin(3))
        timer.ended(.seconds(3))
        #expect(begin(7))
        // Replaced, and of no meaning any more.
        timer.ended(.seconds(5))
        #expect(!begin(8))
    }

    /// Timers do not breed: there are never more than looks and ends of jobs have begun.
    @Test func thereAreNoMoreTimersThanLooksAndEnds() {
        var random = SeededRandom(seed: 20_261_122)
        var plan = LookPlan(idle: .seconds(1))
        var timer = LookTimer()
        var waiting: [Duration] = []
        var ends = (0..<2000).map { _ in
            Duration.milliseconds(Int.random(in: 0..<200_000, using: &random))
        }.sorted()
        var (now, lookCount, endCount, timerCount) = (Duration.zero, 0, 0, 0)
        while now < .seconds(200) {
            if now >= plan.nextLook {
                lookCount += 1
                plan.looked(at: now, placeCount: 4, jobCount: 0, untilNextDue: nil)
            }
            if timer.begin(until: plan.nextLook) {
                timerCount += 1
                waiting.append(plan.nextLook)
            }
            let soonest = waiting.min() ?? .zero
            if let end = ends.first, end < soonest {
                now = max(now, end)
                ends.removeFirst()
                endCount += 1
                plan.jobEnded(at: now)
            } else {
                now = max(now, soonest)
                waiting.remove(at: waiting.firstIndex(of: soonest) ?? 0)
                timer.ended(soonest)
            }
        }
        #expect(lookCount > 200)
        #expect(timerCount <= lookCount + endCount + 1)
        #expect(waiting.count <= LookPlan.allowanceMax + 8)
    }
}
