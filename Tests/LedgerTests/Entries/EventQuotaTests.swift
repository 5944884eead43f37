import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// How many events a day an organization may bring.
@Suite struct EventQuotaTests {
    /// Whatever comes when: what was taken in on a day never exceeds the limit, and what is refused
    /// would have.
    @Test func noDayTakesMoreThanItsLimit() throws {
        for seed in UInt64(1)...30 {
            var random = SeededRandom(seed: seed)
            let limit = Int64.random(in: 1...200, using: &random)
            var now = Instant(seconds: 20_000 * 86_400)
            var count = EventCount(day: 0, count: 0)
            var taken: [Int64: Int64] = [:]
            for _ in 0..<300 {
                // Clocks of servers differ by a little, either way.
                now = now.advanced(bySeconds: Int64.random(in: -3...4000, using: &random))
                let added = Int.random(in: 0...60, using: &random)
                let day = max(count.day, now.seconds / 86_400)
                let sum = taken[day, default: 0] + Int64(added)
                do {
                    count = try count.adding(added, at: now, limit: limit)
                    #expect(sum <= limit, "seed \(seed)")
                    taken[day] = sum
                } catch {
                    #expect(sum > limit, "seed \(seed)")
                    #expect(error.reason == "EVENTS_PER_DAY_EXCEEDED")
                    // Who sends more at once than a day may have need not wait.
                    let left = (day + 1) * 86_400 - now.seconds
                    #expect(
                        error.retryAfter == (added > limit ? nil : .seconds(left)), "seed \(seed)")
                }
                #expect(count.count == taken[count.day, default: 0], "seed \(seed)")
            }
        }
    }

    /// Events that are known already are no new ones, whatever the plan has become.
    @Test func nothingIsAlwaysTaken() throws {
        let full = EventCount(day: 20_000, count: 100)
        let now = Instant(seconds: 20_000 * 86_400)
        #expect(try full.adding(0, at: now, limit: 10) == full)
        #expect(throws: ServiceError(.resourceExhausted, "EVENTS_PER_DAY_EXCEEDED", "")) {
            try full.adding(1, at: now, limit: 10)
        }
    }

    /// A clock that was wrong by days shuts an organization out no longer than it is wrong.
    @Test func aClockThatWasFarAheadIsForgotten() throws {
        let now = Instant(seconds: 20_000 * 86_400)
        var count = EventCount(day: 20_000, count: 7)
        count = try count.adding(10, at: now.advanced(bySeconds: 900 * 86_400), limit: 10)
        #expect(count == EventCount(day: 20_900, count: 10))
        count = try count.adding(3, at: now, limit: 10)
        #expect(count == EventCount(day: 20_000, count: 3))
        // One that is ahead by minutes, around midnight, is not.
        let midnight = EventCount(day: 20_001, count: 10)
        #expect(throws: ServiceError(.resourceExhausted, "EVENTS_PER_DAY_EXCEEDED", "")) {
            try midnight.adding(1, at: now.advanced(bySeconds: 86_399), limit: 10)
        }
    }

    @Test func eventsBeyondTheDayAreRefusedWholeAndRepeatedOnesAreFree() async throws {
        try await LedgerFixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let other = try await fixture.makeOrganization()
            try await fixture.run(
                "UPDATE organizations SET events_per_day_max = 10 WHERE id = '\(organization)'")
            let events = { (range: Range<Int>) in range.map { LedgerFixture.event("event-\($0)") } }
            try await fixture.record(events(0..<8), organization)
            let exceeded = ServiceError(.resourceExhausted, "EVENTS_PER_DAY_EXCEEDED", "")
            await #expect(throws: exceeded) {
                try await fixture.record(events(8..<11), organization)
            }
            #expect(
                try await fixture.rows(
                    "SELECT count(*) FROM ledger_entries WHERE org_id = '\(organization)'") == ["8"]
            )
            // What was counted once is not counted again: a repeated call goes through.
            let repeated = try await fixture.record(events(0..<10), organization)
            #expect(repeated.count { $0 == .duplicate } == 8)
            await #expect(throws: exceeded) {
                try await fixture.record(events(10..<11), organization)
            }
            // Another organization, and another day, have all of their own.
            try await fixture.record(events(0..<20), other)
            let tomorrow = LedgerFixture.now.advanced(bySeconds: 86_400)
            try await fixture.record(events(10..<20), organization, now: tomorrow)
            #expect(try await fixture.disagreements() == [])
        }
    }
}
