import Core
import RPC
import TestSupport
import Testing

@testable import TallyClient

/// "Repeat only what is safe to repeat", and when.
@Suite struct RepetitionRuleTests {
    private static let now = ContinuousClock.now

    private static func rule(
        countMax: Int = 100, deadline: Duration? = nil, isSafe: Bool = true
    ) -> RepetitionRule {
        RepetitionRule(
            countMax: countMax, delay: .milliseconds(100), delayMax: .seconds(5),
            deadline: deadline.map { now + $0 }, isSafe: isSafe)
    }

    private static func failure(
        _ code: ServiceError.Code = .unavailable, isNeverSent: Bool = false,
        retryAfter: Duration? = nil
    ) -> ClientCallFailure {
        ClientCallFailure(
            ServiceError(code, "TEST_REASON", "as asked", retryAfter: retryAfter),
            isNeverSent: isNeverSent)
    }

    @Test func onlyWhatIsAwayAndSafeIsRepeated() {
        for code in (1...16).map({ ServiceError.Code(rawValue: $0) }) {
            for isNeverSent in [false, true] {
                for isSafe in [false, true] {
                    let wait = Self.rule(isSafe: isSafe).wait(
                        after: Self.failure(code, isNeverSent: isNeverSent), count: 0,
                        now: Self.now, share: 1)
                    #expect(
                        (wait != nil) == (code == .unavailable && (isNeverSent || isSafe)),
                        "\(code), never sent: \(isNeverSent), safe: \(isSafe)")
                }
            }
        }
    }

    /// The server began nothing, so that even what is not safe to repeat may be.
    @Test func whatFoundNoRoomIsRepeated() {
        for (code, reason) in [
            (.resourceExhausted, "TOO_MANY_STREAMS"), (.unavailable, "OVERLOADED"),
            (.resourceExhausted, "RATE_LIMITED"), (.resourceExhausted, "REQUEST_TOO_LARGE"),
            (.unavailable, "SERVER_STOPPING"),
        ] as [(ServiceError.Code, ServiceError.Reason)] {
            let failure = ClientCallFailure(
                ServiceError(code, reason, "no room"), isNeverSent: false)
            let wait = Self.rule(isSafe: false).wait(
                after: failure, count: 0, now: Self.now, share: 1)
            #expect((wait != nil) == ["TOO_MANY_STREAMS", "OVERLOADED"].contains(reason.rawValue))
        }
    }

    @Test func repetitionsAreCounted() {
        let rule = Self.rule(countMax: 2)
        for count in 0...3 {
            let wait = rule.wait(after: Self.failure(), count: count, now: Self.now, share: 1)
            #expect((wait != nil) == (count < 2))
        }
    }

    @Test func delaysDoubleUpToTheLongest() {
        let rule = Self.rule(countMax: .max)
        let delays = (0..<8).map {
            rule.wait(after: Self.failure(), count: $0, now: Self.now, share: 1)
        }
        #expect(
            delays
                == [100, 200, 400, 800, 1600, 3200, 5000, 5000].map { Duration.milliseconds($0) })
        for count in [16, 17, 63, 64, 1_000, Int.max - 1] {
            let wait = rule.wait(after: Self.failure(), count: count, now: Self.now, share: 1)
            #expect(wait == .seconds(5))
        }
    }

    @Test func halfOfADelayIsRandom() throws {
        var random = SeededRandom(seed: 20_261_123)
        for count in 0..<20 {
            let full = try #require(
                Self.rule().wait(after: Self.failure(), count: count, now: Self.now, share: 1))
            let share = Double.random(in: 0.5...1, using: &random)
            let wait = try #require(
                Self.rule().wait(
                    after: Self.failure(), count: count, now: Self.now, share: share))
            #expect(abs(wait / full - share) < 1e-9)
            let drawn = ClientTime.real.share()
            #expect((0.5...1).contains(drawn))
        }
    }

    @Test func aServerThatNamesAWaitIsHeard() {
        let table: [(retryAfter: Duration, count: Int, wait: Duration)] = [
            (.milliseconds(1), 0, .milliseconds(50)), (.seconds(3), 0, .seconds(3)),
            (.seconds(2), 10, .milliseconds(2500)), (.seconds(60), 10, .seconds(60)),
        ]
        for row in table {
            let wait = Self.rule().wait(
                after: Self.failure(retryAfter: row.retryAfter), count: row.count, now: Self.now,
                share: 0.5)
            #expect(wait == row.wait, "\(row)")
        }
    }

    @Test func nothingIsRepeatedAtTheDeadlineOrBehindIt() {
        let rule = Self.rule(deadline: .seconds(10))
        let table: [(elapsed: Duration, retryAfter: Duration, isRepeated: Bool)] = [
            (.seconds(4), .milliseconds(5999), true), (.seconds(4), .seconds(6), false),
            (.seconds(4), .seconds(7), false), (.milliseconds(9899), .zero, true),
            (.milliseconds(9900), .zero, false), (.seconds(11), .zero, false),
        ]
        for row in table {
            let wait = rule.wait(
                after: Self.failure(retryAfter: row.retryAfter), count: 0,
                now: Self.now + row.elapsed, share: 1)
            #expect((wait != nil) == row.isRepeated, "\(row)")
        }
    }
}
