import TestSupport
import Testing

@testable import ServiceRuntime

/// Properties over random arrivals in virtual time.
@Suite struct RateMeterTests {
    private static let second: Int64 = 1_000_000_000

    /// In no span of time does more pass than the burst and the rate allow; and one that was told
    /// to wait passes when it has waited so long, and not a nanosecond earlier.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func noSpanOfTimePassesMore(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let perSecond = Int.random(in: 1...2000, using: &random)
        let seconds = Int.random(in: 1...3, using: &random)
        let limit = RateLimit(perSecond: perSecond, burstSeconds: seconds)
        var meter = RateMeter<Int>(keysMax: 10)
        var now = Int64.random(in: 0...Self.second, using: &random)
        var passed: [Int64] = []
        for _ in 0..<20_000 {
            // Sometimes a flood, sometimes a rest.
            let pause = Int.random(in: 0..<100, using: &random) == 0 ? Self.second : 200_000
            now += Int64.random(in: 0...pause, using: &random)
            let wait = meter.admit(1, limit, at: now)
            if wait == 0 {
                passed.append(now)
            } else {
                var other = meter
                #expect(other.admit(1, limit, at: now + wait - 1) == 1, "seed \(seed)")
                #expect(other.admit(1, limit, at: now + wait) == 0, "seed \(seed)")
            }
        }
        let burst = perSecond * seconds
        #expect(passed.count > burst)
        // The call that follows `burst` others comes at least a spacing after the first of them,
        // the next a spacing later, and so on.
        for index in passed.indices.dropFirst(burst) {
            for span in [burst, burst + 1, burst + 17] where span <= index {
                let took = passed[index] - passed[index - span]
                #expect(took >= Int64(span - burst + 1) * limit.spacing, "seed \(seed)")
            }
        }
    }

    @Test func wholeBurstPassesAtOnceAfterARest() {
        let limit = RateLimit(perSecond: 7, burstSeconds: 3)
        var meter = RateMeter<String>(keysMax: 10)
        for now in [0, 10 * Self.second] {
            for _ in 0..<21 { #expect(meter.admit("k", limit, at: now) == 0) }
            #expect(meter.admit("k", limit, at: now) == limit.spacing)
            // Others are not touched.
            #expect(meter.admit("other", limit, at: now) == 0)
        }
    }

    @Test func whatIsTakenBackDoesNotCount() {
        let limit = RateLimit(perSecond: 1)
        var meter = RateMeter<String>(keysMax: 10)
        #expect(meter.admit("k", limit, at: 0) == 0)
        #expect(meter.admit("k", limit, at: 0) == Self.second)
        meter.uncount("k", limit)
        #expect(meter.admit("k", limit, at: 0) == 0)
    }

    @Test func noMoreKeysAreRememberedThanAllowed() {
        let limit = RateLimit(perSecond: 1)
        var meter = RateMeter<Int>(keysMax: 100)
        for key in 0..<1000 {
            #expect(meter.admit(key, limit, at: Int64(key)) == 0)
            #expect(meter.keyCount <= 100)
        }
        // Keys that are not ahead make room; those that are keep their place.
        meter = RateMeter<Int>(keysMax: 100)
        for key in 0..<99 { _ = meter.admit(key, limit, at: 0) }
        for key in 99...100 { _ = meter.admit(key, limit, at: 2 * Self.second) }
        #expect(meter.keyCount == 2)
        #expect(meter.admit(99, limit, at: 2 * Self.second) == Self.second)
    }

    @Test func rateIsNeverRoundedUp() {
        for perSecond in [1, 3, 7, 999, 1000, 33_333, 999_999, 1_000_000] {
            let limit = RateLimit(perSecond: perSecond)
            #expect(limit.spacing * Int64(perSecond) >= Self.second)
            #expect((limit.spacing - 1) * Int64(perSecond) < Self.second)
        }
    }
}
