import Core
import Testing

@Suite struct MonotonicInstantTests {
    @Test func timeGoesForward() {
        let start = MonotonicInstant.now
        let later = start.advanced(byNanoseconds: 5)
        #expect(start < later)
        #expect(start.nanoseconds(to: later) == 5)
        #expect(later.nanoseconds(to: start) == -5)
        #expect(MonotonicInstant.now >= start)
    }

    @Test func whatIsTooFarAwayIsTheFurthest() {
        let now = MonotonicInstant.now
        #expect(now.advanced(byNanoseconds: .max).nanoseconds == .max)
        #expect(now.advanced(byNanoseconds: .max - 1).nanoseconds == .max)
        let before = MonotonicInstant(nanoseconds: -5)
        #expect(before.advanced(byNanoseconds: .min).nanoseconds == .min)
    }
}
