import Core
import Testing

@Suite struct InstantTests {
    @Test func secondsRoundTowardsThePast() {
        #expect(Instant(microseconds: 1_999_999).seconds == 1)
        #expect(Instant(microseconds: -1).seconds == -1)
        #expect(Instant(microseconds: -1_000_000).seconds == -1)
        #expect(Instant(microseconds: -1_000_001).seconds == -2)
        #expect(Instant(microseconds: .min).seconds == -9_223_372_036_855)
        #expect(Instant(microseconds: .max).seconds == 9_223_372_036_854)
    }

    @Test func systemClockTellsThisCentury() {
        #expect(WallClock.system.now > Instant(seconds: 1_700_000_000))
    }
}
